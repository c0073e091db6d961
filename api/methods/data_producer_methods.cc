// dataProducer.*: data channels that a client, or the application, sends on.
#include <memory>
#include <string>
#include <utility>

#include "api/data_json.h"
#include "api/methods/methods.h"
#include "api/sctp_json.h"

namespace sluice::api {
namespace {

constexpr Limits kLabelLength{0, 65'535};  // As DCEP (RFC 8832 §5.1).

struct CreateRequest {
  Transport* transport = nullptr;
  std::string id;
  std::optional<SctpStreamParameters> sctp;
  std::string label;
  std::string protocol;
  bool paused = false;
};

bool IsStreamTaken(const Transport& transport, uint16_t stream) {
  for (const auto& [id, producer] : transport.data_producers) {
    if (producer->sctp && producer->sctp->stream == stream) return true;
  }
  return false;
}

std::optional<SctpStreamParameters> ReadStream(const Transport& transport, ObjectReader& params) {
  std::optional<ObjectReader> reader = params.OptionalObject("sctpStreamParameters", Fields::kOpen);
  if (!reader) return std::nullopt;
  SctpStreamParameters parameters;
  parameters.stream = reader->RequiredUint<uint16_t>("streamId", 0, transports::kSctpStreams - 1);
  parameters.reliability = ReadReliability(*reader);
  if (reader->ok() && IsStreamTaken(transport, parameters.stream)) {
    reader->Fail(RpcError::InvalidValue(reader->PathOf("streamId"),
                                        "is that of another data producer of the transport"));
  }
  return parameters;
}

CreateRequest ReadCreate(Graph& graph, ObjectReader& params) {
  CreateRequest request;
  request.transport = ReadTransport(params, graph);
  request.id = ReadNewId(params, "dataProducerId", [&](const std::string& id) {
    return request.transport && request.transport->router->data_producers.contains(id);
  });
  if (request.transport) request.sctp = ReadStream(*request.transport, params);
  request.label = params.OptionalString("label", kLabelLength, "");
  request.protocol = params.OptionalString("protocol", kLabelLength, "");
  request.paused = params.OptionalBool("paused", false);
  params.Finish();
  if (!params.ok()) return request;
  if (!request.transport->sctp && !request.transport->carries_data_directly()) {
    params.Fail(RpcError::InvalidState("the transport was created without enableSctp"));
  } else if (request.transport->sctp && !request.sctp) {
    params.Fail(RpcError::MissingField(params.PathOf("sctpStreamParameters")));
  } else if (!request.transport->sctp && request.sctp) {
    params.Fail(
        RpcError::InvalidValue(params.PathOf("sctpStreamParameters"), "is not for a transport without SCTP"));
  }
  return request;
}

nlohmann::json CreatedJson(const DataProducer& producer) {
  nlohmann::json created = DataProducerJson(producer);
  created.erase("id");
  created["dataProducerId"] = producer.id;
  created["routerId"] = producer.transport->router->id;
  return created;
}

Outcome Create(ControlPlane& control, ObjectReader& params) {
  CreateRequest request = ReadCreate(control.graph(), params);
  if (params.error()) return *params.error();
  auto producer = std::make_unique<DataProducer>();
  producer->id = request.id;
  producer->transport = request.transport;
  producer->handle = control.graph().NewHandle<router::DataProducerHandle>();
  producer->sctp = request.sctp;
  producer->label = request.label;
  producer->protocol = request.protocol;
  producer->paused = request.paused;
  const DataProducer* added = control.graph().Add(std::move(producer));
  router::DataProducerConfig config{.handle = added->handle, .paused = added->paused};
  if (added->sctp) config.stream = added->sctp->stream;
  control.data_plane().Send(added->transport->worker,
                            worker::CreateDataProducer{added->transport->handle, config});
  return CreatedJson(*added);
}

Outcome Close(ControlPlane& control, ObjectReader& params) {
  DataProducer* producer = ReadDataProducer(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  control.graph().Close(producer);
  return nlohmann::json::object();
}

Outcome SetPaused(ControlPlane& control, ObjectReader& params, bool paused) {
  DataProducer* producer = ReadDataProducer(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  if (producer->paused == paused) return nlohmann::json::object();
  producer->paused = paused;
  const Transport* transport = producer->transport;
  control.data_plane().Send(transport->worker,
                            worker::SetDataProducerPaused{transport->handle, producer->handle, paused});
  for (const auto& [id, consumer] : producer->consumers) {
    control.Notify(paused ? "dataConsumer.dataProducerPause" : "dataConsumer.dataProducerResume",
                   {{"dataConsumerId", id}});
  }
  return nlohmann::json::object();
}

Outcome Send(ControlPlane& control, ObjectReader& params) {
  const DataProducer* producer = ReadDataProducer(params, control.graph());
  router::DataMessage message = ReadDataMessage(params);
  message.subchannels = ReadSubchannels(params, "subchannels").value_or(router::Subchannels());
  message.required = params.OptionalUint<uint16_t>("requiredSubchannel");
  message.ignored = params.OptionalUint<uint16_t>("ignoredSubchannel");
  params.Finish();
  if (params.error()) return *params.error();
  const Transport* transport = producer->transport;
  const auto* direct = transport->As<DirectDetails>();
  if (!direct) return RpcError::InvalidState("the data producer is a client, not the application");
  if (message.size() > direct->max_receive_message_size) {
    return RpcError::InvalidValue(params.PathOf("payload"),
                                  "is larger than the transport's maxReceiveMessageSize");
  }
  control.data_plane().SendPayload(
      transport->worker,
      worker::ProduceData{transport->handle, producer->handle,
                          std::make_shared<const router::DataMessage>(std::move(message))});
  return nlohmann::json::object();
}

Outcome Dump(ControlPlane& control, ObjectReader& params) {
  const DataProducer* producer = ReadDataProducer(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  return DataProducerJson(*producer);
}

void GetStats(ControlPlane& control, ObjectReader& params, Dispatcher::Reply reply) {
  const DataProducer* producer = ReadDataProducer(params, control.graph());
  params.Finish();
  if (params.error()) return reply(*params.error());
  const Transport* transport = producer->transport;
  control.data_plane().Ask(transport->worker,
                           worker::Query{.transport = transport->handle, .data_producer = producer->handle},
                           [&control, id = producer->id, handle = producer->handle,
                            reply = std::move(reply)](worker::Snapshot snapshot) mutable {
                             const DataProducer* still_there = control.graph().FindDataProducer(handle);
                             const auto* stats = std::get_if<worker::DataProducerSnapshot>(&snapshot);
                             if (!still_there || !stats)
                               return reply(RpcError::NotFound("data producer", id));
                             reply(nlohmann::json{{"stats", {DataProducerStatsJson(*still_there, *stats)}}});
                           });
}

}  // namespace

void RegisterDataProducerMethods(ControlPlane* control, Dispatcher* dispatcher) {
  dispatcher->RegisterSync("dataProducer.create",
                           [control](ObjectReader& params) { return Create(*control, params); });
  dispatcher->RegisterSync("dataProducer.close",
                           [control](ObjectReader& params) { return Close(*control, params); });
  dispatcher->RegisterSync("dataProducer.pause",
                           [control](ObjectReader& params) { return SetPaused(*control, params, true); });
  dispatcher->RegisterSync("dataProducer.resume",
                           [control](ObjectReader& params) { return SetPaused(*control, params, false); });
  dispatcher->RegisterSync("dataProducer.send",
                           [control](ObjectReader& params) { return Send(*control, params); });
  dispatcher->RegisterSync("dataProducer.dump",
                           [control](ObjectReader& params) { return Dump(*control, params); });
  dispatcher->Register("dataProducer.getStats", [control](ObjectReader& params, Dispatcher::Reply reply) {
    GetStats(*control, params, std::move(reply));
  });
}

}  // namespace sluice::api
