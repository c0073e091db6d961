// All objects by id, and the rules of their lives: closing one closes what hangs on it, here and on the
// workers.
//
// Thread: control.
#pragma once

#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>

#include "api/data_plane.h"
#include "api/graph/objects.h"

namespace sluice::api {

class Graph {
 public:
  // Told of consumers that were closed because their producer was (and not with their own transport or the
  // room).
  using OnProducerClosed = std::function<void(const std::string& consumer_id)>;
  using OnDataProducerClosed = std::function<void(const std::string& data_consumer_id)>;

  // `data_plane` outlives the graph.
  Graph(DataPlane* data_plane, OnProducerClosed on_producer_closed,
        OnDataProducerClosed on_data_producer_closed)
      : data_plane_(data_plane),
        on_producer_closed_(std::move(on_producer_closed)),
        on_data_producer_closed_(std::move(on_data_producer_closed)) {}
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  // An object that may be one of several with the same id, in which case it is none of them.
  template <typename Object>
  struct Found {
    Object* object = nullptr;
    bool ambiguous = false;
  };

  // Ids are unique for their kind of object; nullptr: there is none. Those of producers and data producers
  // are unique in their router only: what comes through a pipe may keep its name.
  Router* FindRouter(const std::string& id) { return Find(routers_, id); }
  Transport* FindTransport(const std::string& id) { return Find(transports_, id); }
  Found<Producer> FindProducer(const std::string& id) { return FindOne(producers_, id); }
  Consumer* FindConsumer(const std::string& id) { return Find(consumers_, id); }
  WebRtcServer* FindWebRtcServer(const std::string& id) { return Find(servers_, id); }
  RtpObserver* FindRtpObserver(const std::string& id) { return Find(observers_, id); }
  Found<DataProducer> FindDataProducer(const std::string& id) { return FindOne(data_producers_, id); }
  DataConsumer* FindDataConsumer(const std::string& id) { return Find(data_consumers_, id); }
  Transport* FindTransport(router::TransportHandle handle) { return Find(transports_by_handle_, handle); }
  Producer* FindProducer(router::ProducerHandle handle) { return Find(producers_by_handle_, handle); }
  // By any of its handles.
  Consumer* FindConsumer(router::ConsumerHandle handle) { return Find(consumers_by_handle_, handle); }
  Router* FindRouterOfSelector(router::RtpObserverHandle handle) {
    return Find(routers_by_selector_, handle);
  }
  RtpObserver* FindRtpObserver(router::RtpObserverHandle handle) {
    return Find(observers_by_handle_, handle);
  }
  DataProducer* FindDataProducer(router::DataProducerHandle handle) {
    return Find(data_producers_by_handle_, handle);
  }
  DataConsumer* FindDataConsumer(router::DataConsumerHandle handle) {
    return Find(data_consumers_by_handle_, handle);
  }

  Router* Add(std::unique_ptr<Router> router);
  WebRtcServer* Add(std::unique_ptr<WebRtcServer> server);
  Transport* Add(std::unique_ptr<Transport> transport);
  Producer* Add(std::unique_ptr<Producer> producer);
  Consumer* Add(std::unique_ptr<Consumer> consumer);
  RtpObserver* Add(std::unique_ptr<RtpObserver> observer);

  // From now on its router chooses when it is forwarded. Once, after the producer was created on its worker.
  void StartSelecting(Producer* producer);
  // Of the same room. Once more has no effect.
  void Observe(RtpObserver* observer, Producer* producer);
  void StopObserving(RtpObserver* observer, Producer* producer);
  DataProducer* Add(std::unique_ptr<DataProducer> producer);
  DataConsumer* Add(std::unique_ptr<DataConsumer> consumer);

  void Close(Router* router);
  // With its transports.
  void Close(WebRtcServer* server);
  void Close(Transport* transport);
  void Close(Producer* producer);
  void Close(Consumer* consumer);
  void Close(RtpObserver* observer);
  void Close(DataProducer* producer);
  void Close(DataConsumer* consumer);

  template <typename HandleType>
  HandleType NewHandle() {
    return HandleType(++last_handle_);
  }

  // STUN requests that name it reach the transport, on whichever worker they arrive.
  void AddUsernameFragment(Transport* transport, const std::string& fragment);
  // The peer uses `fragment`: older ones are void.
  void RemoveUsernameFragmentsBefore(Transport* transport, const std::string& fragment);

  const std::map<std::string, std::unique_ptr<Router>>& routers() const { return routers_; }
  const std::map<std::string, std::unique_ptr<WebRtcServer>>& webrtc_servers() const { return servers_; }
  size_t transport_count() const { return transports_.size(); }

 private:
  template <typename Object>
  using ById = std::map<std::string, std::unique_ptr<Object>>;
  template <typename Object>
  using ByIdInRouter = std::multimap<std::string, std::unique_ptr<Object>>;

  template <typename Object, typename HandleType>
  using ByHandle = std::map<HandleType, Object*>;

  template <typename Object, typename HandleType>
  static Object* Find(const ByHandle<Object, HandleType>& objects, HandleType handle) {
    auto it = objects.find(handle);
    return it == objects.end() ? nullptr : it->second;
  }
  template <typename Object>
  static Object* Find(const ById<Object>& objects, const std::string& id) {
    auto it = objects.find(id);
    return it == objects.end() ? nullptr : it->second.get();
  }
  template <typename Object>
  static Found<Object> FindOne(const ByIdInRouter<Object>& objects, const std::string& id) {
    auto [first, end] = objects.equal_range(id);
    if (first == end) return {};
    if (std::next(first) != end) return {.ambiguous = true};
    return {.object = first->second.get()};
  }
  template <typename Object>
  static void Erase(ByIdInRouter<Object>* objects, const Object* object) {
    auto it = objects->find(object->id);
    while (it->second.get() != object) ++it;
    objects->erase(it);
  }

  // Has the producer's worker report its levels, or no longer, as those who want to hear of them are now.
  void SetAudioListener(const Producer& producer);
  // Here only: the worker closes them with their transport.
  void ForgetConsumers(Transport* transport);
  void RemoveUsernameFragments(WebRtcDetails* details, size_t count);
  void Forget(Consumer* consumer);
  void Forget(DataConsumer* consumer);

  DataPlane* data_plane_;
  OnProducerClosed on_producer_closed_;
  OnDataProducerClosed on_data_producer_closed_;
  uint32_t last_handle_ = 0;
  ById<Router> routers_;
  ById<WebRtcServer> servers_;
  ById<Transport> transports_;
  ByIdInRouter<Producer> producers_;
  ById<Consumer> consumers_;
  ById<RtpObserver> observers_;
  ByIdInRouter<DataProducer> data_producers_;
  ById<DataConsumer> data_consumers_;
  ByHandle<Router, router::RtpObserverHandle> routers_by_selector_;
  ByHandle<Transport, router::TransportHandle> transports_by_handle_;
  ByHandle<Producer, router::ProducerHandle> producers_by_handle_;
  ByHandle<Consumer, router::ConsumerHandle> consumers_by_handle_;
  ByHandle<RtpObserver, router::RtpObserverHandle> observers_by_handle_;
  ByHandle<DataProducer, router::DataProducerHandle> data_producers_by_handle_;
  ByHandle<DataConsumer, router::DataConsumerHandle> data_consumers_by_handle_;
};

}  // namespace sluice::api
