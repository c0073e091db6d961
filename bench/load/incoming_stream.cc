#include "bench/load/incoming_stream.h"

#include <algorithm>

namespace sluice::load {

void IncomingStream::HandleMedia(Timestamp now, const rtp::PacketView& packet, size_t datagram_size) {
  const bool first = !statistics_.started();
  const int64_t highest = first ? 0 : statistics_.highest_sequence();
  std::optional<int64_t> sequence =
      statistics_.HandlePacket(now, packet.sequence_number(), packet.timestamp(), datagram_size);
  if (!sequence) return;
  if (statistics_.restarted()) nack_.Reset();
  if (nack_.IsDuplicate(*sequence)) {
    ++counters_->duplicates;
    return;
  }
  nack_.HandlePacket(now, *sequence, false);
  ++counters_->media_received;
  counters_->bytes_received += datagram_size;
  const bool ahead = first || statistics_.restarted();
  counters_->media_expected += static_cast<uint64_t>(ahead ? 1 : std::max<int64_t>(*sequence - highest, 0));
}

void IncomingStream::HandleRepair(Timestamp now, SequenceNumber original) {
  if (!statistics_.started()) return;
  const int64_t highest = statistics_.highest_sequence();
  const int64_t sequence = highest + (original - SequenceNumber(static_cast<uint16_t>(highest)));
  if (nack_.IsDuplicate(sequence)) {
    ++counters_->duplicates;
    return;
  }
  nack_.HandlePacket(now, sequence, false);
  ++counters_->repaired;
}

}  // namespace sluice::load
