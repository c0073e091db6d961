// Where a data producer's messages go: the fan-out of its own worker, or the link to another worker's.
#pragma once

#include "router/data/data_message.h"
#include "router/ids.h"
#include "rtp/units.h"

namespace sluice::router {

class DataSink {
 public:
  virtual ~DataSink() = default;
  // A sink may keep a reference.
  virtual void HandleMessage(Timestamp now, const DataMessageRef& message) = 0;
};

// The way back: what a fan-out asks of its data producer, wherever that lives.
class DataProducerLink {
 public:
  virtual ~DataProducerLink() = default;
  // Held: a live consumer cannot keep up; the publisher is to send more slowly.
  virtual void SetHeld(DataProducerHandle producer, bool held) = 0;
};

}  // namespace sluice::router
