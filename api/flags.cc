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

namespace sluice::api {
namespace {

constexpr std::string_view kOurFlags[] = {"workers",
                                          "control_fd",
                                          "control_socket",
                                          "log_level",
                                          "log_tags",
                                          "dtls_certificate_file",
                                          "dtls_private_key_file"};

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
    if (!flag->ParseFrom(value, &error)) return FlagError{Concat("--", name, ": not a valid value: ", value)};
  }
  return ParsedFlags{};
}

}  // namespace sluice::api
