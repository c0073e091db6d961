// How a producer's payload types and streams are called in its router.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rtp/ids.h"

namespace sluice::api {

struct CodecMapping {
  PayloadType payload_type;         // The producer's.
  PayloadType mapped_payload_type;  // The router's.

  bool operator==(const CodecMapping&) const = default;
};

struct EncodingMapping {
  std::optional<Ssrc> ssrc;
  std::optional<std::string> rid;
  Ssrc mapped_ssrc;  // By which the router knows the stream.

  bool operator==(const EncodingMapping&) const = default;
};

struct RtpMapping {
  std::vector<CodecMapping> codecs;        // Media codecs first, then RTX.
  std::vector<EncodingMapping> encodings;  // In the order of the producer's encodings.

  bool operator==(const RtpMapping&) const = default;
};

}  // namespace sluice::api
