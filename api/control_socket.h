// A Unix socket on which clients of the control plane connect.
//
// Thread: control.
#pragma once

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "worker/event_loop.h"
#include "worker/io_watch.h"

namespace sluice::api {

class ControlSocket {
 public:
  using OnConnection = absl::AnyInvocable<void(int fd)>;

  // Errors name the path. A socket file that nobody listens on any more is replaced.
  static absl::StatusOr<int> Listen(const std::string& path);

  // Takes over `fd`, which listens on `path`; removes the file at the end.
  ControlSocket(worker::EventLoop* loop, int fd, std::string path, OnConnection on_connection);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  void Accept();

  int fd_;
  std::string path_;
  OnConnection on_connection_;
  worker::IoWatch watch_;
};

}  // namespace sluice::api
