// Base64 (RFC 4648 §4) as the control API takes it: padded, and nothing in it but its alphabet.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rtp/bytes.h"

namespace sluice::api {

// nullopt: not base64.
std::optional<std::string> DecodeBase64(std::string_view text);
std::string EncodeBase64(Bytes bytes);

}  // namespace sluice::api
