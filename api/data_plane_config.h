// From negotiated RTP parameters to what the workers forward by.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "api/graph/objects.h"
#include "router/config.h"

namespace sluice::api {

router::ProducerConfig MakeProducerConfig(const Producer& producer, TimeDelta key_frame_request_delay);
// Of a pipe one for each encoding, else one. `new_numbers` is called for each.
std::vector<router::ConsumerConfig> MakeConsumerConfigs(const Consumer& consumer, bool ignore_dtx,
                                                        absl::FunctionRef<uint64_t()> new_numbers);

}  // namespace sluice::api
