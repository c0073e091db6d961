// The program `sluice`.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "api/captures.h"
#include "api/flags.h"
#include "api/json_rpc/text.h"
#include "api/logging.h"
#include "api/process.h"
#include "transports/dtls/dtls_certificate.h"
#include "transports/dtls/dtls_context.h"
#include "worker/clock.h"
#include "worker/worker_pool.h"

namespace sluice::api {
namespace {

constexpr int kWrongSettings = 42;  // As mediasoup's worker.
constexpr uint32_t kMaxWorkers = 256;

absl::Status SetUpLogging() {
  std::string level_name = absl::GetFlag(FLAGS_log_level);
  std::optional<LogLevel> level = LogLevelOf(level_name);
  if (!level) return absl::InvalidArgumentError(Concat("--log-level: not a level: ", level_name));
  std::vector<LogTag> tags;
  std::vector<std::string> names = absl::StrSplit(absl::GetFlag(FLAGS_log_tags), ',', absl::SkipEmpty());
  for (const std::string& name : names) {
    std::optional<LogTag> tag = LogTagOf(name);
    if (!tag) return absl::InvalidArgumentError(Concat("--log-tags: not a tag: ", name));
    tags.push_back(*tag);
  }
  SetLogLevel(*level);
  SetLogTags(tags);
  return absl::OkStatus();
}

bool IsOpen(int fd) { return fd >= 0 && fcntl(fd, F_GETFD) >= 0; }

absl::Status ReadControlFds(Process::Options* options) {
  std::vector<std::string> parts = absl::StrSplit(absl::GetFlag(FLAGS_control_fd), ',');
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &options->control_in) ||
      !absl::SimpleAtoi(parts[1], &options->control_out)) {
    return absl::InvalidArgumentError("--control-fd: two descriptors IN,OUT are needed");
  }
  if (!IsOpen(options->control_in) || !IsOpen(options->control_out)) {
    return absl::InvalidArgumentError(Concat("--control-fd ", absl::GetFlag(FLAGS_control_fd), ": not open"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(Concat("cannot read ", path));
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

absl::StatusOr<transports::DtlsCertificate> MakeCertificate() {
  std::string certificate_file = absl::GetFlag(FLAGS_dtls_certificate_file);
  std::string key_file = absl::GetFlag(FLAGS_dtls_private_key_file);
  if (certificate_file.empty() != key_file.empty()) {
    return absl::InvalidArgumentError("--dtls-certificate-file and --dtls-private-key-file go together");
  }
  std::optional<transports::DtlsCertificate> certificate;
  if (certificate_file.empty()) {
    certificate = transports::DtlsCertificate::Generate(
        std::chrono::sys_seconds(std::chrono::seconds(worker::UnixTime().us() / 1'000'000)));
    if (!certificate) return absl::InternalError("cannot make a DTLS certificate");
    return *certificate;
  }
  absl::StatusOr<std::string> certificate_pem = ReadFile(certificate_file);
  if (!certificate_pem.ok()) return certificate_pem.status();
  absl::StatusOr<std::string> key_pem = ReadFile(key_file);
  if (!key_pem.ok()) return key_pem.status();
  certificate = transports::DtlsCertificate::FromPem(*certificate_pem, *key_pem);
  if (!certificate) return absl::InvalidArgumentError("the DTLS certificate and key are not a PEM pair");
  return *certificate;
}

// So that no descriptor of ours takes the number of a standard stream that was closed.
void OpenStandardStreams() {
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (!IsOpen(fd)) open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY);
  }
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "sluice: %s\n", std::string(status.message()).c_str());
  return kWrongSettings;
}

absl::Status ReadOptions(Process::Options* options) {
  if (absl::Status status = SetUpLogging(); !status.ok()) return status;
  options->workers = absl::GetFlag(FLAGS_workers);
  if (options->workers > kMaxWorkers) return absl::InvalidArgumentError("--workers: at most 256");
  if (options->workers == 0) options->workers = std::min(worker::UsableCores(), kMaxWorkers);
  options->limits = LimitsOfFlags();
  if (std::string path = absl::GetFlag(FLAGS_capture_directory); !path.empty()) {
    absl::StatusOr<worker::FileDescriptor> directory = Captures::OpenDirectory(path);
    if (!directory.ok()) return directory.status();
    options->capture_directory = *std::move(directory);
  }
  options->control_socket = absl::GetFlag(FLAGS_control_socket);
  if (options->control_socket.empty()) {
    if (absl::Status status = ReadControlFds(options); !status.ok()) return status;
  }
  OpenStandardStreams();
  absl::StatusOr<transports::DtlsCertificate> certificate = MakeCertificate();
  if (!certificate.ok()) return certificate.status();
  options->dtls = transports::DtlsContext::Create(*std::move(certificate));
  return options->dtls ? absl::OkStatus() : absl::InvalidArgumentError("the DTLS certificate cannot be used");
}

int Main(int argc, char** argv) {
  auto flags = ParseFlags(argc, argv);
  if (auto* print = std::get_if<PrintAndExit>(&flags)) {
    std::fputs(print->text.c_str(), stdout);
    return 0;
  }
  if (auto* error = std::get_if<FlagError>(&flags)) return Fail(absl::InvalidArgumentError(error->message));
  Process::Options options;
  if (absl::Status status = ReadOptions(&options); !status.ok()) return Fail(status);
  int control_socket = -1;
  if (!options.control_socket.empty()) {
    absl::StatusOr<int> listening = ControlSocket::Listen(options.control_socket);
    if (!listening.ok()) return Fail(listening.status());
    control_socket = *listening;
  }
  for (int signal : {SIGPIPE, SIGHUP, SIGALRM, SIGUSR1, SIGUSR2}) std::signal(signal, SIG_IGN);
  Process(std::move(options), control_socket).Run();
  return 0;
}

}  // namespace
}  // namespace sluice::api

int main(int argc, char** argv) { return sluice::api::Main(argc, argv); }
