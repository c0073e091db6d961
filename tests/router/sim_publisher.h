// A publisher of VP8 in virtual time: frames of several packets, key frames on PLI, repairs by RTX on NACK,
// sender reports. Each packet says which one it is.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/pli.h"
#include "rtp/rtcp/sender_report.h"
#include "tests/router/media.h"
#include "tests/router/recording_port.h"
#include "tests/sim/simulation.h"

namespace sluice::router {

// What a packet says of itself, behind the VP8 descriptor and the frame header's first octet.
struct PacketLabel {
  uint32_t source = 0;  // The publisher's SSRC.
  uint32_t id = 0;      // Counts the packets of the source.
  uint32_t frame = 0;   // Counts its frames.
  bool key_frame_start = false;

  static constexpr size_t kOffset = 2, kSize = 13;
  auto operator<=>(const PacketLabel&) const = default;

  void AppendTo(Octets& payload) const {
    payload.resize(kOffset + kSize);
    StoreU32(&payload[kOffset], source);
    StoreU32(&payload[kOffset + 4], id);
    StoreU32(&payload[kOffset + 8], frame);
    payload[kOffset + 12] = key_frame_start;
  }
  static PacketLabel Of(const Octets& payload) {
    EXPECT_GE(payload.size(), kOffset + kSize);
    const uint8_t* p = payload.data() + kOffset;
    return {LoadU32(p), LoadU32(p + 4), LoadU32(p + 8), p[12] != 0};
  }
};

class SimPublisher {
 public:
  static constexpr TimeDelta kFrameTime = TimeDelta::Millis(50);
  using Send = std::function<void(const Octets&)>;

  SimPublisher(sim::Simulation* sim, Send send) : sim_(sim), send_(std::move(send)) {}

  // Another encoding, from now on.
  void Add(uint32_t ssrc, uint32_t rtx_ssrc) {
    Stream stream;
    stream.ssrc = ssrc;
    stream.rtx_ssrc = rtx_ssrc;
    stream.sequence = static_cast<uint16_t>(sim_->random()());
    stream.origin = static_cast<uint32_t>(sim_->random()());
    streams_.push_back(std::move(stream));
  }
  void RemoveAll() { streams_.clear(); }

  void Start() {
    for (Stream& stream : streams_) SendFrame(stream);
    if (++ticks_ % 20 == 0) {
      for (const Stream& stream : streams_) SendReport(stream);
    }
    sim_->After(kFrameTime, [this] { Start(); });
  }

  void HandleRtcp(const Octets& packet) {
    auto reader = rtp::rtcp::CompoundReader::Parse(packet);
    ASSERT_TRUE(reader);
    while (auto block = reader->Next()) {
      if (block->kind() == rtp::rtcp::BlockKind::kPli) {
        if (Stream* stream = Find(rtp::rtcp::Pli::Parse(*block)->media)) stream->key_frame_wanted = true;
      } else if (block->kind() == rtp::rtcp::BlockKind::kNack) {
        auto nack = rtp::rtcp::Nack::Parse(*block);
        if (Stream* stream = Find(nack->media)) {
          nack->ForEachSequence([&](SequenceNumber lost) { Repair(*stream, lost.value()); });
        }
      }
    }
  }

  int64_t packets() const { return packets_; }
  int64_t repairs() const { return repairs_; }
  int64_t key_frames() const { return key_frames_; }

 private:
  struct Stream {
    uint32_t ssrc = 0, rtx_ssrc = 0;
    uint16_t sequence = 0, rtx_sequence = 0;
    uint32_t origin = 0;
    uint32_t next_id = 0, frame = 0;
    bool key_frame_wanted = true;
    std::map<uint16_t, rtp::RtpPacket> history;
  };

  Stream* Find(Ssrc ssrc) {
    for (Stream& stream : streams_) {
      if (Ssrc(stream.ssrc) == ssrc) return &stream;
    }
    return nullptr;
  }

  uint32_t MediaTime(const Stream& stream) const {
    return stream.origin + static_cast<uint32_t>(sim_->now().us() * 90 / 1000);
  }

  void SendFrame(Stream& stream) {
    const bool key_frame = std::exchange(stream.key_frame_wanted, false);
    key_frames_ += key_frame ? 1 : 0;
    const auto count = 1 + sim_->random()() % 3 + (key_frame ? 3 : 0);
    ++stream.frame;
    for (uint64_t i = 0; i < count; ++i) {
      rtp::RtpPacket packet{.payload_type = kVp8,
                            .marker = i + 1 == count,
                            .sequence = stream.sequence++,
                            .timestamp = MediaTime(stream),
                            .ssrc = stream.ssrc,
                            .profile = 0xbede,
                            .extension = {0x10, 'v', 0, 0},
                            .payload = Vp8Payload(key_frame, i == 0, 0, 0)};
      PacketLabel{stream.ssrc, stream.next_id++, stream.frame, key_frame && i == 0}.AppendTo(packet.payload);
      ++packets_;
      stream.history[packet.sequence] = packet;
      stream.history.erase(static_cast<uint16_t>(packet.sequence - 1000));
      send_(packet.Encode());
    }
  }

  void Repair(Stream& stream, uint16_t lost) {
    auto it = stream.history.find(lost);
    if (it == stream.history.end()) return;
    ++repairs_;
    rtp::RtpPacket packet = it->second;
    packet.payload_type = kVp8Rtx;
    packet.ssrc = stream.rtx_ssrc;
    packet.sequence = stream.rtx_sequence++;
    packet.payload =
        rtp::Concat({{static_cast<uint8_t>(lost >> 8), static_cast<uint8_t>(lost)}, packet.payload});
    send_(packet.Encode());
  }

  void SendReport(const Stream& stream) {
    const auto us = static_cast<uint64_t>(sim_->now().us());
    const uint64_t ntp = (us / 1'000'000) << 32 | ((us % 1'000'000) << 32) / 1'000'000;
    send_(Rtcp([&](auto& writer) {
      return rtp::rtcp::WriteSenderReport(
          writer, {.sender = Ssrc(stream.ssrc), .ntp_time = ntp, .rtp_timestamp = MediaTime(stream)});
    }));
  }

  sim::Simulation* sim_;
  Send send_;
  std::vector<Stream> streams_;
  int64_t ticks_ = 0, packets_ = 0, repairs_ = 0, key_frames_ = 0;
};

}  // namespace sluice::router
