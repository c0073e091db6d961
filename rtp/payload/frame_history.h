// Who needs the last frames of a stream: what a later frame's references are looked up in.
#pragma once

#include <array>
#include <cstdint>

#include "rtp/layers.h"

namespace sluice::rtp {

class FrameHistory {
 public:
  struct Frame {
    int64_t number = -1;
    uint32_t timestamp = 0;  // RTP units.
    LayerSet needed;
  };

  // `number` 0 or more; a frame that is noted again (by another of its packets) is written over.
  void Note(const Frame& frame) { frames_[Slot(frame.number)] = frame; }
  // nullptr: not seen (yet), or too long ago.
  const Frame* Find(int64_t number) const {
    if (number < 0) return nullptr;
    const Frame& frame = frames_[Slot(number)];
    return frame.number == number ? &frame : nullptr;
  }
  // Who needs the frame, and so has it; everybody, where nothing is known of it.
  LayerSet NeededOf(int64_t number) const {
    const Frame* frame = Find(number);
    return frame ? frame->needed : LayerSet::All();
  }

 private:
  static constexpr size_t kFrames = 128;
  static size_t Slot(int64_t number) { return static_cast<size_t>(number) % kFrames; }

  std::array<Frame, kFrames> frames_;
};

}  // namespace sluice::rtp
