// Lets one subscriber's packets go at the rate that its path carries. Audio never waits: it goes at once, and
// what follows waits for it instead. Retransmissions go before video.
//
//   audio:   send it, pacer.HandleAudio(now, size)
//   others:  pacer.Push(now, packet, size, kind)
//   then, and at NextTimeout(): pacer.Process(now, output)
//
// Packets leave in bursts of kBurstTime, so a frame that the link has room for leaves whole, and on a slow
// link one packet at a time. What has waited for long is sent faster, by a limited factor. While a probe runs
// its rate is held, with padding where there is not enough to send.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "rtp/congestion/pacing_budget.h"
#include "rtp/congestion/packet_queue.h"
#include "rtp/congestion/probe.h"
#include "rtp/congestion/sent_packet.h"
#include "rtp/units.h"

namespace sluice::rtp::congestion {

template <typename Packet>
class Pacer {
 public:
  static constexpr size_t kMaxMedia = 512;
  static constexpr size_t kMaxRepairs = 128;

  struct Limits {
    DataRate rate;      // Of pacing.
    bool full = false;  // Too much is in flight: only audio goes.
  };

  void SetLimits(Timestamp now, const Limits& limits) {
    budget_.SetRate(now, limits.rate);
    full_ = limits.full;
  }
  void StartProbe(Timestamp now, const Probe& probe) {
    probe_ = probe;
    probe_left_ = probe.size;
    probe_packets_left_ = kProbePackets;
    probe_deadline_ = now + kMaxProbeTime + probe.size / probe.rate;
    probe_budget_.SetRate(now, probe.rate);
    probe_budget_.Reset(now);
  }

  void HandleAudio(Timestamp now, size_t size) { budget_.Spend(now, size); }
  // False: the queue is full; `packet` is as it was.
  [[nodiscard]] bool Push(Timestamp now, Packet&& packet, size_t size, PacketKind kind) {
    return kind == PacketKind::kRetransmission ? repairs_.Push(now, std::move(packet), size)
                                               : media_.Push(now, std::move(packet), size);
  }

  // Output: void Send(Packet&& packet, PacketKind kind, uint8_t probe); size_t Pad(size_t size, uint8_t
  // probe), the octets of padding that were sent, 0: none can be.
  template <typename Output>
  void Process(Timestamp now, Output& output);
  // Never(): nothing waits, or nothing may go.
  Timestamp NextTimeout(Timestamp now) const;

  DataSize queued() const { return media_.size() + repairs_.size(); }
  bool empty() const { return media_.empty() && repairs_.empty(); }
  // How long the oldest packet has waited.
  TimeDelta queue_time(Timestamp now) const { return std::max(media_.Age(now), repairs_.Age(now)); }
  bool probing() const { return probe_.has_value(); }
  // Forgets what waits and matches.
  template <typename Predicate>
  void Remove(Predicate&& matches) {
    media_.Remove(matches);
    repairs_.Remove(matches);
  }

 private:
  static constexpr TimeDelta kMaxProbeTime = TimeDelta::Millis(100);
  static constexpr int kProbePackets = 5;
  static constexpr int64_t kMinPadding = 100;
  static constexpr int64_t kMaxPadding = 1'200;

  template <typename Output>
  size_t SendOne(Output& output, uint8_t probe);
  template <typename Output>
  void ProcessProbe(Timestamp now, Output& output);

  PacingBudget budget_;
  PacingBudget probe_budget_;
  PacketQueue<Packet, kMaxMedia> media_;
  PacketQueue<Packet, kMaxRepairs> repairs_;
  bool full_ = false;
  std::optional<Probe> probe_;
  DataSize probe_left_;
  int probe_packets_left_ = 0;  // At least.
  Timestamp probe_deadline_;
};

template <typename Packet>
template <typename Output>
size_t Pacer<Packet>::SendOne(Output& output, uint8_t probe) {
  auto send = [&](auto& queue, PacketKind kind) {
    const size_t size = queue.front_size();
    output.Send(queue.Pop(), kind, probe);
    return size;
  };
  return repairs_.empty() ? send(media_, PacketKind::kVideo) : send(repairs_, PacketKind::kRetransmission);
}

template <typename Packet>
template <typename Output>
void Pacer<Packet>::ProcessProbe(Timestamp now, Output& output) {
  const auto padding =
      static_cast<size_t>(std::clamp(probe_->size.bytes() / kProbePackets, kMinPadding, kMaxPadding));
  while (probe_ && probe_budget_.MaySend(now, PacingBudget::kProbeBurst)) {
    size_t size = empty() ? output.Pad(padding, probe_->id) : SendOne(output, probe_->id);
    if (size == 0 || now > probe_deadline_) {
      probe_.reset();
      return;
    }
    probe_budget_.Spend(now, size);
    budget_.Spend(now, size);
    probe_left_ = probe_left_ - DataSize::Bytes(static_cast<int64_t>(size));
    if (--probe_packets_left_ <= 0 && probe_left_.bytes() <= 0) probe_.reset();
  }
}

template <typename Packet>
template <typename Output>
void Pacer<Packet>::Process(Timestamp now, Output& output) {
  if (probe_) return ProcessProbe(now, output);
  if (full_) return;
  budget_.HurryFor(now, queued(), queue_time(now));
  while (!empty() && budget_.MaySend(now, PacingBudget::kBurst)) budget_.Spend(now, SendOne(output, 0));
}

template <typename Packet>
Timestamp Pacer<Packet>::NextTimeout(Timestamp now) const {
  if (probe_) return probe_budget_.NextSend(now);
  if (full_) return Timestamp::Never();
  return empty() ? Timestamp::Never() : budget_.NextSend(now);
}

}  // namespace sluice::rtp::congestion
