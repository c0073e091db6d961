// The control plane: the graph of objects, the methods that work on it, and the notifications that come of
// it. Everything of it runs on one thread.
//
//   ControlPlane control({.workers = 4, …});
//   control.HandleLine(line, [&](std::string answer) { Write(answer); });
//   control.HandleEvents();                  // after options.wake
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/captures.h"
#include "api/data_plane.h"
#include "api/dispatcher.h"
#include "api/graph/graph.h"
#include "api/json_rpc/rpc_error.h"
#include "api/packet_line.h"
#include "api/process_limits.h"
#include "transports/dtls/dtls_context.h"
#include "worker/file_descriptor.h"

namespace sluice::api {

class ControlPlane {
 public:
  struct Options {
    uint32_t workers = 1;
    ProcessLimits limits;
    worker::FileDescriptor capture_directory;  // Closed: there are no captures.
    std::shared_ptr<const transports::DtlsContext> dtls;
    std::function<void()> wake;                    // Called on worker threads: call HandleEvents() soon.
    std::function<void(std::string line)> notify;  // A notification for every client.
    // The same with a packet in it, which a client that is behind may miss. Answers how many do.
    std::function<uint64_t(std::string line)> notify_packet;
    std::function<bool()> backlogged;  // A client reads so slowly that what can be left out should be.
    std::function<void()> close;       // worker.close was called and answered.
  };

  explicit ControlPlane(Options options);

  void HandleLine(std::string_view line, Dispatcher::WriteLine write) {
    dispatcher_.HandleLine(line, std::move(write));
  }
  void HandleEvents() {
    data_plane_.HandleEvents();
    captures_.HandleFinished();
  }
  // Requests that the workers have not answered yet.
  bool busy() const { return dispatcher_.pending() > 0; }

  // For the methods (api/methods/).
  Graph& graph() { return graph_; }
  DataPlane& data_plane() { return data_plane_; }
  Captures& captures() { return captures_; }
  const ProcessLimits& limits() const { return options_.limits; }
  // For `count` more transports.
  std::optional<RpcError> CheckTransportLimit(size_t count = 1) const;
  const std::shared_ptr<const transports::DtlsContext>& dtls() const { return options_.dtls; }
  void Notify(std::string_view method, nlohmann::json params);
  void Close() { options_.close(); }
  // Notifications with packets that clients missed because they were behind.
  uint64_t packets_missed() const { return packets_missed_; }
  // Whether clients keep up with one more trace; it counts as dropped otherwise.
  bool MayTrace();
  uint64_t traces_dropped() const { return traces_dropped_; }

  const Dispatcher& dispatcher() const { return dispatcher_; }

 private:
  void HandleEvent(worker::Event&& event);
  void Handle(const worker::IceRestarted& event);
  void Handle(const worker::IceStateChanged& event);
  void Handle(const worker::SelectedPathChanged& event);
  void Handle(const worker::DtlsStateChanged& event);
  void Handle(const router::SessionEvent& event);
  void Handle(const worker::AudioObserved& event);
  void Handle(const worker::SctpStateChanged& event);
  void Handle(const worker::DataBufferFull& event);
  void Handle(const worker::DataBufferedAmountLow& event);
  void Handle(const worker::ConsumedData& event);
  void Handle(const worker::ConsumedRtp& event);
  void Handle(const worker::ConsumedRtcp& event);
  void Handle(const worker::RemoteLearnt& event);
  // The data plane's own.
  void Handle(const worker::ApplicationHandled&) {}
  void Handle(const worker::Answer&) {}
  void PacketNotify(std::string_view method, const PacketSubject& subject, std::optional<uint32_t> ppid,
                    Bytes payload);
  void Notify(const Router& router, const router::AudioObserver::Selection& selection);
  void Notify(const RtpObserver& observer, const router::AudioObserver::Volumes& volumes);
  void Notify(const RtpObserver& observer, const router::AudioObserver::Silence& silence);
  void Notify(const RtpObserver& observer, const router::AudioObserver::DominantSpeaker& speaker);

  void HandleCaptureEnd(router::TransportHandle handle, nlohmann::json description);

  Options options_;
  Captures captures_;  // Its files end when the workers, which stop before, have closed all transports.
  DataPlane data_plane_;
  Graph graph_;
  Dispatcher dispatcher_;
  uint64_t packets_missed_ = 0;
  uint64_t traces_dropped_ = 0;
};

}  // namespace sluice::api
