#include "transports/sctp/sctp_send_queue.h"

#include <algorithm>

namespace sluice::transports {

bool SctpSendQueue::HasRoom(uint16_t stream) const {
  return buffered_ < limits_.total && buffered(stream) < limits_.per_stream;
}

void SctpSendQueue::Push(Message message) {
  const uint16_t id = message.stream;
  Stream& stream = streams_[id];
  stream.buffered += message.rest().size();
  buffered_ += message.rest().size();
  stream.messages.push_back(std::move(message));
  Schedule(id, &stream);
}

void SctpSendQueue::PushReset(uint16_t id) {
  Stream& stream = streams_[id];
  stream.messages.push_back(Message{.stream = id});
  Schedule(id, &stream);
}

// A stream has something to do: its reset, or a message in its turn.
void SctpSendQueue::Schedule(uint16_t id, Stream* stream) {
  while (!stream->in_turn && !stream->messages.empty()) {
    if (stream->messages.front().payload) {
      stream->in_turn = true;
      turns_.push_back(id);
      return;
    }
    stream->messages.pop_front();
    stream->resetting = true;
    resets_.push_back(id);
  }
}

const SctpSendQueue::Message* SctpSendQueue::Next(Timestamp now) {
  while (!turns_.empty()) {
    const uint16_t id = turns_.front();
    Stream& stream = streams_.at(id);
    DropExpired(now, id, &stream);
    if (!stream.messages.empty() && stream.messages.front().payload) return &stream.messages.front();
    turns_.pop_front();
    stream.in_turn = false;
    Schedule(id, &stream);
  }
  return nullptr;
}

void SctpSendQueue::Take(size_t size) {
  const uint16_t id = turns_.front();
  Stream& stream = streams_.at(id);
  stream.resetting = false;
  stream.messages.front().taken += size;
  taken_ += size;
  Shrink(id, &stream, size);
  if (stream.messages.front().rest().empty()) PopFront(id, &stream);
}

void SctpSendQueue::DropNext() {
  const uint16_t id = turns_.front();
  Stream& stream = streams_.at(id);
  Shrink(id, &stream, stream.messages.front().rest().size());
  PopFront(id, &stream);
}

// The stream that was first has had its turn.
void SctpSendQueue::PopFront(uint16_t id, Stream* stream) {
  stream->messages.pop_front();
  turns_.pop_front();
  stream->in_turn = false;
  Schedule(id, stream);
}

void SctpSendQueue::Shrink(uint16_t id, Stream* stream, size_t size) {
  const size_t threshold = stream->low_threshold.value_or(limits_.low_threshold);
  const bool was_above = stream->buffered > threshold;
  stream->buffered -= size;
  buffered_ -= size;
  if (was_above && stream->buffered <= threshold) low_.push_back(id);
}

bool SctpSendQueue::PostponeNext() {
  const uint16_t id = turns_.front();
  if (!streams_.at(id).resetting) return false;
  turns_.pop_front();
  turns_.push_back(id);
  return true;
}

void SctpSendQueue::FinishReset(uint16_t id) {
  auto it = streams_.find(id);
  if (it != streams_.end()) it->second.resetting = false;
}

void SctpSendQueue::DropExpired(Timestamp now, uint16_t id, Stream* stream) {
  while (!stream->messages.empty()) {
    const Message& first = stream->messages.front();
    if (!first.payload || first.taken > 0 || first.expiry > now) return;
    Shrink(id, stream, first.payload->size());
    stream->messages.pop_front();
    ++expired_;
  }
}

void SctpSendQueue::HandleTimeout(Timestamp now) {
  for (auto& [id, stream] : streams_) DropExpired(now, id, &stream);
}

Timestamp SctpSendQueue::NextTimeout() const {
  Timestamp next = Timestamp::Never();
  for (uint16_t id : turns_) {
    const Stream& stream = streams_.at(id);
    if (stream.messages.empty() || stream.messages.front().taken > 0) continue;
    next = std::min(next, stream.messages.front().expiry);
  }
  return next;
}

size_t SctpSendQueue::buffered(uint16_t id) const {
  auto it = streams_.find(id);
  return it == streams_.end() ? 0 : it->second.buffered;
}

double SctpSendQueue::fill(uint16_t id) const {
  return std::max(static_cast<double>(buffered(id)) / static_cast<double>(limits_.per_stream),
                  static_cast<double>(buffered_) / static_cast<double>(limits_.total));
}

void SctpSendQueue::SetLowThreshold(uint16_t id, size_t threshold) { streams_[id].low_threshold = threshold; }

}  // namespace sluice::transports
