#include "bench/load/outgoing_stream.h"

#include <algorithm>
#include <cstring>

#include "bench/load/codec.h"
#include "bench/load/payload_stamp.h"
#include "rtp/abs_send_time.h"
#include "rtp/extension_block.h"
#include "rtp/packet_view.h"

namespace sluice::load {
namespace {

constexpr size_t kVp8DescriptorSize = 4;  // RFC 7741 §4.2 with a picture id of 15 bits.
constexpr uint8_t kFiller = 0x55;

// Descriptor, and what begins a frame (RFC 6386 §9.1).
void WriteVp8(const PacketShape& shape, uint16_t picture, MutableBytes payload) {
  static constexpr uint8_t kKeyFrame[] = {0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02};
  static constexpr uint8_t kDeltaFrame[] = {0x11, 0x02, 0x00};
  uint8_t* at = payload.data();
  *at++ = static_cast<uint8_t>(0x80 | (shape.first ? 0x10 : 0));
  *at++ = 0x80;
  *at++ = static_cast<uint8_t>(0x80 | (picture >> 8 & 0x7f));
  *at++ = static_cast<uint8_t>(picture);
  if (!shape.first) return;
  if (shape.key_frame) {
    std::memcpy(at, kKeyFrame, sizeof kKeyFrame);
  } else {
    std::memcpy(at, kDeltaFrame, sizeof kDeltaFrame);
  }
}

constexpr size_t kMinPayload = kVp8DescriptorSize + 10 + PayloadStamp::kSize;
constexpr uint8_t kOpusToc = 0x78;  // RFC 6716 §3.1: 20 ms, mono.
constexpr uint8_t kVoiceLevel = 0x80 | 30;

}  // namespace

OutgoingStream::OutgoingStream(const StreamPlan& plan, size_t encoding, uint32_t seed)
    : kind_(plan.kind),
      mid_(plan.mid),
      cname_(plan.cname),
      ssrc_(plan.encodings[encoding].ssrc),
      rtx_ssrc_(plan.encodings[encoding].rtx_ssrc),
      clock_rate_(plan.kind == MediaKind::kVideo ? 90'000 : 48'000),
      rtp_origin_(seed * 2'654'435'761u),
      next_sequence_(static_cast<uint16_t>(seed)),
      next_rtx_sequence_(static_cast<uint16_t>(seed >> 3)) {}

uint32_t OutgoingStream::RtpTimeAt(Timestamp time) const {
  return rtp_origin_ + static_cast<uint32_t>(time.us() * clock_rate_ / 1'000'000);
}

size_t OutgoingStream::WriteMedia(Timestamp now, const PacketShape& shape, uint16_t transport_sequence,
                                  MutableBytes out) {
  if (shape.first) {
    frame_timestamp_ = RtpTimeAt(now);
    ++picture_;
  }
  Sent& sent = history_[next_sequence_.value() % kHistory];
  sent = {shape, now, frame_timestamp_, packets_++, picture_, next_sequence_};
  sent.shape.payload_size = std::max(shape.payload_size, kMinPayload);
  const size_t header = WriteHeader(now, sent, ssrc_, kind_ == MediaKind::kVideo ? kVp8 : kOpus,
                                    next_sequence_, transport_sequence, out);
  WritePayload(sent, out.subspan(header, sent.shape.payload_size));
  next_sequence_ = next_sequence_ + 1;
  payload_octets_ += static_cast<uint32_t>(sent.shape.payload_size);
  return header + sent.shape.payload_size;
}

size_t OutgoingStream::WriteRetransmission(Timestamp now, SequenceNumber lost, uint16_t transport_sequence,
                                           MutableBytes out) {
  const Sent& sent = history_[lost.value() % kHistory];
  if (!rtx_ssrc_ || sent.sequence != lost) return 0;
  const size_t header =
      WriteHeader(now, sent, *rtx_ssrc_, kVp8Rtx, next_rtx_sequence_, transport_sequence, out);
  next_rtx_sequence_ = next_rtx_sequence_ + 1;
  StoreU16(&out[header], lost.value());
  WritePayload(sent, out.subspan(header + 2, sent.shape.payload_size));
  return header + 2 + sent.shape.payload_size;
}

size_t OutgoingStream::WriteHeader(Timestamp now, const Sent& sent, Ssrc ssrc, PayloadType payload_type,
                                   SequenceNumber sequence, uint16_t transport_sequence,
                                   MutableBytes out) const {
  const bool audio = kind_ == MediaKind::kAudio;
  uint8_t* at = out.data();
  at[0] = 0x90;  // Version 2, with an extension.
  at[1] = static_cast<uint8_t>((sent.shape.last && !audio ? 0x80 : 0) | payload_type.value());
  StoreU16(at + 2, sequence.value());
  StoreU32(at + 4, sent.rtp_timestamp);
  StoreU32(at + 8, ssrc.value());
  uint8_t send_time[3], transport[2];
  StoreU24(send_time, rtp::AbsSendTime::At(now).value());
  StoreU16(transport, transport_sequence);
  const auto* mid = reinterpret_cast<const uint8_t*>(mid_.data());
  rtp::ExtensionBlockSize size;
  auto add_all = [&](auto& writer) {
    writer.Add(kMidId, mid, mid_.size());
    writer.Add(kAbsSendTimeId, send_time, sizeof send_time);
    writer.Add(kTransportSequenceNumberId, transport, sizeof transport);
    if (audio) writer.Add(kAudioLevelId, &kVoiceLevel, 1);
  };
  size.Add(kMidId, mid_.size());
  size.Add(kAbsSendTimeId, sizeof send_time);
  size.Add(kTransportSequenceNumberId, sizeof transport);
  if (audio) size.Add(kAudioLevelId, 1);
  at = rtp::WriteExtensionBlock(size, at + rtp::PacketView::kFixedHeaderSize, add_all);
  return static_cast<size_t>(at - out.data());
}

void OutgoingStream::WritePayload(const Sent& sent, MutableBytes payload) const {
  std::fill(payload.begin(), payload.end(), kFiller);
  if (kind_ == MediaKind::kVideo) {
    WriteVp8(sent.shape, sent.picture, payload);
  } else {
    payload[0] = kOpusToc;
  }
  PayloadStamp{.sent = sent.sent, .packet = sent.packet}.Write(payload);
}

rtp::rtcp::SenderInfo OutgoingStream::MakeSenderInfo(Timestamp now, const rtp::WallClockAnchor& clock) const {
  return {.sender = ssrc_,
          .ntp_time = rtp::NtpTime::At(clock, now).value(),
          .rtp_timestamp = RtpTimeAt(now),
          .packet_count = packets_,
          .octet_count = payload_octets_};
}

}  // namespace sluice::load
