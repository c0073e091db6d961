// Data producers and consumers in requests and answers.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "api/graph/objects.h"
#include "api/json_rpc/json_reader.h"
#include "router/data/data_message.h"
#include "worker/snapshots.h"

namespace sluice::api {

inline constexpr Limits kSubchannelCount{0, 1024};

nlohmann::json DataProducerJson(const DataProducer& producer);  // dataProducer.dump
// dataConsumer.dump. The buffered amount is in `snapshot`.
nlohmann::json DataConsumerJson(const DataConsumer& consumer, const worker::DataConsumerSnapshot& snapshot);
nlohmann::json DataProducerStatsJson(const DataProducer& producer,
                                     const worker::DataProducerSnapshot& snapshot);
nlohmann::json DataConsumerStatsJson(const DataConsumer& consumer,
                                     const worker::DataConsumerSnapshot& snapshot);

// An array of distinct 16-bit numbers; nullopt: absent.
std::optional<router::Subchannels> ReadSubchannels(ObjectReader& params, std::string_view field);
// ppid and payload (base64) of a message of the application. An empty payload becomes the one zero octet that
// SCTP carries for it.
router::DataMessage ReadDataMessage(ObjectReader& params);

}  // namespace sluice::api
