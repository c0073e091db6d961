// What one producer sends to us, or what we send to one consumer (ORTC RTCRtpParameters).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/ortc/codec.h"
#include "rtp/ids.h"
#include "rtp/units.h"

namespace sluice::api {

struct RtpCodecParameters : CodecDescription {
  PayloadType payload_type;

  bool operator==(const RtpCodecParameters&) const = default;
};

struct RtpHeaderExtensionParameters {
  std::string uri;
  uint8_t id = 0;  // 1…255
  bool encrypt = false;
  ParameterMap parameters;

  bool operator==(const RtpHeaderExtensionParameters&) const = default;
};

// One RTP stream and its retransmission stream.
struct RtpEncodingParameters {
  std::optional<Ssrc> ssrc;
  std::optional<std::string> rid;                 // RFC 8852
  std::optional<PayloadType> codec_payload_type;  // Absent: the first media codec.
  std::optional<Ssrc> rtx_ssrc;                   // JSON: rtx: {ssrc}
  std::optional<bool> dtx;                        // Set (false by default) in what a client sent.
  std::optional<std::string> scalability_mode;    // "L1T3"; see scalability_mode.h
  std::optional<DataRate> max_bitrate;            // JSON: bits per second
  std::optional<double> scale_resolution_down_by;

  bool operator==(const RtpEncodingParameters&) const = default;
};

struct RtcpParameters {
  std::optional<std::string> cname;
  bool reduced_size = true;  // RFC 5506

  bool operator==(const RtcpParameters&) const = default;
};

struct RtpParameters {
  std::optional<std::string> mid;  // RFC 8843 §15; never empty.
  std::vector<RtpCodecParameters> codecs;
  std::vector<RtpHeaderExtensionParameters> header_extensions;
  std::vector<RtpEncodingParameters> encodings;
  RtcpParameters rtcp;
  std::optional<std::string> msid;  // RFC 8830

  bool operator==(const RtpParameters&) const = default;

  // The codec with this payload type; nullptr: none.
  const RtpCodecParameters* FindCodec(PayloadType payload_type) const;
  // The RTX codec whose apt is `payload_type` (RFC 4588 §8.1); nullptr: none.
  const RtpCodecParameters* FindRtxCodec(PayloadType payload_type) const;
  // The first codec that is neither RTX nor RED; nullptr: none.
  const RtpCodecParameters* FirstMediaCodec() const;
  // The media codec of `encoding`; nullptr: none.
  const RtpCodecParameters* CodecOf(const RtpEncodingParameters& encoding) const;
  bool HasHeaderExtension(std::string_view uri) const;
};

}  // namespace sluice::api
