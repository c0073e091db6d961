#include "worker/tcp_connection.h"

#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace sluice::worker {

TcpConnection::TcpConnection(const WorkerContext& context, TcpSocket socket,
                             absl::AnyInvocable<void()> on_readable)
    : io_(context.tcp),
      socket_(std::move(socket)),
      reader_(context.pool),
      queue_(context.tcp->limits().max_queue),
      watch_(*context.loop, socket_.fd(), std::move(on_readable), [this] { HandleWritable(); }) {
  ++io_->stats().connections;
}

TcpConnection::~TcpConnection() {
  if (!blocked_ && !broken_) Write();
  io_->stats().dropped_broken += queue_.size();
  --io_->stats().connections;
  if (flush_requested_) io_->Forget(this);
}

// What completes the packet under way goes into its slab directly; what was sent behind it takes the way
// through the scratch buffer, so that a burst is one call.
bool TcpConnection::Receive(absl::FunctionRef<void(SlabRef packet)> handler) {
  TcpStats& stats = io_->stats();
  auto count = [&](SlabRef packet) {
    ++stats.packets_received;
    handler(std::move(packet));
  };
  const MutableBytes scratch = io_->scratch();
  for (size_t taken = 0; taken < kFairShare;) {
    const MutableBytes direct = reader_.Space();
    iovec buffers[2] = {{direct.data(), direct.size()}, {scratch.data(), scratch.size()}};
    ++stats.read_calls;
    const ssize_t received = readv(socket_.fd(), buffers, 2);
    if (received < 0 && errno == EINTR) continue;
    if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (received <= 0) return false;
    const size_t size = static_cast<size_t>(received);
    const size_t in_place = std::min(size, direct.size());
    taken += size;
    stats.bytes_received += size;
    if (SlabRef packet = reader_.Commit(in_place)) count(std::move(packet));
    reader_.Feed(scratch.first(size - in_place), count);
    if (size < direct.size() + scratch.size()) break;  // Empty, or what the next turn will meet.
  }
  CountSkipped();
  return true;
}

void TcpConnection::CountSkipped() {
  const transports::FrameReader::Skipped& now = reader_.skipped();
  io_->stats().skipped_empty += now.empty - counted_.empty;
  io_->stats().skipped_too_long += now.too_long - counted_.too_long;
  io_->stats().skipped_no_memory += now.no_memory - counted_.no_memory;
  counted_ = now;
}

size_t TcpConnection::Send(SlabRef packet, FrameQueue::Priority priority) {
  if (broken_) {
    ++io_->stats().dropped_broken;
    return 1;
  }
  const size_t dropped = queue_.Push(std::move(packet), priority);
  io_->stats().dropped_full += dropped;
  if (!blocked_ && !std::exchange(flush_requested_, true)) io_->WriteLater(this);
  return dropped;
}

void TcpConnection::Flush() {
  flush_requested_ = false;
  Write();
}

void TcpConnection::Write() {
  FrameQueue::Written written;
  const FrameQueue::State state = queue_.Write(socket_.fd(), &written);
  TcpStats& stats = io_->stats();
  stats.packets_sent += written.packets;
  stats.bytes_sent += written.bytes;
  stats.write_calls += written.system_calls;
  if (state == FrameQueue::State::kBlocked) {
    ++stats.blocked;
    blocked_ = true;
    watch_.WatchWritable(true);
  } else if (state == FrameQueue::State::kBroken) {
    // The socket is readable now, and reading says that it is over.
    broken_ = true;
    stats.dropped_broken += queue_.size();
    queue_.Clear();
  }
}

void TcpConnection::HandleWritable() {
  blocked_ = false;
  watch_.WatchWritable(false);
  Write();
}

}  // namespace sluice::worker
