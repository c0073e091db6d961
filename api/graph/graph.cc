#include "api/graph/graph.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "rtp/header_extension.h"

namespace sluice::api {

Router* Graph::Add(std::unique_ptr<Router> router) {
  std::string id = router->id;
  if (router->max_speakers) routers_by_selector_[router->audio_selector] = router.get();
  return (routers_[id] = std::move(router)).get();
}

WebRtcServer* Graph::Add(std::unique_ptr<WebRtcServer> server) {
  std::string id = server->id;
  return (servers_[id] = std::move(server)).get();
}

Transport* Graph::Add(std::unique_ptr<Transport> transport) {
  Transport* added = transport.get();
  auto* details = added->As<WebRtcDetails>();
  if (details && details->server) details->server->transports[added->id] = added;
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
  producers_by_handle_[added->handle] = added;
  data_plane_->AddLoad(added->transport->worker);
  producers_.emplace(added->id, std::move(producer));
  return added;
}

Consumer* Graph::Add(std::unique_ptr<Consumer> consumer) {
  Consumer* added = consumer.get();
  added->transport->consumers[added->id] = added;
  added->producer->consumers[added->id] = added;
  added->ForEachHandle([&](router::ConsumerHandle handle) { consumers_by_handle_[handle] = added; });
  data_plane_->AddLoad(added->transport->worker);
  consumers_[added->id] = std::move(consumer);
  return added;
}

RtpObserver* Graph::Add(std::unique_ptr<RtpObserver> observer) {
  RtpObserver* added = observer.get();
  added->router->observers[added->id] = added;
  observers_by_handle_[added->handle] = added;
  observers_[added->id] = std::move(observer);
  return added;
}

bool Producer::is_selectable() const {
  return transport->router->max_speakers && kind == MediaKind::kAudio &&
         parameters.rtp_parameters.HasHeaderExtension(rtp::ExtensionUri(rtp::ExtensionKind::kAudioLevel));
}

void Graph::StartSelecting(Producer* producer) {
  const Router* router = producer->transport->router;
  SetAudioListener(*producer);
  data_plane_->Send(router->audio_worker,
                    worker::SetObserved{router->audio_selector, producer->handle, true});
}

void Graph::Observe(RtpObserver* observer, Producer* producer) {
  if (!observer->producers.emplace(producer->id, producer).second) return;
  uint32_t audio_worker = observer->router->audio_worker;
  data_plane_->Send(audio_worker, worker::SetObserved{observer->handle, producer->handle, true});
  producer->observers[observer->id] = observer;
  if (producer->observers.size() == 1) SetAudioListener(*producer);
}

void Graph::StopObserving(RtpObserver* observer, Producer* producer) {
  if (observer->producers.erase(producer->id) == 0) return;
  data_plane_->Send(observer->router->audio_worker,
                    worker::SetObserved{observer->handle, producer->handle, false});
  producer->observers.erase(observer->id);
  if (producer->observers.empty()) SetAudioListener(*producer);
}

void Graph::SetAudioListener(const Producer& producer) {
  const bool selectable = producer.is_selectable();
  worker::SetAudioListener command{.transport = producer.transport->handle,
                                   .producer = producer.handle,
                                   .listener = {},
                                   .prompt = selectable};
  if (selectable || !producer.observers.empty()) command.listener = producer.transport->router->audio_worker;
  data_plane_->Send(producer.transport->worker, command);
}

DataProducer* Graph::Add(std::unique_ptr<DataProducer> producer) {
  DataProducer* added = producer.get();
  added->transport->data_producers[added->id] = added;
  added->transport->router->data_producers[added->id] = added;
  data_producers_by_handle_[added->handle] = added;
  data_plane_->AddLoad(added->transport->worker);
  data_producers_.emplace(added->id, std::move(producer));
  return added;
}

DataConsumer* Graph::Add(std::unique_ptr<DataConsumer> consumer) {
  DataConsumer* added = consumer.get();
  added->transport->data_consumers[added->id] = added;
  added->producer->consumers[added->id] = added;
  data_consumers_by_handle_[added->handle] = added;
  data_plane_->AddLoad(added->transport->worker);
  data_consumers_[added->id] = std::move(consumer);
  return added;
}

void Graph::Close(Router* router) {
  // All consumers first: their clients know that they go with the room.
  for (const auto& [id, transport] : router->transports) ForgetConsumers(transport);
  while (!router->observers.empty()) Close(router->observers.begin()->second);
  while (!router->transports.empty()) Close(router->transports.begin()->second);
  if (router->max_speakers) {
    data_plane_->Send(router->audio_worker, worker::CloseRtpObserver{router->audio_selector});
    routers_by_selector_.erase(router->audio_selector);
  }
  routers_.erase(std::string(router->id));
}

void Graph::Close(WebRtcServer* server) {
  for (const auto& [id, transport] : server->transports) ForgetConsumers(transport);
  while (!server->transports.empty()) Close(server->transports.begin()->second);
  data_plane_->SendToAll(worker::CloseWebRtcServer{server->handle});
  servers_.erase(std::string(server->id));
}

void Graph::AddUsernameFragment(Transport* transport, const std::string& fragment) {
  auto* details = transport->As<WebRtcDetails>();
  details->username_fragments.push_back(fragment);
  data_plane_->SendToAll(worker::AddIceFragment{.server = details->server->handle,
                                                .fragment = fragment,
                                                .worker = transport->worker,
                                                .transport = transport->handle},
                         /*first=*/transport->worker);
}

void Graph::RemoveUsernameFragmentsBefore(Transport* transport, const std::string& fragment) {
  auto* details = transport->As<WebRtcDetails>();
  const std::vector<std::string>& fragments = details->username_fragments;
  auto position = std::find(fragments.begin(), fragments.end(), fragment);
  if (position == fragments.end()) return;
  RemoveUsernameFragments(details, static_cast<size_t>(position - fragments.begin()));
}

void Graph::RemoveUsernameFragments(WebRtcDetails* details, size_t count) {
  const auto end = details->username_fragments.begin() + static_cast<std::ptrdiff_t>(count);
  for (auto it = details->username_fragments.begin(); it != end; ++it) {
    data_plane_->SendToAll(worker::RemoveIceFragment{details->server->handle, *it});
  }
  details->username_fragments.erase(details->username_fragments.begin(), end);
}

void Graph::Close(Transport* transport) {
  // Its own consumers first: their client knows that they go with the transport.
  ForgetConsumers(transport);
  while (!transport->producers.empty()) Close(transport->producers.begin()->second);
  while (!transport->data_producers.empty()) Close(transport->data_producers.begin()->second);
  auto* details = transport->As<WebRtcDetails>();
  if (details && details->server) {
    RemoveUsernameFragments(details, details->username_fragments.size());
    details->server->transports.erase(transport->id);
  }
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
  while (!producer->observers.empty()) StopObserving(producer->observers.begin()->second, producer);
  Transport* transport = producer->transport;
  if (producer->is_selectable()) {
    const Router* router = transport->router;
    data_plane_->Send(router->audio_worker,
                      worker::SetObserved{router->audio_selector, producer->handle, false});
  }
  data_plane_->Send(transport->worker, worker::CloseProducer{transport->handle, producer->handle});
  data_plane_->RemoveLoad(transport->worker);
  transport->producers.erase(producer->id);
  transport->router->producers.erase(producer->id);
  producers_by_handle_.erase(producer->handle);
  Erase(&producers_, producer);
}

void Graph::Close(Consumer* consumer) {
  Transport* transport = consumer->transport;
  consumer->ForEachHandle([&](router::ConsumerHandle handle) {
    data_plane_->Send(transport->worker, worker::CloseConsumer{transport->handle, handle});
  });
  Forget(consumer);
}

void Graph::Close(RtpObserver* observer) {
  while (!observer->producers.empty()) StopObserving(observer, observer->producers.begin()->second);
  Router* router = observer->router;
  data_plane_->Send(router->audio_worker, worker::CloseRtpObserver{observer->handle});
  router->observers.erase(observer->id);
  observers_by_handle_.erase(observer->handle);
  observers_.erase(std::string(observer->id));
}

void Graph::Close(DataProducer* producer) {
  while (!producer->consumers.empty()) {
    DataConsumer* consumer = producer->consumers.begin()->second;
    std::string id = consumer->id;
    Close(consumer);
    on_data_producer_closed_(id);
  }
  Transport* transport = producer->transport;
  data_plane_->Send(transport->worker, worker::CloseDataProducer{transport->handle, producer->handle});
  data_plane_->RemoveLoad(transport->worker);
  transport->data_producers.erase(producer->id);
  transport->router->data_producers.erase(producer->id);
  data_producers_by_handle_.erase(producer->handle);
  Erase(&data_producers_, producer);
}

void Graph::Close(DataConsumer* consumer) {
  Transport* transport = consumer->transport;
  data_plane_->Send(transport->worker, worker::CloseDataConsumer{transport->handle, consumer->handle});
  Forget(consumer);
}

void Graph::ForgetConsumers(Transport* transport) {
  while (!transport->consumers.empty()) Forget(transport->consumers.begin()->second);
  while (!transport->data_consumers.empty()) Forget(transport->data_consumers.begin()->second);
}

void Graph::Forget(Consumer* consumer) {
  data_plane_->RemoveLoad(consumer->transport->worker);
  consumer->transport->consumers.erase(consumer->id);
  consumer->producer->consumers.erase(consumer->id);
  consumer->ForEachHandle([&](router::ConsumerHandle handle) { consumers_by_handle_.erase(handle); });
  consumers_.erase(std::string(consumer->id));
}

void Graph::Forget(DataConsumer* consumer) {
  data_plane_->RemoveLoad(consumer->transport->worker);
  consumer->transport->data_consumers.erase(consumer->id);
  consumer->producer->consumers.erase(consumer->id);
  data_consumers_by_handle_.erase(consumer->handle);
  data_consumers_.erase(std::string(consumer->id));
}

}  // namespace sluice::api
