// Base64 (RFC 4648 §4) as the control API takes it: padded, in the one canonical spelling, and nothing in it
// but its alphabet. Payloads of direct transports travel so: both directions allocate their result, no more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtp/bytes.h"

namespace sluice::api {

// nullopt: not base64.
std::optional<std::vector<uint8_t>> DecodeBase64(std::string_view text);
std::string EncodeBase64(Bytes bytes);
void AppendBase64(Bytes bytes, std::string* text);

}  // namespace sluice::api
