// The dependency descriptors of one stream, across its frames: keeps the structures that the sender
// announced, and says of each frame what it means to receivers of any choice of layers.
//
// A receiver gets the best decode target that is active and not above its choice. Which frames it needs of
// that target is the sender's word (the decode target indications); that it has what they refer to is looked
// up in the frames before, so that nobody is sent a frame that cannot be decoded because a target became
// inactive.
#pragma once

#include <array>
#include <cstdint>

#include "rtp/bytes.h"
#include "rtp/payload/dependency_descriptor.h"
#include "rtp/payload/frame_history.h"
#include "rtp/payload/number_unwrapper.h"
#include "rtp/received_packet.h"

namespace sluice::rtp {

class DependencyReader {
 public:
  // Reads the descriptor `element` of a packet with this RTP timestamp, in whatever order packets come.
  // False: it cannot be read, or not without a structure that did not come (yet), and `info` is as it was.
  bool Read(Bytes element, uint32_t timestamp, FrameInfo& info);

 private:
  using TargetSets = std::array<LayerSet, DependencyStructure::kMaxTargets>;

  // The structure that belongs to a frame: the newest, or for a late frame the one before.
  struct Sequence {
    DependencyStructure structure;
    int64_t first_frame = INT64_MAX;  // Its first frame's number. INT64_MAX: no structure.
    uint32_t active_targets = 0;
    int64_t active_since = 0;  // The frame that said so.
    TargetSets receivers{};    // Who gets which decode target.
    DependencyInfo targets;    // What all frames have in common.
  };

  Sequence* SequenceOf(int64_t frame_number);
  bool Begin(Bytes element, int64_t frame_number);
  void Describe(const DependencyDescriptor& descriptor, const Sequence& sequence, int64_t number,
                uint32_t timestamp, FrameInfo& info) const;
  static void Activate(Sequence& sequence, uint32_t targets, int64_t frame_number);
  static void DescribeTargets(Sequence& sequence);
  LayerSet DecodableOf(const FrameDependencies& frame, int64_t number) const;
  bool StartsPicture(const DependencyDescriptor& descriptor, int64_t number, uint32_t timestamp) const;

  NumberUnwrapper numbers_;
  std::array<Sequence, 2> sequences_;
  size_t newest_ = 0;  // Of sequences_.
  FrameHistory history_;
};

}  // namespace sluice::rtp
