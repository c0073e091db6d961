// A publisher's packets for the tests of router/, as octets and as its worker would have left them.
#pragma once

#include <cstdint>
#include <utility>

#include "router/config.h"
#include "rtp/slab.h"
#include "tests/rtp/rtp_packets.h"

namespace sluice::router {

using rtp::Octets;

constexpr uint8_t kVp8 = 96;
constexpr uint8_t kVp8Rtx = 97;
constexpr uint8_t kOpus = 111;

// VP8 payload descriptor (RFC 7741 §4.2) and first octet, then `size` octets that tell packets apart.
inline Octets Vp8Payload(bool key_frame, bool start, uint8_t mark, size_t size = 20) {
  Octets payload = {static_cast<uint8_t>(start ? 0x10 : 0x00), static_cast<uint8_t>(key_frame ? 0x00 : 0x01)};
  payload.insert(payload.end(), size, mark);
  return payload;
}
inline Octets KeyFrame(uint8_t mark = 0) { return Vp8Payload(true, true, mark); }
inline Octets DeltaFrame(uint8_t mark = 0) { return Vp8Payload(false, true, mark); }

// A packet as a producer hands it to its sinks.
struct ForwardedMedia {
  int64_t sequence = 0;
  bool key_frame = false;
  uint8_t encoding = 0;
  uint32_t ssrc = 1;
  uint32_t timestamp = 0;
  Timestamp arrival = Timestamp::Seconds(1'000);
  uint8_t payload_type = kVp8;
  bool marker = false;
  bool frame_start = false;
  Octets payload = {1, 2, 3, 4, 5};

  SlabRef In(SlabPool& pool, const rtp::ExtensionMap& extensions = {}, Octets extension = {}) const {
    rtp::RtpPacket packet{.payload_type = payload_type,
                          .marker = marker,
                          .sequence = static_cast<uint16_t>(sequence),
                          .timestamp = timestamp,
                          .ssrc = ssrc,
                          .payload = payload};
    if (!extension.empty()) {
      packet.profile = 0xbede;
      packet.extension = std::move(extension);
    }
    SlabRef slab = rtp::Receive(pool, packet.Encode(), extensions);
    slab->packet().arrival = arrival;
    slab->packet().sequence = sequence;
    slab->packet().encoding = encoding;
    slab->packet().frame.key_frame = key_frame;
    slab->packet().frame.frame_start = key_frame || frame_start;
    return slab;
  }
};

}  // namespace sluice::router
