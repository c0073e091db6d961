// From negotiated RTP parameters to what the workers forward by.
#pragma once

#include <cstdint>

#include "api/graph/objects.h"
#include "router/config.h"

namespace sluice::api {

router::ProducerConfig MakeProducerConfig(const Producer& producer, TimeDelta key_frame_request_delay);
router::ConsumerConfig MakeConsumerConfig(const Consumer& consumer, bool ignore_dtx, uint64_t random);

}  // namespace sluice::api
