// What the control plane negotiated for a producer and a consumer, in the data plane's terms.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "router/ids.h"
#include "router/payload_type_map.h"
#include "rtp/codec.h"
#include "rtp/header_extension.h"
#include "rtp/ids.h"
#include "rtp/layers.h"
#include "rtp/units.h"

namespace sluice::router {

enum class MediaKind : uint8_t { kAudio, kVideo };

// One media codec of a producer. RTX (RFC 4588) is a property of the codec it protects.
struct ProducerCodec {
  rtp::Codec codec = rtp::Codec::kOther;
  PayloadType payload_type;
  PayloadType mapped_payload_type;  // What the router calls it; consumers map from this one.
  std::optional<PayloadType> rtx_payload_type;
  uint32_t clock_rate = 90'000;  // Hz
};

struct ProducerEncoding {
  std::optional<Ssrc> ssrc;      // Else learned from MID and RID.
  std::optional<Ssrc> rtx_ssrc;  // Else learned from MID and repaired RID.
  std::string rid;               // Empty: none.
};

struct ProducerConfig {
  ProducerHandle handle;
  MediaKind kind = MediaKind::kVideo;
  std::string mid;  // Empty: none.
  std::vector<ProducerCodec> codecs;
  std::vector<ProducerEncoding> encodings;
  rtp::ExtensionMap extensions;
  bool nack = false;
  bool pli = false;
  bool fir = false;
  bool transport_cc = false;
  bool remb = false;
  bool paused = false;
  TimeDelta key_frame_request_delay = TimeDelta::Zero();
  RtpObserverHandle audio_selector;  // Decides when this is forwarded; none: always.
};

struct ConsumerConfig {
  ConsumerHandle handle;
  ProducerHandle producer;
  MediaKind kind = MediaKind::kVideo;
  rtp::Codec codec = rtp::Codec::kOther;
  uint32_t clock_rate = 90'000;
  Ssrc ssrc;
  std::optional<Ssrc> rtx_ssrc;
  std::optional<PayloadType> rtx_payload_type;
  PayloadTypeMap payload_types;  // Of the packets as their producer's router calls them.
  rtp::ExtensionMap extensions;
  std::string mid;
  std::string cname;
  // Of the producer. Each of several encodings (simulcast) is a spatial layer; else one encoding may have
  // several inside (SVC). 1: none, or not known.
  uint8_t encodings = 1;
  uint8_t spatial_layers = 1;
  uint8_t temporal_layers = 1;
  rtp::Layers preferred_layers = {UINT8_MAX, UINT8_MAX};  // At most these; the best that is there.
  std::optional<uint8_t> pipe_encoding;  // Of a pipe: this encoding is forwarded, whole, and no other.
  bool nack = false;
  bool ignore_dtx = false;
  bool paused = false;
  SequenceNumber first_sequence_number;      // Random (RFC 3550 §5.1).
  SequenceNumber first_rtx_sequence_number;  // Random (RFC 4588 §4).
};

}  // namespace sluice::router
