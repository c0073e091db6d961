#include "api/control_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "api/json_rpc/text.h"

namespace sluice::api {
namespace {

constexpr int kBacklog = 16;

// Whether there is a socket that no process listens on any more; any other file is somebody's.
bool IsStale(const sockaddr_un& address) {
  struct stat status {};
  if (lstat(address.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  bool refused = connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
                 errno == ECONNREFUSED;
  close(probe);
  return refused;
}

}  // namespace

absl::StatusOr<int> ControlSocket::Listen(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return absl::InvalidArgumentError(
        Concat("control socket ", path, ": a path of 1 to 107 bytes is needed"));
  }
  path.copy(address.sun_path, path.size());
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return absl::InternalError(Concat("control socket: ", strerror(errno)));
  auto try_bind = [&] { return bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0; };
  bool bound = try_bind();
  if (!bound && errno == EADDRINUSE) {
    if (IsStale(address)) unlink(path.c_str());
    bound = try_bind();
  }
  if (!bound || listen(fd, kBacklog) != 0) {
    std::string reason = strerror(errno);
    close(fd);
    return absl::UnavailableError(Concat("control socket ", path, ": ", reason));
  }
  return fd;
}

ControlSocket::ControlSocket(worker::EventLoop* loop, int fd, std::string path, OnConnection on_connection)
    : fd_(fd),
      path_(std::move(path)),
      on_connection_(std::move(on_connection)),
      watch_(*loop, fd, [this] { Accept(); }) {}

ControlSocket::~ControlSocket() {
  watch_.reset();
  close(fd_);
  unlink(path_.c_str());
}

void ControlSocket::Accept() {
  int connection = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
  if (connection >= 0) on_connection_(connection);
}

}  // namespace sluice::api
