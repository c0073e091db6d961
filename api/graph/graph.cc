#include "api/graph/graph.h"

#include <utility>

namespace sluice::api {

Transport* Graph::FindTransport(router::TransportHandle handle) {
  auto it = transports_by_handle_.find(handle);
  return it == transports_by_handle_.end() ? nullptr : it->second;
}

Router* Graph::Add(std::unique_ptr<Router> router) {
  std::string id = router->id;
  return (routers_[id] = std::move(router)).get();
}

Transport* Graph::Add(std::unique_ptr<Transport> transport) {
  Transport* added = transport.get();
  added->router->transports[added->id] = added;
  transports_by_handle_[added->handle] = added;
  data_plane_->AddLoad(added->worker);
  transports_[added->id] = std::move(transport);
  return added;
}

Producer* Graph::Add(std::unique_ptr<Producer> producer) {
  Producer* added = producer.get();
  added->transport->producers[added->id] = added;
  added->transport->router->producers[added->id] = added;
  data_plane_->AddLoad(added->transport->worker);
  producers_[added->id] = std::move(producer);
  return added;
}

Consumer* Graph::Add(std::unique_ptr<Consumer> consumer) {
  Consumer* added = consumer.get();
  added->transport->consumers[added->id] = added;
  added->producer->consumers[added->id] = added;
  data_plane_->AddLoad(added->transport->worker);
  consumers_[added->id] = std::move(consumer);
  return added;
}

void Graph::Close(Router* router) {
  // All consumers first: their clients know that they go with the room.
  for (const auto& [id, transport] : router->transports) ForgetConsumers(transport);
  while (!router->transports.empty()) Close(router->transports.begin()->second);
  routers_.erase(std::string(router->id));
}

void Graph::Close(Transport* transport) {
  // Its own consumers first: their client knows that they go with the transport.
  ForgetConsumers(transport);
  while (!transport->producers.empty()) Close(transport->producers.begin()->second);
  data_plane_->Send(transport->worker, worker::CloseTransport{transport->handle});
  data_plane_->RemoveLoad(transport->worker);
  transport->router->transports.erase(transport->id);
  transports_by_handle_.erase(transport->handle);
  transports_.erase(std::string(transport->id));
}

void Graph::Close(Producer* producer) {
  while (!producer->consumers.empty()) {
    Consumer* consumer = producer->consumers.begin()->second;
    std::string id = consumer->id;
    Close(consumer);
    on_producer_closed_(id);
  }
  Transport* transport = producer->transport;
  data_plane_->Send(transport->worker, worker::CloseProducer{transport->handle, producer->handle});
  data_plane_->RemoveLoad(transport->worker);
  transport->producers.erase(producer->id);
  transport->router->producers.erase(producer->id);
  producers_.erase(std::string(producer->id));
}

void Graph::Close(Consumer* consumer) {
  Transport* transport = consumer->transport;
  data_plane_->Send(transport->worker, worker::CloseConsumer{transport->handle, consumer->handle});
  Forget(consumer);
}

void Graph::ForgetConsumers(Transport* transport) {
  while (!transport->consumers.empty()) Forget(transport->consumers.begin()->second);
}

void Graph::Forget(Consumer* consumer) {
  data_plane_->RemoveLoad(consumer->transport->worker);
  consumer->transport->consumers.erase(consumer->id);
  consumer->producer->consumers.erase(consumer->id);
  consumers_.erase(std::string(consumer->id));
}

}  // namespace sluice::api
