// One SSRC that a client publishes: writes its packets, keeps track of them for repairs, and counts for
// sender reports. Packets are made of their shape, so what is kept of one for NACK is a few octets.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "bench/load/parameters.h"
#include "bench/load/video_shape.h"
#include "rtp/bytes.h"
#include "rtp/ids.h"
#include "rtp/ntp_time.h"
#include "rtp/rtcp/sender_report.h"
#include "rtp/units.h"

namespace sluice::load {

class OutgoingStream {
 public:
  OutgoingStream(const StreamPlan& plan, size_t encoding, uint32_t seed);

  // Writes the next packet into `out`, stamped with `now`. Answers its size.
  size_t WriteMedia(Timestamp now, const PacketShape& shape, uint16_t transport_sequence, MutableBytes out);
  // By RTX (RFC 4588). 0: there is no RTX, or the packet is not kept any more.
  size_t WriteRetransmission(Timestamp now, SequenceNumber lost, uint16_t transport_sequence,
                             MutableBytes out);
  rtp::rtcp::SenderInfo MakeSenderInfo(Timestamp now, const rtp::WallClockAnchor& clock) const;

  void RequestKeyFrame() { key_frame_wanted_ = true; }
  bool TakeKeyFrameRequest() { return std::exchange(key_frame_wanted_, false); }

  Ssrc ssrc() const { return ssrc_; }
  const std::string& cname() const { return cname_; }
  uint32_t packets() const { return packets_; }

 private:
  static constexpr size_t kHistory = 512;
  struct Sent {
    PacketShape shape;
    Timestamp sent = Timestamp::Past();
    uint32_t rtp_timestamp = 0;
    uint32_t packet = 0;
    uint16_t picture = 0;
    std::optional<SequenceNumber> sequence;
  };

  size_t WriteHeader(Timestamp now, const Sent& sent, Ssrc ssrc, PayloadType payload_type,
                     SequenceNumber sequence, uint16_t transport_sequence, MutableBytes out) const;
  void WritePayload(const Sent& sent, MutableBytes payload) const;
  uint32_t RtpTimeAt(Timestamp time) const;

  MediaKind kind_;
  std::string mid_;
  std::string cname_;
  Ssrc ssrc_;
  std::optional<Ssrc> rtx_ssrc_;
  uint32_t clock_rate_;
  uint32_t rtp_origin_;
  SequenceNumber next_sequence_;
  SequenceNumber next_rtx_sequence_;
  uint32_t frame_timestamp_ = 0;
  uint16_t picture_ = 0;
  uint32_t packets_ = 0;
  uint32_t payload_octets_ = 0;
  bool key_frame_wanted_ = false;
  std::array<Sent, kHistory> history_;  // By sequence number modulo its size.
};

}  // namespace sluice::load
