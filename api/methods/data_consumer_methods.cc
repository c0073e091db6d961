// dataConsumer.*: data channels that a client, or the application, receives on.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "api/data_json.h"
#include "api/methods/methods.h"
#include "api/sctp_json.h"

namespace sluice::api {
namespace {

struct CreateRequest {
  Transport* transport = nullptr;
  DataProducer* producer = nullptr;
  std::string id;
  rtp::DataReliability reliability;
  bool paused = false;
  router::Subchannels subchannels;
};

CreateRequest ReadCreate(Graph& graph, ObjectReader& params) {
  CreateRequest request;
  request.transport = ReadTransport(params, graph);
  request.id =
      ReadNewId(params, "dataConsumerId", [&](const std::string& id) { return graph.FindDataConsumer(id); });
  request.producer = ReadDataProducerOf(params, request.transport ? request.transport->router : nullptr);
  const bool sent_by_client = request.producer && request.producer->sctp;
  request.reliability =
      ReadReliability(params, sent_by_client ? request.producer->sctp->reliability : rtp::DataReliability());
  request.paused = params.OptionalBool("paused", false);
  request.subchannels = ReadSubchannels(params, "subchannels").value_or(router::Subchannels());
  params.Finish();
  if (!params.ok()) return request;
  if (!request.transport->sctp && !request.transport->carries_data_directly()) {
    params.Fail(RpcError::InvalidState("the transport was created without enableSctp"));
  }
  return request;
}

bool IsStreamUsed(const Transport& transport, uint16_t stream) {
  auto uses = [&](const auto& entry) { return entry.second->sctp && entry.second->sctp->stream == stream; };
  return std::any_of(transport.data_consumers.begin(), transport.data_consumers.end(), uses) ||
         std::any_of(transport.data_producers.begin(), transport.data_producers.end(), uses);
}

// The stream that has been unused for longest: the reset of another may still be under way. nullopt: none is
// left.
std::optional<uint16_t> NextStream(Transport* transport) {
  uint16_t& next = transport->sctp->next_stream;
  for (int tries = 0; tries < transports::kSctpStreams; ++tries) {
    const uint16_t stream = std::exchange(next, static_cast<uint16_t>((next + 1) % transports::kSctpStreams));
    if (!IsStreamUsed(*transport, stream)) return stream;
  }
  return std::nullopt;
}

nlohmann::json CreatedJson(const DataConsumer& consumer) {
  nlohmann::json created = DataConsumerJson(consumer, {});
  created.erase("id");
  created["dataConsumerId"] = consumer.id;
  return created;
}

Outcome Create(ControlPlane& control, ObjectReader& params) {
  CreateRequest request = ReadCreate(control.graph(), params);
  if (params.error()) return *params.error();
  Transport* transport = request.transport;
  auto consumer = std::make_unique<DataConsumer>();
  if (transport->sctp) {
    std::optional<uint16_t> stream = NextStream(transport);
    if (!stream) return RpcError::ResourceUnavailable("all SCTP streams of the transport are in use", "");
    consumer->sctp = SctpStreamParameters{*stream, request.reliability};
    consumer->low_threshold = static_cast<uint32_t>(transport->sctp->options.default_low_threshold);
  }
  consumer->id = request.id;
  consumer->transport = transport;
  consumer->producer = request.producer;
  consumer->handle = control.graph().NewHandle<router::DataConsumerHandle>();
  consumer->paused = request.paused;
  consumer->subchannels = request.subchannels;
  const DataConsumer* added = control.graph().Add(std::move(consumer));
  router::DataConsumerConfig config{.handle = added->handle,
                                    .producer = added->producer->handle,
                                    .reliability = request.reliability,
                                    .paused = added->paused,
                                    .subchannels = added->subchannels,
                                    .pipe = transport->As<PipeDetails>() != nullptr};
  if (added->sctp) config.stream = added->sctp->stream;
  control.data_plane().Send(
      transport->worker, worker::CreateDataConsumer{.transport = transport->handle,
                                                    .config = std::move(config),
                                                    .producer_worker = added->producer->transport->worker});
  return CreatedJson(*added);
}

Outcome Close(ControlPlane& control, ObjectReader& params) {
  DataConsumer* consumer = ReadDataConsumer(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  control.graph().Close(consumer);
  return nlohmann::json::object();
}

Outcome SetPaused(ControlPlane& control, ObjectReader& params, bool paused) {
  DataConsumer* consumer = ReadDataConsumer(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  consumer->paused = paused;
  const Transport* transport = consumer->transport;
  control.data_plane().Send(transport->worker,
                            worker::SetDataConsumerPaused{transport->handle, consumer->handle, paused});
  return nlohmann::json::object();
}

Outcome StoreSubchannels(ControlPlane& control, DataConsumer* consumer, router::Subchannels subchannels) {
  consumer->subchannels = std::move(subchannels);
  const Transport* transport = consumer->transport;
  control.data_plane().Send(
      transport->worker, worker::SetSubchannels{transport->handle, consumer->handle, consumer->subchannels});
  return nlohmann::json{{"subchannels", consumer->subchannels}};
}

Outcome SetSubchannels(ControlPlane& control, ObjectReader& params) {
  DataConsumer* consumer = ReadDataConsumer(params, control.graph());
  std::optional<router::Subchannels> subchannels = ReadSubchannels(params, "subchannels");
  if (params.ok() && !subchannels) params.Fail(RpcError::MissingField(params.PathOf("subchannels")));
  params.Finish();
  if (params.error()) return *params.error();
  return StoreSubchannels(control, consumer, *std::move(subchannels));
}

Outcome ChangeSubchannel(ControlPlane& control, ObjectReader& params, bool add) {
  DataConsumer* consumer = ReadDataConsumer(params, control.graph());
  const auto subchannel = params.RequiredUint<uint16_t>("subchannel");
  params.Finish();
  if (params.error()) return *params.error();
  router::Subchannels subchannels = consumer->subchannels;
  std::erase(subchannels, subchannel);
  if (add && subchannels.size() == kSubchannelCount.max) {
    return RpcError::InvalidState("the data consumer has as many subchannels as there may be");
  }
  if (add) subchannels.push_back(subchannel);
  std::sort(subchannels.begin(), subchannels.end());
  return StoreSubchannels(control, consumer, std::move(subchannels));
}

Outcome SetBufferedAmountLowThreshold(ControlPlane& control, ObjectReader& params) {
  DataConsumer* consumer = ReadDataConsumer(params, control.graph());
  const auto threshold = params.RequiredUint<uint32_t>("threshold");
  params.Finish();
  if (params.error()) return *params.error();
  consumer->low_threshold = threshold;
  const Transport* transport = consumer->transport;
  control.data_plane().Send(transport->worker, worker::SetBufferedAmountLowThreshold{
                                                   transport->handle, consumer->handle, threshold});
  return nlohmann::json::object();
}

// Asks the worker for the consumer's snapshot and answers with what `make` makes of it.
template <typename Make>
void AnswerFromSnapshot(ControlPlane& control, ObjectReader& params, Dispatcher::Reply reply, Make make) {
  const DataConsumer* consumer = ReadDataConsumer(params, control.graph());
  params.Finish();
  if (params.error()) return reply(*params.error());
  const Transport* transport = consumer->transport;
  control.data_plane().Ask(
      transport->worker, worker::Query{.transport = transport->handle, .data_consumer = consumer->handle},
      [&control, make, id = consumer->id, reply = std::move(reply)](worker::Snapshot snapshot) mutable {
        const DataConsumer* still_there = control.graph().FindDataConsumer(id);
        const auto* answer = std::get_if<worker::DataConsumerSnapshot>(&snapshot);
        if (!still_there || !answer) return reply(RpcError::NotFound("data consumer", id));
        reply(make(*still_there, *answer));
      });
}

// What became of the message, for the one who sent it.
Outcome SentOutcome(const worker::SentData& sent) {
  switch (sent.result) {
    case router::DataSendResult::kSent:
      return nlohmann::json{{"bufferedAmount", sent.buffered_amount}};
    case router::DataSendResult::kBufferFull:
      return RpcError::ResourceUnavailable("the send buffer is full", "");
    case router::DataSendResult::kTooLarge:
      return RpcError::InvalidValue("params.payload", "is larger than the transport's maxSendMessageSize");
    case router::DataSendResult::kClosed:
      break;
  }
  return RpcError::InvalidState("the SCTP association is not connected");
}

void Send(ControlPlane& control, ObjectReader& params, Dispatcher::Reply reply) {
  const DataConsumer* consumer = ReadDataConsumer(params, control.graph());
  router::DataMessage message = ReadDataMessage(params);
  params.Finish();
  if (params.error()) return reply(*params.error());
  if (!consumer->sctp) {
    return reply(RpcError::InvalidState("the data consumer is the application, not a client"));
  }
  const Transport* transport = consumer->transport;
  worker::SendData command{.transport = transport->handle, .consumer = consumer->handle};
  command.message = std::make_shared<const router::DataMessage>(std::move(message));
  control.data_plane().Ask(transport->worker, std::move(command),
                           [id = consumer->id, reply = std::move(reply)](worker::Snapshot snapshot) mutable {
                             const auto* sent = std::get_if<worker::SentData>(&snapshot);
                             if (!sent) return reply(RpcError::NotFound("data consumer", id));
                             reply(SentOutcome(*sent));
                           });
}

}  // namespace

void RegisterDataConsumerMethods(ControlPlane* control, Dispatcher* dispatcher) {
  auto sync = [&](std::string_view name, auto handle) {
    dispatcher->RegisterSync(name,
                             [control, handle](ObjectReader& params) { return handle(*control, params); });
  };
  sync("dataConsumer.create", Create);
  sync("dataConsumer.close", Close);
  sync("dataConsumer.pause",
       [](ControlPlane& c, ObjectReader& params) { return SetPaused(c, params, true); });
  sync("dataConsumer.resume",
       [](ControlPlane& c, ObjectReader& params) { return SetPaused(c, params, false); });
  sync("dataConsumer.setSubchannels", SetSubchannels);
  sync("dataConsumer.addSubchannel",
       [](ControlPlane& c, ObjectReader& params) { return ChangeSubchannel(c, params, true); });
  sync("dataConsumer.removeSubchannel",
       [](ControlPlane& c, ObjectReader& params) { return ChangeSubchannel(c, params, false); });
  sync("dataConsumer.setBufferedAmountLowThreshold", SetBufferedAmountLowThreshold);
  auto from_snapshot = [&](std::string_view name, auto make) {
    dispatcher->Register(name, [control, make](ObjectReader& params, Dispatcher::Reply reply) {
      AnswerFromSnapshot(*control, params, std::move(reply), make);
    });
  };
  from_snapshot("dataConsumer.dump", DataConsumerJson);
  from_snapshot("dataConsumer.getStats",
                [](const DataConsumer& consumer, const worker::DataConsumerSnapshot& snapshot) {
                  return nlohmann::json{{"stats", {DataConsumerStatsJson(consumer, snapshot)}}};
                });
  from_snapshot("dataConsumer.getBufferedAmount",
                [](const DataConsumer&, const worker::DataConsumerSnapshot& snapshot) {
                  return nlohmann::json{{"bufferedAmount", snapshot.buffered_amount}};
                });
  dispatcher->Register("dataConsumer.send", [control](ObjectReader& params, Dispatcher::Reply reply) {
    Send(*control, params, std::move(reply));
  });
}

}  // namespace sluice::api
