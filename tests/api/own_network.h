// The calling thread, and those that it starts, in a network namespace of their own that has nothing but
// loopback, for as long as this lives. Needs privileges: ok() is false where they are missing.
#pragma once

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace sluice::api {

class OwnNetwork {
 public:
  OwnNetwork() : before_(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
    ok_ = before_ >= 0 && unshare(CLONE_NEWNET) == 0 && RaiseLoopback();
  }
  ~OwnNetwork() {
    if (before_ < 0) return;
    setns(before_, CLONE_NEWNET);
    close(before_);
  }
  OwnNetwork(const OwnNetwork&) = delete;
  OwnNetwork& operator=(const OwnNetwork&) = delete;

  bool ok() const { return ok_; }

 private:
  static bool RaiseLoopback() {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    bool raised = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    close(fd);
    return raised;
  }

  int before_;
  bool ok_ = false;
};

}  // namespace sluice::api
