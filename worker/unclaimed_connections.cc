#include "worker/unclaimed_connections.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "worker/tcp_io.h"

namespace sluice::worker {

UnclaimedConnections::UnclaimedConnections(const WorkerContext& context, OnFirstPacket on_first_packet)
    : context_(context),
      on_first_packet_(std::move(on_first_packet)),
      timer_(*context.loop, [this](Timestamp now) { HandleTimeout(now); }) {}

void UnclaimedConnections::Add(TcpSocket connection, uint16_t socket) {
  if (waiting_.size() >= context_.tcp->limits().max_unclaimed) {
    ++context_.tcp->stats().refused;
    waiting_.pop_front();
  }
  Position added = waiting_.emplace(waiting_.end(), std::move(connection), socket, context_.pool);
  added->give_up_at = context_.loop->Now() + context_.tcp->limits().patience;
  added->watch = IoWatch(*context_.loop, added->connection.fd(), [this, added] { HandleReadable(added); });
  ArmTimer();
}

void UnclaimedConnections::HandleReadable(Position waiting) {
  SlabRef packet;
  const bool more = Read(&*waiting, &packet);
  if (!more && !packet) return Close(waiting);
  if (!packet) return;
  waiting->watch.reset();
  TcpSocket connection = std::move(waiting->connection);
  const uint16_t socket = waiting->socket;
  waiting_.erase(waiting);
  ArmTimer();
  on_first_packet_(std::move(connection), socket, std::move(packet));
}

bool UnclaimedConnections::Read(Waiting* waiting, SlabRef* packet) {
  transports::FrameReader& reader = waiting->reader;
  while (!*packet) {
    const MutableBytes space = reader.Space();
    const ssize_t size = recv(waiting->connection.fd(), space.data(), space.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    if (size == 0) return false;
    *packet = reader.Commit(static_cast<size_t>(size));
    const transports::FrameReader::Skipped& skipped = reader.skipped();
    if (skipped.empty + skipped.too_long + skipped.no_memory > 0) return false;  // No check is like this.
  }
  return true;
}

void UnclaimedConnections::Close(Position waiting) {
  ++context_.tcp->stats().unclaimed;
  waiting_.erase(waiting);
  ArmTimer();
}

void UnclaimedConnections::HandleTimeout(Timestamp now) {
  while (!waiting_.empty() && waiting_.front().give_up_at <= now) Close(waiting_.begin());
  ArmTimer();
}

void UnclaimedConnections::ArmTimer() {
  timer_.ArmAt(waiting_.empty() ? Timestamp::Never() : waiting_.front().give_up_at);
}

}  // namespace sluice::worker
