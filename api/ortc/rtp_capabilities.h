// What a router or a client can receive and send (ORTC RTCRtpCapabilities).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/ortc/codec.h"
#include "rtp/ids.h"

namespace sluice::api {

struct RtpCodecCapability : CodecDescription {
  MediaKind kind = MediaKind::kAudio;  // That of the MIME type.
  // Always set in a router's capabilities; optional in `mediaCodecs`.
  std::optional<PayloadType> preferred_payload_type;

  bool operator==(const RtpCodecCapability&) const = default;
};

// Seen from the one whose capabilities they are: kRecvOnly is received and not sent.
enum class ExtensionDirection : uint8_t { kSendRecv, kSendOnly, kRecvOnly, kInactive };

struct RtpHeaderExtension {
  MediaKind kind = MediaKind::kAudio;
  std::string uri;
  uint8_t preferred_id = 0;  // 1…255
  bool preferred_encrypt = false;
  ExtensionDirection direction = ExtensionDirection::kSendRecv;

  bool operator==(const RtpHeaderExtension&) const = default;
};

struct RtpCapabilities {
  std::vector<RtpCodecCapability> codecs;
  std::vector<RtpHeaderExtension> header_extensions;

  bool operator==(const RtpCapabilities&) const = default;
};

}  // namespace sluice::api
