#include "worker/tcp_connections.h"

#include <algorithm>
#include <utility>

#include "worker/event_loop.h"
#include "worker/tcp_io.h"

namespace sluice::worker {

using transports::Path;

TcpConnections::Entry* TcpConnections::Find(const Path& path) {
  auto it = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.path == path; });
  return it == entries_.end() ? nullptr : &*it;
}

void TcpConnections::Add(Timestamp now, TcpSocket connection, uint16_t socket, const SlabRef& first_packet) {
  const Path path{.protocol = transports::Protocol::kTcp, .socket = socket, .remote = connection.remote()};
  // The peer has closed the one before, which we have not read yet.
  if (Find(path)) Close(now, path);
  MakeRoom(now);
  if (entries_.size() >= context_.tcp->limits().max_connections) {
    ++context_.tcp->stats().refused;
    return;
  }
  Entry& added = entries_.emplace_back();
  added.path = path;
  added.give_up_at = now + context_.tcp->limits().patience;
  added.connection = std::make_unique<TcpConnection>(context_, std::move(connection),
                                                     [this, path] { HandleReadable(path); });
  if (first_packet) HandlePacket(now, &added, first_packet);
  Review(now);
  owner_->SettleTcp(now);
}

// Of the connections that have not shown that they are the peer's, the oldest makes room: whoever opens many
// displaces their own, at worst.
void TcpConnections::MakeRoom(Timestamp now) {
  if (entries_.size() < context_.tcp->limits().max_connections) return;
  auto oldest = std::find_if(entries_.begin(), entries_.end(), [](const Entry& e) { return !e.confirmed; });
  if (oldest == entries_.end()) return;
  ++context_.tcp->stats().refused;
  Close(now, oldest->path);
}

void TcpConnections::HandleReadable(const Path& path) {
  const Timestamp now = context_.loop->Now();
  Entry* entry = Find(path);
  const bool open = entry->connection->Receive([&](SlabRef packet) { HandlePacket(now, entry, packet); });
  if (!open) Close(now, path);
  Review(now);
  owner_->SettleTcp(now);
}

void TcpConnections::HandlePacket(Timestamp now, Entry* entry, const SlabRef& packet) {
  if (!entry->confirmed && entry->attempts++ == context_.tcp->limits().max_attempts) return;
  owner_->HandleTcpPacket(now, entry->path, packet);
  if (!entry->confirmed) entry->confirmed = owner_->IsKnownPath(entry->path);
}

size_t TcpConnections::Send(const Path& to, SlabRef packet, FrameQueue::Priority priority) {
  Entry* entry = Find(to);
  return entry ? entry->connection->Send(std::move(packet), priority) : 1;
}

void TcpConnections::Review(Timestamp now) {
  for (size_t i = 0; i < entries_.size();) {
    const Entry& entry = entries_[i];
    const bool in_time = now < entry.give_up_at && entry.attempts <= context_.tcp->limits().max_attempts;
    if (entry.confirmed ? owner_->IsKnownPath(entry.path) : in_time) {
      ++i;
      continue;
    }
    if (!entry.confirmed) ++context_.tcp->stats().unclaimed;
    Close(now, Path(entry.path));
  }
}

Timestamp TcpConnections::NextTimeout() const {
  Timestamp next = Timestamp::Never();
  for (const Entry& entry : entries_) {
    if (!entry.confirmed) next = std::min(next, entry.give_up_at);
  }
  return next;
}

void TcpConnections::Close(Timestamp now, const Path& path) {
  const Path closed = path;
  std::erase_if(entries_, [&](const Entry& entry) { return entry.path == closed; });
  owner_->HandleTcpClosed(now, closed);
}

}  // namespace sluice::worker
