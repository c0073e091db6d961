#include "rtp/nack_generator.h"

#include <algorithm>

namespace sluice::rtp {

bool NackGenerator::IsDuplicate(int64_t sequence) const {
  if (!started_ || sequence > newest_) return false;
  return newest_ - sequence > kMaxAge || IsReceived(sequence);
}

void NackGenerator::HandlePacket(Timestamp now, int64_t sequence, bool key_frame_start) {
  if (!started_) {
    started_ = true;
    newest_ = sequence;
  } else if (sequence > newest_) {
    Advance(now, sequence);
  } else if (newest_ - sequence > kMaxAge) {
    return;
  } else {
    Remove(sequence);
  }
  SetReceived(sequence, true);
  if (key_frame_start && sequence > key_frame_) {
    key_frame_ = sequence;
    key_frame_needed_ = false;
  }
}

bool NackGenerator::TakeKeyFrameRequest() { return std::exchange(key_frame_needed_, false); }

void NackGenerator::Reset() {
  bool key_frame_needed = key_frame_needed_;
  std::vector<Missing> memory = std::move(missing_);
  memory.clear();
  *this = NackGenerator();
  missing_ = std::move(memory);
  key_frame_needed_ = key_frame_needed;
}

bool NackGenerator::IsReceived(int64_t sequence) const {
  auto bit = static_cast<uint64_t>(sequence) % kReceivedWindow;
  return received_[bit / 64] >> (bit % 64) & 1;
}

void NackGenerator::SetReceived(int64_t sequence, bool received) {
  auto bit = static_cast<uint64_t>(sequence) % kReceivedWindow;
  uint64_t mask = uint64_t{1} << (bit % 64);
  if (received) {
    received_[bit / 64] |= mask;
  } else {
    received_[bit / 64] &= ~mask;
  }
}

// `sequence` is the newest from now on; what lies between is missing.
void NackGenerator::Advance(Timestamp now, int64_t sequence) {
  int64_t first_missing = newest_ + 1;
  int64_t count = sequence - first_missing;
  newest_ = sequence;
  if (count >= kReceivedWindow) {
    received_.fill(0);
  } else {
    for (int64_t s = first_missing; s < sequence; ++s) SetReceived(s, false);
  }
  if (count > kMaxMissing) return GiveUp();
  DropMissingBefore(newest_ - kMaxAge);
  if (count > 0) AddMissing(now, first_missing, sequence);
}

void NackGenerator::AddMissing(Timestamp now, int64_t first, int64_t end) {
  auto is_full = [&] { return static_cast<int64_t>(missing_.size()) + end - first > kMaxMissing; };
  // A decoder that has the newest key frame needs nothing from before it.
  if (is_full()) DropMissingBefore(key_frame_);
  if (is_full()) return GiveUp();
  Timestamp due = now + kReorderDelay;
  for (int64_t sequence = first; sequence < end; ++sequence) missing_.push_back({sequence, due, 0});
  next_timeout_ = std::min(next_timeout_, due);
}

void NackGenerator::DropMissingBefore(int64_t sequence) {
  auto end = std::find_if(missing_.begin(), missing_.end(),
                          [&](const Missing& missing) { return missing.sequence >= sequence; });
  missing_.erase(missing_.begin(), end);
  if (missing_.empty()) next_timeout_ = Timestamp::Never();
}

void NackGenerator::Remove(int64_t sequence) {
  auto found =
      std::lower_bound(missing_.begin(), missing_.end(), sequence,
                       [](const Missing& missing, int64_t wanted) { return missing.sequence < wanted; });
  if (found == missing_.end() || found->sequence != sequence) return;
  missing_.erase(found);
  if (missing_.empty()) next_timeout_ = Timestamp::Never();
}

void NackGenerator::FinishPoll() {
  std::erase_if(missing_, [](const Missing& missing) { return missing.tries >= kMaxTries; });
  next_timeout_ = Timestamp::Never();
  for (const Missing& missing : missing_) next_timeout_ = std::min(next_timeout_, missing.due);
}

void NackGenerator::ForgetMissing() {
  missing_.clear();
  next_timeout_ = Timestamp::Never();
}

void NackGenerator::GiveUp() {
  ForgetMissing();
  key_frame_needed_ = true;
}

}  // namespace sluice::rtp
