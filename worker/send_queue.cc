#include "worker/send_queue.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/hash/hash.h"

namespace sluice::worker {
namespace {

int SendToKernel(int fd, mmsghdr* messages, unsigned count) {
  return sendmmsg(fd, messages, count, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// Errors with which a kernel, a device or a path declines UDP_SEGMENT where plain datagrams may pass.
bool RefusesSegmentation(int error) {
  return error == EIO || error == EINVAL || error == EMSGSIZE || error == EOPNOTSUPP || error == ENOPROTOOPT;
}

// Those of them that do not depend on the destination.
bool RefusesAllSegmentation(int error) { return error == EIO || error == EOPNOTSUPP || error == ENOPROTOOPT; }

}  // namespace

SendQueue::SendQueue() : SendQueue(Options()) {}

SendQueue::SendQueue(Options options) : options_(std::move(options)) {
  if (!options_.send) options_.send = SendToKernel;
  table_.resize(256);
}

SendQueue::~SendQueue() = default;

SendQueue::Socket& SendQueue::Register(const UdpSocket& socket) {
  const size_t fd = static_cast<size_t>(socket.fd());
  if (fd >= sockets_.size()) sockets_.resize(fd + 1);
  if (!sockets_[fd]) {
    sockets_[fd] = std::make_unique<Socket>();
    sockets_[fd]->fd = socket.fd();
    sockets_[fd]->serial = next_serial_++;
    sockets_[fd]->v6 = socket.is_v6();
    sockets_[fd]->segmentation = options_.segmentation && socket.supports_segmentation();
  }
  return *sockets_[fd];
}

SendQueue::Socket* SendQueue::Find(int fd) const {
  const size_t index = static_cast<size_t>(fd);
  return fd >= 0 && index < sockets_.size() ? sockets_[index].get() : nullptr;
}

void SendQueue::Push(const UdpSocket& socket, const transports::Endpoint& to, SlabRef datagram,
                     Priority priority) {
  if (!socket.is_open() || !datagram || datagram->size() == 0) return;
  Socket& known = Register(socket);
  if (to.port == 0 || (to.address.is_v6() && !known.v6)) {
    ++stats_.dropped_unreachable;
    return;
  }
  if (known.blocked) return Wait(known, to, std::move(datagram), priority);
  Append(known, to, std::move(datagram), priority);
  if (entries_.size() >= options_.max_pending) SendAll();
}

// --- Ordering by destination.

void SendQueue::Append(Socket& socket, const transports::Endpoint& to, SlabRef datagram, Priority priority) {
  const uint32_t flow_index = FindFlow(socket, to, priority);
  Chain& entries = flows_[flow_index].entries;
  const uint32_t entry = static_cast<uint32_t>(entries_.size());
  entries_.push_back({std::move(datagram)});
  if (entries.head != kNone) {
    entries_[entries.tail].next = entry;
    entries.tail = entry;
    return;
  }
  entries = {entry, entry};
  Chain& flows = socket.flows[static_cast<size_t>(priority)];
  if (flows.head == kNone) {
    flows.head = flow_index;
  } else {
    flows_[flows.tail].next = flow_index;
  }
  flows.tail = flow_index;
  if (!std::exchange(socket.active, true)) active_.push_back(&socket);
}

uint32_t SendQueue::FindFlow(const Socket& socket, const transports::Endpoint& to, Priority priority) {
  const uint32_t hash = static_cast<uint32_t>(absl::HashOf(socket.serial, priority, to));
  const size_t mask = table_.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    Slot& slot = table_[i];
    if (slot.generation != generation_) {
      slot = {generation_, hash, AddFlow(socket, to, priority)};
      const uint32_t added = slot.flow;
      if (flows_.size() * 2 > table_.size()) GrowTable();
      return added;
    }
    if (slot.hash != hash) continue;
    const Flow& flow = flows_[slot.flow];
    if (flow.serial == socket.serial && flow.priority == priority && flow.to == to) return slot.flow;
  }
}

uint32_t SendQueue::AddFlow(const Socket& socket, const transports::Endpoint& to, Priority priority) {
  Flow& flow = flows_.emplace_back();
  flow.serial = socket.serial;
  flow.priority = priority;
  flow.to = to;
  flow.address_length = WriteSockaddr(to, socket.v6, &flow.address);
  return static_cast<uint32_t>(flows_.size() - 1);
}

void SendQueue::GrowTable() {
  std::vector<Slot> old(table_.size() * 2);
  old.swap(table_);
  const size_t mask = table_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.generation != generation_) continue;
    size_t i = slot.hash & mask;
    while (table_[i].generation == generation_) i = (i + 1) & mask;
    table_[i] = slot;
  }
}

// --- Waiting for room in a socket's buffer.

void SendQueue::Wait(Socket& socket, const transports::Endpoint& to, SlabRef datagram, Priority priority) {
  auto& [high, normal] = socket.backlog;
  auto& backlog = priority == Priority::kHigh ? high : normal;
  backlog.push_back({std::move(datagram), to});
  if (high.size() + normal.size() <= options_.max_backlog) return;
  (normal.empty() ? high : normal).pop_front();
  ++stats_.dropped_overflow;
}

bool SendQueue::WantsWritable(int fd) const {
  const Socket* socket = Find(fd);
  return socket && socket->blocked;
}

void SendQueue::HandleWritable(int fd) {
  Socket* socket = Find(fd);
  if (!socket || !std::exchange(socket->blocked, false)) return;
  for (Priority priority : {Priority::kHigh, Priority::kNormal}) {
    auto& backlog = socket->backlog[static_cast<size_t>(priority)];
    for (Waiting& waiting : backlog) Append(*socket, waiting.to, std::move(waiting.datagram), priority);
    backlog.clear();
  }
}

void SendQueue::Forget(const UdpSocket& socket) {
  Socket* known = Find(socket.fd());
  if (!known) return;
  if (known->active) {
    SendSocket(*known);
    std::erase(active_, known);
  }
  std::erase(newly_blocked_, known->fd);
  for (const auto& backlog : known->backlog) stats_.dropped_overflow += backlog.size();
  sockets_[static_cast<size_t>(socket.fd())].reset();
}

// --- Sending.

std::span<const int> SendQueue::Flush() {
  SendAll();
  reported_blocked_.swap(newly_blocked_);
  newly_blocked_.clear();
  return reported_blocked_;
}

void SendQueue::SendAll() {
  if (entries_.empty()) return;
  for (Socket* socket : active_) SendSocket(*socket);
  active_.clear();
  entries_.clear();
  flows_.clear();
  if (++generation_ == 0) {  // Once in four billion turns an old slot could look current.
    std::fill(table_.begin(), table_.end(), Slot());
    generation_ = 1;
  }
}

void SendQueue::SendSocket(Socket& socket) {
  socket.active = false;
  Gather(socket);
  size_t next = 0;
  plain_until_ = 0;
  while (next < order_.size() && !socket.blocked) next = SendBatch(socket, next);
  if (next < order_.size()) KeepUnsent(socket, next);
}

// Fills `order_` with the socket's datagrams as they are to leave, and takes its flows apart.
void SendQueue::Gather(Socket& socket) {
  order_.clear();
  for (Chain& flows : socket.flows) {
    for (uint32_t i = flows.head; i != kNone; i = std::exchange(flows_[i].next, kNone)) GatherFlow(i);
    flows = Chain();
  }
}

void SendQueue::GatherFlow(uint32_t index) {
  Flow& flow = flows_[index];
  for (uint32_t i = flow.entries.head; i != kNone; i = entries_[i].next) {
    const Slab& slab = *entries_[i].datagram;
    order_.push_back({i, index, &flow.address, flow.address_length, slab.bytes()});
  }
  flow.entries = Chain();
}

size_t SendQueue::SendBatch(Socket& socket, size_t next) {
  const size_t plain = plain_until_ > next ? plain_until_ - next : 0;
  batch_.Build(std::span(order_).subspan(next), socket.segmentation, plain);
  std::span<mmsghdr> messages = batch_.messages();
  size_t sent = 0;
  while (sent < messages.size()) {
    ++stats_.system_calls;
    const int count =
        options_.send(socket.fd, &messages[sent], static_cast<unsigned>(messages.size() - sent));
    if (count < 0) {
      const auto run = std::span(order_).subspan(next, batch_.run(sent));
      const Failure failure = HandleFailure(socket, errno, next, run);
      if (failure == Failure::kStop) return next;
      if (failure == Failure::kRetry) continue;
      next += run.size();
      ++sent;
      continue;
    }
    for (int i = 0; i < count; ++i, ++sent) {
      CountSent(socket, std::span(order_).subspan(next, batch_.run(sent)));
      next += batch_.run(sent);
    }
  }
  return next;
}

SendQueue::Failure SendQueue::HandleFailure(Socket& socket, int error, size_t next,
                                            std::span<const OutgoingDatagram> run) {
  if (error == EINTR) return Failure::kRetry;
  if (error == EAGAIN || error == EWOULDBLOCK) {
    socket.blocked = true;
    newly_blocked_.push_back(socket.fd);
    ++stats_.blocked;
    return Failure::kStop;
  }
  if (run.size() > 1 && RefusesSegmentation(error)) {
    ++stats_.segmentation_refused;
    if (RefusesAllSegmentation(error)) socket.segmentation = false;
    SendFlowPlain(next);
    socket.suspect = true;
    return Failure::kStop;
  }
  socket.suspect = false;
  CountDropped(error, run.size());
  return Failure::kDrop;
}

// The batch is built anew with the datagrams from `next` to the end of their destination's unmerged.
void SendQueue::SendFlowPlain(size_t next) {
  plain_until_ = next;
  while (plain_until_ < order_.size() && order_[plain_until_].flow == order_[next].flow) ++plain_until_;
}

void SendQueue::CountSent(Socket& socket, std::span<const OutgoingDatagram> run) {
  ++stats_.messages;
  ++stats_.runs[run.size()];
  stats_.datagrams += run.size();
  for (const OutgoingDatagram& datagram : run) stats_.bytes += datagram.bytes.size();
  // A destination that takes plain datagrams but no runs may be a path with a small MTU; many in a row,
  // and it is the socket's device.
  if (run.size() > 1) {
    socket.refusals_in_a_row = 0;
  } else if (std::exchange(socket.suspect, false) && ++socket.refusals_in_a_row >= kRefusalsUntilPlain) {
    socket.segmentation = false;
  }
}

void SendQueue::CountDropped(int error, size_t datagrams) {
  switch (error) {
    case EPERM:
    case EACCES:
      stats_.dropped_refused += datagrams;
      return;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EINVAL:
      stats_.dropped_unreachable += datagrams;
      return;
    case EMSGSIZE:
      stats_.dropped_too_large += datagrams;
      return;
    case ENOBUFS:
    case ENOMEM:
      stats_.dropped_no_memory += datagrams;
      return;
    default:
      stats_.dropped_other += datagrams;
  }
}

void SendQueue::KeepUnsent(Socket& socket, size_t next) {
  for (; next < order_.size(); ++next) {
    const Flow& flow = flows_[order_[next].flow];
    Wait(socket, flow.to, std::move(entries_[order_[next].entry].datagram), flow.priority);
  }
}

}  // namespace sluice::worker
