#include "api/data_json.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "api/packet_params.h"
#include "api/sctp_json.h"
#include "worker/clock.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using rtp::Ppid;

template <typename Object>
json TypeOf(const Object& object) {
  return object.sctp ? "sctp" : "direct";
}

json StatsJson(const char* type, const DataProducer& producer) {
  return {{"type", type},
          {"timestamp", worker::UnixTime().ms()},
          {"label", producer.label},
          {"protocol", producer.protocol}};
}

bool IsEmptyPpid(uint32_t ppid) {
  return ppid == static_cast<uint32_t>(Ppid::kStringEmpty) ||
         ppid == static_cast<uint32_t>(Ppid::kBinaryEmpty);
}

}  // namespace

json DataProducerJson(const DataProducer& producer) {
  json dump = {{"id", producer.id},
               {"type", TypeOf(producer)},
               {"label", producer.label},
               {"protocol", producer.protocol},
               {"paused", producer.paused}};
  if (producer.sctp) dump["sctpStreamParameters"] = SctpStreamParametersJson(*producer.sctp);
  return dump;
}

json DataConsumerJson(const DataConsumer& consumer, const worker::DataConsumerSnapshot& snapshot) {
  json dump = {{"id", consumer.id},
               {"type", TypeOf(consumer)},
               {"dataProducerId", consumer.producer->id},
               {"label", consumer.producer->label},
               {"protocol", consumer.producer->protocol},
               {"paused", consumer.paused},
               {"dataProducerPaused", consumer.producer->paused},
               {"subchannels", consumer.subchannels},
               {"bufferedAmount", snapshot.buffered_amount},
               {"bufferedAmountLowThreshold", consumer.low_threshold}};
  if (consumer.sctp) dump["sctpStreamParameters"] = SctpStreamParametersJson(*consumer.sctp);
  return dump;
}

json DataProducerStatsJson(const DataProducer& producer, const worker::DataProducerSnapshot& snapshot) {
  json stats = StatsJson("data-producer", producer);
  stats["messagesReceived"] = snapshot.statistics.messages;
  stats["bytesReceived"] = snapshot.statistics.bytes;
  return stats;
}

json DataConsumerStatsJson(const DataConsumer& consumer, const worker::DataConsumerSnapshot& snapshot) {
  const router::DataConsumerStatistics& statistics = snapshot.statistics;
  json stats = StatsJson("data-consumer", *consumer.producer);
  stats["messagesSent"] = statistics.messages;
  stats["bytesSent"] = statistics.bytes;
  stats["bufferedAmount"] = snapshot.buffered_amount;
  stats["messagesDropped"] = {{"sendBufferFull", statistics.dropped_full},
                              {"tooLarge", statistics.dropped_too_large},
                              {"closed", statistics.dropped_closed}};
  return stats;
}

std::optional<router::Subchannels> ReadSubchannels(ObjectReader& params, std::string_view field) {
  std::optional<std::vector<uint16_t>> subchannels = params.OptionalUints<uint16_t>(field, kSubchannelCount);
  if (!subchannels) return std::nullopt;
  std::sort(subchannels->begin(), subchannels->end());
  subchannels->erase(std::unique(subchannels->begin(), subchannels->end()), subchannels->end());
  return subchannels;
}

router::DataMessage ReadDataMessage(ObjectReader& params) {
  router::DataMessage message{.ppid = params.RequiredUint<uint32_t>("ppid")};
  std::vector<uint8_t> payload = ReadPayload(params);
  const bool empty = IsEmptyPpid(message.ppid);
  if (payload.empty() && !empty) {
    params.Fail(RpcError::InvalidValue(params.PathOf("payload"), "is empty, which takes PPID 56 or 57"));
  }
  if (empty) payload.assign(1, 0);
  message.payload = std::make_shared<const std::vector<uint8_t>>(std::move(payload));
  return message;
}

}  // namespace sluice::api
