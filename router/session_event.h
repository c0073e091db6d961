// What an RTP session has to tell besides packets: rare, and for the control plane.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "absl/container/inlined_vector.h"
#include "router/ids.h"
#include "router/trace.h"
#include "router/wanted_layers.h"
#include "rtp/ids.h"
#include "rtp/layers.h"
#include "rtp/video_orientation.h"

namespace sluice::router {

// The scores of those encodings of a producer that have arrived.
struct ProducerScored {
  struct Stream {
    uint8_t encoding = 0;
    Ssrc ssrc;
    uint8_t score = 0;
    bool operator==(const Stream&) const = default;
  };
  ProducerHandle producer;
  absl::InlinedVector<Stream, 3> streams;
};
struct ConsumerScored {
  ConsumerHandle consumer;
  uint8_t score = 0;
};
// Of a consumer that chooses among layers, a few times a second at most.
struct LayersChanged {
  ConsumerHandle consumer;
  std::optional<rtp::Layers> layers;  // nullopt: nothing is forwarded.
};
// More is told at once, less after some seconds.
struct WantedLayersChanged {
  ProducerHandle producer;
  WantedLayers wanted;
};
struct OrientationChanged {
  ProducerHandle producer;
  rtp::VideoOrientation orientation;
};
struct ProducerTraced {
  ProducerHandle producer;
  Trace trace;
};
struct ConsumerTraced {
  ConsumerHandle consumer;
  Trace trace;
};

using SessionEvent = std::variant<ProducerScored, ConsumerScored, LayersChanged, WantedLayersChanged,
                                  OrientationChanged, ProducerTraced, ConsumerTraced>;

class EventPort {
 public:
  virtual ~EventPort() = default;
  // Does not call back.
  virtual void Tell(SessionEvent event) = 0;
};

}  // namespace sluice::router
