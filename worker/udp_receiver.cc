#include "worker/udp_receiver.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace sluice::worker {

UdpReceiver::UdpReceiver(SlabPool& pool) : pool_(pool) {
  for (size_t i = 0; i < kBatch; ++i) {
    msghdr& header = messages_[i].msg_hdr;
    header.msg_name = &senders_[i];
    header.msg_iov = &buffers_[i];
    header.msg_iovlen = 1;
  }
}

size_t UdpReceiver::Refill(size_t wanted) {
  for (size_t i = 0; i < wanted; ++i) {
    if (!slabs_[i]) {
      slabs_[i] = pool_.Acquire();
      if (!slabs_[i]) return i;
      MutableBytes storage = slabs_[i]->storage();
      buffers_[i] = {storage.data(), storage.size()};
    }
    messages_[i].msg_hdr.msg_namelen = sizeof(sockaddr_in6);
  }
  return wanted;
}

size_t UdpReceiver::Receive(int fd, Handler handler, size_t limit) {
  size_t taken = 0;
  int errors = 0;
  while (taken < limit) {
    const size_t slots = Refill(std::min(kBatch, limit - taken));
    if (slots == 0) return taken + Discard(fd, limit - taken);
    ++stats_.system_calls;
    const int count = recvmmsg(fd, messages_.data(), static_cast<unsigned>(slots), MSG_DONTWAIT, nullptr);
    if (count < 0) {
      // A socket that keeps failing is left to the next turn.
      if (HandleError() && ++errors < 16) continue;
      return taken;
    }
    const size_t received = static_cast<size_t>(count);
    for (size_t i = 0; i < received; ++i) Deliver(i, handler);
    taken += received;
    if (received < slots) return taken;  // Empty, or an error that the next turn will meet.
  }
  return taken;
}

void UdpReceiver::Deliver(size_t slot, Handler handler) {
  const mmsghdr& message = messages_[slot];
  // A slab that is not handed out stays for the next batch.
  if (message.msg_hdr.msg_flags & MSG_TRUNC) {
    ++stats_.truncated;
    return;
  }
  auto from = transports::Endpoint::FromSockaddr(reinterpret_cast<const sockaddr*>(&senders_[slot]));
  if (message.msg_len == 0 || !from) {
    ++stats_.empty;
    return;
  }
  ++stats_.datagrams;
  stats_.bytes += message.msg_len;
  slabs_[slot]->Resize(message.msg_len);
  handler(std::move(slabs_[slot]), *from);
}

// Without slabs the datagrams go unread: a level-triggered watch would otherwise spin on them.
size_t UdpReceiver::Discard(int fd, size_t limit) {
  size_t discarded = 0;
  while (discarded < limit) {
    ++stats_.system_calls;
    if (recv(fd, nullptr, 0, MSG_DONTWAIT | MSG_TRUNC) < 0) break;
    ++discarded;
  }
  stats_.pool_exhausted += discarded;
  return discarded;
}

bool UdpReceiver::HandleError() {
  if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
  if (errno != EINTR) ++stats_.errors;  // Reading it has cleared it (ECONNREFUSED, EHOSTUNREACH, …).
  return true;
}

}  // namespace sluice::worker
