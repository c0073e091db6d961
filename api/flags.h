// The command line. Flags are Abseil's; names may be written with hyphens.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "absl/flags/declare.h"
#include "api/process_limits.h"

ABSL_DECLARE_FLAG(uint32_t, workers);
ABSL_DECLARE_FLAG(std::string, control_fd);
ABSL_DECLARE_FLAG(std::string, control_socket);
ABSL_DECLARE_FLAG(std::string, log_level);
ABSL_DECLARE_FLAG(std::string, log_tags);
ABSL_DECLARE_FLAG(std::string, dtls_certificate_file);
ABSL_DECLARE_FLAG(std::string, dtls_private_key_file);
ABSL_DECLARE_FLAG(std::string, capture_directory);
ABSL_DECLARE_FLAG(uint32_t, max_transports);
ABSL_DECLARE_FLAG(uint32_t, max_ice_paths);
ABSL_DECLARE_FLAG(uint32_t, max_stun_errors);
ABSL_DECLARE_FLAG(uint32_t, max_history_bytes);
ABSL_DECLARE_FLAG(uint32_t, max_tcp_connections);
ABSL_DECLARE_FLAG(uint32_t, max_tcp_unclaimed);
ABSL_DECLARE_FLAG(uint32_t, max_tcp_queue);
ABSL_DECLARE_FLAG(uint32_t, max_tcp_attempts);
ABSL_DECLARE_FLAG(uint32_t, max_captures);
ABSL_DECLARE_FLAG(uint32_t, max_capture_bytes);
ABSL_DECLARE_FLAG(uint32_t, max_capture_seconds);

namespace sluice::api {

struct ParsedFlags {};
struct PrintAndExit {  // --help and --version
  std::string text;
};
struct FlagError {
  std::string message;  // One sentence.
};

// Sets the flags above from the command line.
std::variant<ParsedFlags, PrintAndExit, FlagError> ParseFlags(int argc, char** argv);

// As the flags say; ParseFlags() refuses those that make no sense.
ProcessLimits LimitsOfFlags();

}  // namespace sluice::api
