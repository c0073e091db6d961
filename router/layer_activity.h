// Which layers of a producer are coming: its encodings (simulcast) or its spatial layers (SVC).
//
// A layer counts as gone when the others have been heard for several of its frame intervals without it, and
// sooner when the publisher says so. Silence of all layers at once says nothing about any of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtp/units.h"

namespace sluice::router {

class LayerActivity {
 public:
  static constexpr size_t kMaxLayers = 8;

  // `expected`: layers count as coming until they have proved not to; otherwise from their first packet on.
  explicit LayerActivity(bool expected) : active_(expected ? 0xff : 0) {}

  // A packet of `layer`, of the picture with this RTP timestamp. True: a layer has come or gone.
  bool HandlePacket(Timestamp now, uint8_t layer, uint32_t timestamp);
  // The publisher says which layers it sends, a bit each. True: a layer has gone by it.
  bool HandleAnnouncement(uint8_t layers);

  bool Has(uint8_t layer) const { return (active_ >> layer & 1) != 0; }

 private:
  struct Layer {
    TimeDelta silence = TimeDelta::Zero();   // While others were heard.
    TimeDelta interval = TimeDelta::Zero();  // Between pictures; zero: not known.
    Timestamp last_picture = Timestamp::Past();
    uint32_t timestamp = 0;
  };

  static TimeDelta Patience(const Layer& layer);
  static void NotePicture(Timestamp now, uint32_t timestamp, Layer* layer);

  std::array<Layer, kMaxLayers> layers_;
  Timestamp last_packet_ = Timestamp::Past();
  uint8_t active_;
};

}  // namespace sluice::router
