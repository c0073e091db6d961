// The command line. Flags are Abseil's; names may be written with hyphens.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "absl/flags/declare.h"

ABSL_DECLARE_FLAG(uint32_t, workers);
ABSL_DECLARE_FLAG(std::string, control_fd);
ABSL_DECLARE_FLAG(std::string, control_socket);
ABSL_DECLARE_FLAG(std::string, log_level);
ABSL_DECLARE_FLAG(std::string, log_tags);
ABSL_DECLARE_FLAG(std::string, dtls_certificate_file);
ABSL_DECLARE_FLAG(std::string, dtls_private_key_file);

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

}  // namespace sluice::api
