#include "worker/socket_options.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace sluice::worker {
namespace {

absl::StatusCode CodeOf(int error) {
  switch (error) {
    case EADDRINUSE:
      return absl::StatusCode::kAlreadyExists;
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case ENODEV:
      return absl::StatusCode::kUnavailable;
    case EACCES:
    case EPERM:
      return absl::StatusCode::kPermissionDenied;
    case EINVAL:
      return absl::StatusCode::kInvalidArgument;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return absl::StatusCode::kResourceExhausted;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::Status BindError(int error, std::string_view protocol, const transports::Endpoint& endpoint) {
  return absl::Status(CodeOf(error),
                      absl::StrCat("cannot bind ", absl::string_view(protocol.data(), protocol.size()), " ",
                                   endpoint.ToString(), ": ", std::strerror(error)));
}

bool SetSocketOption(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

// The forced variant exceeds net.core.*mem_max and needs CAP_NET_ADMIN.
void SetSocketBuffer(int fd, SocketBuffer buffer, int size) {
  const bool send = buffer == SocketBuffer::kSend;
  if (SetSocketOption(fd, SOL_SOCKET, send ? SO_SNDBUFFORCE : SO_RCVBUFFORCE, size)) return;
  SetSocketOption(fd, SOL_SOCKET, send ? SO_SNDBUF : SO_RCVBUF, size);
}

absl::Status AllowSharing(int fd) {
  if (SetSocketOption(fd, SOL_SOCKET, SO_REUSEPORT, 1)) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("SO_REUSEPORT: ", std::strerror(errno)));
}

}  // namespace sluice::worker
