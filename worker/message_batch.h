// The kernel's structures for one sendmmsg call, reused: gathers datagrams into messages, runs of equal size
// to one destination into one message with a UDP_SEGMENT control message (udp(7)).
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "rtp/bytes.h"

namespace sluice::worker {

inline constexpr size_t kMaxSegments = 64;         // UDP_MAX_SEGMENTS of every kernel that has it.
inline constexpr size_t kMaxMessageSize = 65'507;  // IPv4: 65,535 less the IP and UDP headers.
// Below sendmmsg's own bound (1024): far enough to make the call's price vanish, and little to build again
// when a run is refused.
inline constexpr size_t kMaxBatchMessages = 256;
inline constexpr size_t kMaxBatchDatagrams = 1024;

// As sendmmsg(2) without flags: messages taken, or -1 and errno.
using SendFunction = std::function<int(int fd, mmsghdr* messages, unsigned count)>;

struct OutgoingDatagram {
  uint32_t entry = 0;                     // The caller's; not used here.
  uint32_t flow = 0;                      // Equal for datagrams of one destination.
  const sockaddr_in6* address = nullptr;  // Either family.
  socklen_t address_length = 0;
  Bytes bytes;
};

class MessageBatch {
 public:
  MessageBatch();

  // Describes datagrams from the front of `datagrams`, as far as the bounds allow, and returns how many that
  // covers. The first `plain` are not merged. What they point to outlives the batch's use.
  size_t Build(std::span<const OutgoingDatagram> datagrams, bool segmentation, size_t plain);

  std::span<mmsghdr> messages() { return {messages_.data(), count_}; }
  size_t run(size_t message) const { return messages_[message].msg_hdr.msg_iovlen; }

 private:
  // Room for one 16-bit control message, aligned as one.
  struct Control {
    alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(uint16_t))];
  };

  void Add(std::span<const OutgoingDatagram> run);

  std::vector<mmsghdr> messages_;
  std::vector<Control> controls_;
  std::vector<iovec> buffers_;
  size_t count_ = 0;
  size_t buffers_used_ = 0;
};

}  // namespace sluice::worker
