// What RTP capabilities and RTP parameters have in common: the description of a codec.
//
// Shapes and names are ORTC's (https://ortc.org) as mediasoup-client uses them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/ortc/media_kind.h"

namespace sluice::api {

// Format parameters (a=fmtp) and those of header extensions: strings and numbers. Integral numbers are
// always held as int64_t.
using ParameterValue = std::variant<int64_t, double, std::string>;
using ParameterMap = std::map<std::string, ParameterValue, std::less<>>;

// a=rtcp-fb (RFC 4585 §4.2): {"nack", "pli"}; an empty parameter is none.
struct RtcpFeedback {
  std::string type;
  std::string parameter;

  bool operator==(const RtcpFeedback&) const = default;
};

struct CodecDescription {
  std::string mime_type;            // "video/VP8"; compared without regard to case.
  uint32_t clock_rate = 0;          // Hz
  std::optional<uint8_t> channels;  // Audio always has it (1 when not given), video never.
  ParameterMap parameters;
  std::vector<RtcpFeedback> rtcp_feedback;

  bool operator==(const CodecDescription&) const = default;

  bool IsRtx() const;    // RFC 4588
  bool IsRed() const;    // RFC 2198, of audio
  bool IsMedia() const;  // Neither of them: something is decoded by it.
  bool Is(std::string_view mime) const;
  // The integer parameter `name`, also when it is spelled as a string of digits.
  std::optional<int64_t> IntegerParameter(std::string_view name) const;
};

// "audio/…" or "video/…", nothing else.
std::optional<MediaKind> KindOfMimeType(std::string_view mime_type);
std::string_view ToString(MediaKind kind);

}  // namespace sluice::api
