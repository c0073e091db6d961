// A subscriber in virtual time: asks for what is missing until it has it, reports, and keeps every packet.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/sender_report.h"
#include "tests/router/sim_publisher.h"

namespace sluice::router {

class SimSubscriber {
 public:
  struct Received {
    PacketLabel label;
    uint32_t timestamp = 0;
    bool marker = false;
    Timestamp arrival;
    auto operator<=>(const Received&) const = default;
  };
  using Send = std::function<void(const Octets&)>;

  SimSubscriber(sim::Simulation* sim, Ssrc media, Ssrc rtx, Send send)
      : sim_(sim), media_(media), rtx_(rtx), send_(std::move(send)) {}

  // The number that the stream begins with.
  void Expect(SequenceNumber first) { highest_ = unwrapper_.Unwrap(first.value()) - 1; }

  void Start() {
    AskForMissing();
    if (++ticks_ % 50 == 0) SendReport();
    sim_->After(TimeDelta::Millis(20), [this] { Start(); });
  }

  void HandleRtp(const Octets& packet) {
    SentPacket parsed(packet, MediaKind::kVideo);
    uint16_t number = parsed.sequence;
    if (parsed.ssrc == rtx_) {
      ++repairs_;
      ASSERT_GE(parsed.payload.size(), 2u);
      number = LoadU16(parsed.payload.data());
      parsed.payload.erase(parsed.payload.begin(), parsed.payload.begin() + 2);
    } else {
      ASSERT_EQ(parsed.ssrc, media_);
    }
    Insert(unwrapper_.Unwrap(number),
           {PacketLabel::Of(parsed.payload), parsed.timestamp, parsed.marker, sim_->now()});
  }

  void HandleRtcp(const Octets& packet) {
    auto reader = rtp::rtcp::CompoundReader::Parse(packet);
    ASSERT_TRUE(reader);
    while (auto block = reader->Next()) {
      if (block->kind() != rtp::rtcp::BlockKind::kSenderReport) continue;
      auto report = rtp::rtcp::SenderReport::Parse(*block);
      last_report_ = rtp::rtcp::CompactNtp(report->info.ntp_time);
      last_report_arrival_ = sim_->now();
    }
  }

  // By unwrapped sequence number.
  const std::map<int64_t, Received>& packets() const { return packets_; }
  size_t missing() const { return missing_.size(); }
  int64_t repairs() const { return repairs_; }

 private:
  void Insert(int64_t sequence, const Received& packet) {
    auto [it, added] = packets_.emplace(sequence, packet);
    if (!added) {  // Duplicated by the network, or repaired twice; never another packet.
      EXPECT_EQ(it->second.label, packet.label);
      EXPECT_EQ(it->second.timestamp, packet.timestamp);
      return;
    }
    EXPECT_GE(sequence, highest_ - 4000);
    // The network may yet bring it.
    const Timestamp due = sim_->now() + TimeDelta::Millis(30);
    for (; highest_ < sequence; ++highest_) missing_.emplace(highest_ + 1, due);
    missing_.erase(sequence);
  }

  void AskForMissing() {
    std::vector<SequenceNumber> lost;
    for (auto& [sequence, due] : missing_) {
      if (due > sim_->now() || lost.size() == 200) continue;
      lost.emplace_back(static_cast<uint16_t>(sequence));
      due = sim_->now() + TimeDelta::Millis(80);
    }
    if (lost.empty()) return;
    send_(Rtcp([&](auto& writer) { return rtp::rtcp::WriteNack(writer, Ssrc(1), media_, lost) > 0; }));
  }

  void SendReport() {
    rtp::rtcp::ReportBlock block;
    block.source = media_;
    block.last_sender_report = last_report_;
    block.delay_since_last_report =
        static_cast<uint32_t>((sim_->now() - last_report_arrival_).us() * 65536 / 1'000'000);
    const std::array<rtp::rtcp::ReportBlock, 1> blocks = {block};
    send_(Rtcp([&](auto& writer) { return rtp::rtcp::WriteReceiverReport(writer, Ssrc(1), blocks); }));
  }

  sim::Simulation* sim_;
  Ssrc media_, rtx_;
  Send send_;
  SequenceUnwrapper unwrapper_;
  std::map<int64_t, Received> packets_;
  std::map<int64_t, Timestamp> missing_;  // When to ask (again).
  int64_t highest_ = 0, repairs_ = 0, ticks_ = 0;
  uint32_t last_report_ = 0;
  Timestamp last_report_arrival_;
};

}  // namespace sluice::router
