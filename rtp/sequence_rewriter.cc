#include "rtp/sequence_rewriter.h"

#include <algorithm>

namespace sluice::rtp {
namespace {

SequenceNumber Wrap(int64_t out) { return SequenceNumber(static_cast<uint16_t>(out)); }

}  // namespace

void SequenceRewriter::Resync(int64_t in) {
  count_ = 1;
  next_out_ = first_unsent_;  // Numbers kept for packets that are now refused are free again.
  newest() = {.in_begin = in, .out_begin = next_out_};
  highest_in_ = in - 1;
}

void SequenceRewriter::Drop(int64_t in) {
  if (!synced() || in <= highest_in_) return;
  Reserve(in);
  highest_in_ = in;
  StartSegment(in + 1, next_out_);
}

std::optional<SequenceNumber> SequenceRewriter::Forward(int64_t in) {
  if (!synced()) return std::nullopt;
  int64_t out;
  if (in > highest_in_) {
    Reserve(in);
    highest_in_ = in;
    out = next_out_++;
  } else if (auto late = Late(in)) {
    out = *late;
  } else {
    return std::nullopt;
  }
  first_unsent_ = std::max(first_unsent_, out + 1);
  return Wrap(out);
}

SequenceNumber SequenceRewriter::Insert() {
  int64_t out = next_out_;
  if (synced()) {
    StartSegment(highest_in_ + 1, out + 1);
  } else {
    next_out_ = out + 1;
  }
  first_unsent_ = next_out_;
  return Wrap(out);
}

std::optional<int64_t> SequenceRewriter::Original(SequenceNumber number) const {
  int64_t out = next_out_ + (number - Wrap(next_out_));
  if (out >= first_unsent_ || next_out_ - out > kMaxAge) return std::nullopt;
  const Segment* segment = Find(&Segment::out_begin, out);
  if (!segment || out - segment->out_begin >= segment->length) return std::nullopt;
  return segment->in_begin + (out - segment->out_begin);
}

void SequenceRewriter::Reserve(int64_t in) {
  int64_t missing = in - highest_in_ - 1;
  if (missing < kMaxDropout) {
    next_out_ += missing;
  } else {
    StartSegment(in, next_out_);
  }
}

void SequenceRewriter::StartSegment(int64_t in, int64_t out) {
  newest().length = next_out_ - newest().out_begin;
  if (newest().length > 0) ++count_;  // An empty one is written over.
  newest() = {.in_begin = in, .out_begin = out};
  next_out_ = out;
}

const SequenceRewriter::Segment* SequenceRewriter::Find(int64_t Segment::*begin, int64_t value) const {
  uint64_t oldest = count_ > kSegments ? count_ - kSegments : 0;
  for (uint64_t i = count_; i > oldest; --i) {  // What is asked for is nearly always recent.
    const Segment& segment = segments_[(i - 1) % kSegments];
    if (segment.*begin <= value) return &segment;
  }
  return nullptr;
}

std::optional<int64_t> SequenceRewriter::Late(int64_t in) const {
  const Segment* segment = Find(&Segment::in_begin, in);
  if (!segment || in - segment->in_begin >= segment->length) return std::nullopt;
  int64_t out = segment->out_begin + (in - segment->in_begin);
  if (next_out_ - out > kMaxAge) return std::nullopt;
  return out;
}

}  // namespace sluice::rtp
