#include "rtp/congestion/sent_packet_history.h"

#include <utility>

namespace sluice::rtp::congestion {

void SentPacketHistory::Add(const SentPacket& packet) {
  MakeRoom(packet.sent);
  Slot(end_) = {.sent_us = static_cast<uint32_t>(packet.sent.us()),
                .size = packet.size,
                .probe = packet.probe,
                .kind = packet.kind,
                .state = State::kInFlight};
  ++end_;
  in_flight_ += DataSize::Bytes(packet.size);
  last_sent_ = packet.sent;
}

// Behind this, end_ has a slot of its own.
void SentPacketHistory::MakeRoom(Timestamp now) {
  if (begin_ < end_ && now - last_sent_ > kMaxAge) GiveUp();
  if (end_ - begin_ < static_cast<int64_t>(ring_.size())) return;
  bool young = begin_ == end_ || now - SentTime(Slot(begin_)) < kWindow;
  if (young && ring_.size() < kMaxPackets) {
    std::vector<Entry> smaller(ring_.empty() ? kMinPackets : ring_.size() * 2);
    std::swap(smaller, ring_);
    for (int64_t s = begin_; s < end_; ++s) Slot(s) = smaller[static_cast<size_t>(s) & (smaller.size() - 1)];
  } else {
    SetState(begin_, State::kDone);
    ++begin_;
  }
}

SentPacket SentPacketHistory::Get(int64_t sequence) const {
  const Entry& entry = Slot(sequence);
  return {.sent = SentTime(entry), .size = entry.size, .kind = entry.kind, .probe = entry.probe};
}

Timestamp SentPacketHistory::SentTime(const Entry& entry) const {
  return last_sent_ - TimeDelta::Micros(static_cast<uint32_t>(last_sent_.us()) - entry.sent_us);
}

void SentPacketHistory::SetState(int64_t sequence, State state) {
  Entry& entry = Slot(sequence);
  if (entry.state == State::kDone) return;
  if (state == State::kDone) in_flight_ = in_flight_ - DataSize::Bytes(entry.size);
  entry.state = state;
}

void SentPacketHistory::GiveUp() {
  begin_ = end_;
  in_flight_ = DataSize();
}

}  // namespace sluice::rtp::congestion
