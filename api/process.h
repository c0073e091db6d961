// The process: its event loop, its control plane and the clients that drive it, from start to a clean end.
#pragma once

#include <uv.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/control_channel.h"
#include "api/control_plane.h"
#include "api/control_socket.h"
#include "api/process_limits.h"
#include "worker/event_loop.h"
#include "worker/file_descriptor.h"
#include "worker/timer.h"
#include "worker/wakeup.h"

namespace sluice::api {

class Process {
 public:
  struct Options {
    uint32_t workers = 1;
    ProcessLimits limits;
    worker::FileDescriptor capture_directory;  // Closed: there are no captures.
    // Where requests come from and answers go to; with a socket path, from whoever connects there instead.
    int control_in = 0;
    int control_out = 1;
    std::string control_socket;
    std::shared_ptr<const transports::DtlsContext> dtls;
  };

  // `control_socket_fd` listens on options.control_socket, if that is set.
  Process(Options options, int control_socket_fd);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Until SIGTERM or SIGINT, worker.close, or the end of the control input; everything asked for by then is
  // answered first.
  void Run();

 private:
  // How long the end of input waits for answers and for a client that reads slowly.
  static constexpr TimeDelta kMaxLinger = TimeDelta::Seconds(5);
  // Notifications come whether a client reads or not; one that leaves this much unread is given up.
  static constexpr size_t kMaxBacklog = size_t{16} << 20;
  // One that leaves this much unread misses packets; direct transports send less while all are so slow.
  static constexpr size_t kMaxPacketBacklog = size_t{12} << 20;
  // With more than this unread there are no traces.
  static constexpr size_t kMaxTraceBacklog = size_t{1} << 20;

  struct Channel {
    std::unique_ptr<ControlChannel> channel;
    bool ended = false;  // Of several clients, one that is to be removed once it has its answers.
  };

  void AddChannel(int in, int out, bool is_only);
  void HandleLine(const std::shared_ptr<Channel>& channel, std::optional<std::string_view> line);
  void Notify(const std::string& line);
  uint64_t NotifyPacket(const std::string& line);
  void HandleEvents();
  // How far behind the clients are, and whether they are to be read from.
  void UpdateBacklog(size_t taken);
  void UpdateReading();
  bool IsBacklogged() const;
  void FinishSoon();
  void FinishIfIdle(Timestamp now);
  void RemoveEnded(Timestamp now);

  Options options_;
  worker::EventLoop loop_;
  worker::Wakeup events_;
  worker::Timer finish_timer_;
  worker::Timer remove_timer_;
  std::optional<Timestamp> give_up_at_;  // Set once the process is to end.
  std::unique_ptr<ControlPlane> control_;
  std::vector<std::shared_ptr<Channel>> channels_;  // Shared with the answers that are still to come.
  std::unique_ptr<ControlSocket> socket_;
  struct Signals;
  std::unique_ptr<Signals> signals_;
};

}  // namespace sluice::api
