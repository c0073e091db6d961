// What all subscribers of a producer want of it, as its publisher is to know: more at once, less when it has
// been less for a while, so that a brief change turns no encoding off and on again.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "router/packet_sink.h"
#include "router/wanted_layers.h"
#include "rtp/units.h"

namespace sluice::router {

class LayerDemand {
 public:
  // Less is told after that.
  static constexpr TimeDelta kPatience = TimeDelta::Seconds(3);

  // At first everything counts as told.
  explicit LayerDemand(size_t encodings) : told_(WantedLayers::Everything(encodings)) {}

  // What is wanted behind `sink`.
  void Set(const PacketSink* sink, const WantedLayers& wanted);
  void Remove(const PacketSink* sink);

  // After each change, and at NextTimeout(). `paused`: nothing reaches anybody, whatever is wanted. True:
  // told() has changed.
  bool Update(Timestamp now, bool paused);
  Timestamp NextTimeout() const { return next_timeout_; }
  const WantedLayers& told() const { return told_; }

 private:
  // Of one encoding, while less is wanted than was told.
  struct Fall {
    Timestamp end = Timestamp::Never();
    WantedLayers::Encoding most;  // Wanted since it began.
  };

  void UpdateEncoding(Timestamp now, size_t encoding, WantedLayers::Encoding wanted);

  std::vector<std::pair<const PacketSink*, WantedLayers>> sinks_;
  std::array<Fall, WantedLayers::kMaxEncodings> falls_;
  WantedLayers told_;
  Timestamp next_timeout_ = Timestamp::Never();
};

}  // namespace sluice::router
