#include "api/flags.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "api/json_rpc/text.h"

ABSL_FLAG(uint32_t, workers, 0, "Worker threads; 0: one for each core the process may use.");
ABSL_FLAG(std::string, control_fd, "0,1", "Descriptors IN,OUT of the control pipe.");
ABSL_FLAG(std::string, control_socket, "",
          "Path of a Unix socket on which clients connect, instead of a pipe.");
ABSL_FLAG(std::string, log_level, "error", "Least level that is logged: debug, warn, error or none.");
ABSL_FLAG(std::string, log_tags, "info",
          "What is logged below errors, comma-separated: info, ice, dtls, rtp, srtp, rtcp, rtx, bwe, score, "
          "simulcast, svc, sctp, message.");
ABSL_FLAG(std::string, dtls_certificate_file, "",
          "PEM certificate for DTLS; by default one is made at start.");
ABSL_FLAG(std::string, dtls_private_key_file, "", "PEM private key of that certificate.");

ABSL_FLAG(std::string, capture_directory, "",
          "Where the files of transport.startCapture go; by default there are no captures.");

ABSL_FLAG(uint32_t, max_transports, static_cast<uint32_t>(sluice::api::ProcessLimits().transports),
          "Transports of the process.");
ABSL_FLAG(uint32_t, max_ice_paths, static_cast<uint32_t>(sluice::api::ProcessLimits().ice_paths),
          "Paths of a WebRTC transport that its peer may have confirmed at a time.");
ABSL_FLAG(uint32_t, max_stun_errors, static_cast<uint32_t>(sluice::api::ProcessLimits().stun_errors),
          "Answers a second of a WebRTC transport to STUN requests that are not authenticated.");
ABSL_FLAG(
    uint32_t, max_history_bytes, static_cast<uint32_t>(sluice::api::ProcessLimits().history_bytes),
    "Memory of each worker thread for packets that may have to be sent again; beyond it the oldest go.");
ABSL_FLAG(uint32_t, max_tcp_connections,
          static_cast<uint32_t>(sluice::api::ProcessLimits().tcp.max_connections),
          "TCP connections of a WebRTC transport.");
ABSL_FLAG(uint32_t, max_tcp_unclaimed, static_cast<uint32_t>(sluice::api::ProcessLimits().tcp.max_unclaimed),
          "TCP connections to a WebRtcServer's port, on each worker, that have not said whose they are.");
ABSL_FLAG(uint32_t, max_tcp_queue, static_cast<uint32_t>(sluice::api::ProcessLimits().tcp.max_queue),
          "Bytes that wait to be written to a TCP connection; beyond them the oldest media is dropped.");
ABSL_FLAG(uint32_t, max_tcp_attempts, static_cast<uint32_t>(sluice::api::ProcessLimits().tcp.max_attempts),
          "Packets of a TCP connection before a valid STUN request.");
ABSL_FLAG(uint32_t, max_captures, static_cast<uint32_t>(sluice::api::ProcessLimits().captures),
          "Captures at a time.");
ABSL_FLAG(uint32_t, max_capture_bytes, static_cast<uint32_t>(sluice::api::ProcessLimits().capture_bytes),
          "Bytes of a capture's file.");
ABSL_FLAG(uint32_t, max_capture_seconds,
          static_cast<uint32_t>(sluice::api::ProcessLimits().capture_duration.ms() / 1000),
          "Seconds that a capture takes.");

namespace sluice::api {
namespace {

constexpr std::string_view kOurFlags[] = {"workers",
                                          "control_fd",
                                          "control_socket",
                                          "log_level",
                                          "log_tags",
                                          "dtls_certificate_file",
                                          "dtls_private_key_file",
                                          "capture_directory",
                                          "max_transports",
                                          "max_ice_paths",
                                          "max_stun_errors",
                                          "max_history_bytes",
                                          "max_tcp_connections",
                                          "max_tcp_unclaimed",
                                          "max_tcp_queue",
                                          "max_tcp_attempts",
                                          "max_captures",
                                          "max_capture_bytes",
                                          "max_capture_seconds"};

// The least that makes sense.
constexpr std::pair<std::string_view, uint32_t> kLeast[] = {
    {"max_ice_paths", transports::IceLiteAgent::kMinPaths},
    {"max_history_bytes", 1'048'576},
    {"max_tcp_connections", 1},
    {"max_tcp_unclaimed", 1},
    {"max_tcp_queue", 65'536},
    {"max_tcp_attempts", 1},
    {"max_capture_bytes", 4096},
    {"max_capture_seconds", 1}};

bool IsTooSmall(const absl::CommandLineFlag& flag) {
  for (const auto& [name, least] : kLeast) {
    if (std::string(flag.Name()) == name && flag.TryGet<uint32_t>() < least) return true;
  }
  return false;
}

std::string WithHyphens(std::string_view name) {
  std::string spelled(name);
  std::replace(spelled.begin(), spelled.end(), '_', '-');
  return spelled;
}

std::string HelpText() {
  std::string text =
      "sluice: a selective forwarding unit for WebRTC\n\n"
      "Reads JSON-RPC 2.0 requests, one a line, from standard input and answers on standard output:\n"
      "  echo '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"worker.dump\"}' | sluice\n\n"
      "Flags:\n";
  for (std::string_view name : kOurFlags) {
    const absl::CommandLineFlag* flag =
        absl::FindCommandLineFlag(absl::string_view(name.data(), name.size()));
    std::string value = flag->DefaultValue();
    text += Concat("  --", WithHyphens(name), "  ", flag->Help());
    text += value.empty() ? "\n" : Concat(" Default: ", value, ".\n");
  }
  return text + "  --help, --version\n";
}

absl::CommandLineFlag* FindFlag(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  bool ours = std::find(std::begin(kOurFlags), std::end(kOurFlags), name) != std::end(kOurFlags);
  return ours ? absl::FindCommandLineFlag(name) : nullptr;
}

}  // namespace

std::variant<ParsedFlags, PrintAndExit, FlagError> ParseFlags(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
    if (argument == "--help" || argument == "-h") return PrintAndExit{HelpText()};
    if (argument == "--version") return PrintAndExit{Concat("sluice ", SLUICE_VERSION, "\n")};
    if (argument.substr(0, 2) != "--")
      return FlagError{Concat("unexpected argument ", argument, " (see --help)")};
    size_t equals = argument.find('=');
    std::string name(argument.substr(2, equals == std::string_view::npos ? equals : equals - 2));
    absl::CommandLineFlag* flag = FindFlag(name);
    if (!flag) return FlagError{Concat("unknown flag --", name, " (see --help)")};
    if (equals == std::string_view::npos && i + 1 >= argc)
      return FlagError{Concat("--", name, " needs a value")};
    std::string value(equals == std::string_view::npos ? std::string_view(argv[++i])
                                                       : argument.substr(equals + 1));
    std::string error;
    if (!flag->ParseFrom(value, &error) || IsTooSmall(*flag))
      return FlagError{Concat("--", name, ": not a valid value: ", value)};
  }
  return ParsedFlags{};
}

ProcessLimits LimitsOfFlags() {
  return {.transports = absl::GetFlag(FLAGS_max_transports),
          .ice_paths = absl::GetFlag(FLAGS_max_ice_paths),
          .stun_errors = absl::GetFlag(FLAGS_max_stun_errors),
          .history_bytes = absl::GetFlag(FLAGS_max_history_bytes),
          .tcp = {.max_connections = absl::GetFlag(FLAGS_max_tcp_connections),
                  .max_unclaimed = absl::GetFlag(FLAGS_max_tcp_unclaimed),
                  .max_queue = absl::GetFlag(FLAGS_max_tcp_queue),
                  .max_attempts =
                      static_cast<int>(std::min<uint32_t>(absl::GetFlag(FLAGS_max_tcp_attempts), 1'000'000))},
          .captures = absl::GetFlag(FLAGS_max_captures),
          .capture_bytes = absl::GetFlag(FLAGS_max_capture_bytes),
          .capture_duration = TimeDelta::Seconds(absl::GetFlag(FLAGS_max_capture_seconds))};
}

}  // namespace sluice::api
