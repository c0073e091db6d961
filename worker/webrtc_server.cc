#include "worker/webrtc_server.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "transports/demultiplexer.h"
#include "transports/ice/stun_message.h"
#include "worker/event_loop.h"
#include "worker/outbox.h"
#include "worker/tcp_io.h"
#include "worker/webrtc_session.h"

namespace sluice::worker {

using router::TransportHandle;
using transports::DatagramKind;
using transports::Path;
using transports::Protocol;

WebRtcServer::WebRtcServer(const WorkerContext& context, CreateWebRtcServer&& command)
    : context_(context),
      handle_(command.server),
      unclaimed_(context, [this](TcpSocket connection, uint16_t socket, SlabRef packet) {
        HandleFirstPacket(std::move(connection), socket, std::move(packet));
      }) {
  for (ServerSocket& socket : command.sockets) {
    const auto index = static_cast<uint16_t>(sockets_.size());
    sockets_.push_back(
        std::visit([&](auto& specific) { return Listen(std::move(specific), index); }, socket.socket));
    sockets_.back().steering = std::move(socket.steering);
  }
}

WebRtcServer::Socket WebRtcServer::Listen(UdpSocket&& socket, uint16_t index) {
  Socket listening{.endpoint = socket.local()};
  listening.udp =
      std::make_unique<UdpPort>(context_, std::move(socket), [this, index] { HandleReadable(index); });
  return listening;
}

WebRtcServer::Socket WebRtcServer::Listen(TcpListenSocket&& socket, uint16_t index) {
  Socket listening{.endpoint = socket.local()};
  listening.tcp = std::make_unique<TcpListener>(
      context_, std::move(socket),
      [this, index](TcpSocket connection) { unclaimed_.Add(std::move(connection), index); });
  return listening;
}

void WebRtcServer::AddFragment(const AddIceFragment& command) {
  fragments_[command.fragment] = {command.worker, command.transport};
}

// --- Whose it is.

void WebRtcServer::HandleReadable(uint16_t socket) {
  const Timestamp now = context_.loop->Now();
  sockets_[socket].udp->Receive([&](SlabRef datagram, const transports::Endpoint& remote) {
    const Path from{.protocol = Protocol::kUdp, .socket = socket, .remote = remote};
    ++stats_.datagrams;
    if (TryDeliver(now, from, datagram)) return;
    if (undecided_.size() == kMaxUndecided) return CountUnknown(*datagram);
    undecided_.push_back({from, std::move(datagram)});
  });
  if (!undecided_.empty()) context_.outbox->WakeSelf();
  Settle(now);
}

bool WebRtcServer::TryDeliver(Timestamp now, const Path& from, SlabRef& datagram) {
  const auto claim = claims_.find(from);
  const bool claimed = claim != claims_.end();
  const bool stun = transports::Classify(datagram->bytes()) == DatagramKind::kStun;
  if (const Owner* asked = stun ? OwnerOf(datagram->bytes()) : nullptr) {
    const bool known = claimed && claim->second.transport == asked->transport;
    Deliver(now, *asked, from, std::move(datagram), known);
    return true;
  }
  if (claimed) Deliver(now, claim->second, from, std::move(datagram), true);
  return claimed;
}

void WebRtcServer::RetryUndecided(Timestamp now) {
  for (Arrived& arrived : undecided_) {
    if (!TryDeliver(now, arrived.from, arrived.datagram)) CountUnknown(*arrived.datagram);
  }
  undecided_.clear();
}

void WebRtcServer::CountUnknown(const Slab& datagram) {
  const bool stun = transports::Classify(datagram.bytes()) == DatagramKind::kStun;
  ++(stun ? stats_.unknown_fragment : stats_.unknown_path);
}

const WebRtcServer::Owner* WebRtcServer::OwnerOf(Bytes stun) const {
  const std::optional<transports::StunMessage> message = transports::StunMessage::Parse(stun);
  if (!message) return nullptr;
  const std::optional<std::string_view> fragment = message->receiver_fragment();
  if (!fragment) return nullptr;
  const auto owner = fragments_.find(absl::string_view(fragment->data(), fragment->size()));
  return owner == fragments_.end() ? nullptr : &owner->second;
}

void WebRtcServer::Deliver(Timestamp now, const Owner& to, const Path& from, SlabRef datagram, bool known) {
  const uint32_t self = context_.outbox->self();
  if (to.worker == self) return DeliverHere(now, to.transport, from, datagram, self, known);
  ++stats_.forwarded;
  context_.outbox->Send(
      to.worker, ServerDatagram{handle_, to.transport, from.socket, known, from.remote, std::move(datagram)});
}

void WebRtcServer::DeliverHere(Timestamp now, TransportHandle to, const Path& from, const SlabRef& datagram,
                               uint32_t via, bool known) {
  WebRtcSession* session = Find(to);
  if (!session) return;
  session->HandleServerDatagram(now, from, datagram, via, known);
  if (session->MarkUnsettled()) unsettled_.push_back(session);
}

WebRtcSession* WebRtcServer::Find(TransportHandle transport) const {
  const auto it = sessions_.find(transport);
  return it == sessions_.end() ? nullptr : it->second;
}

void WebRtcServer::Settle(Timestamp now) {
  for (WebRtcSession* session : unsettled_) session->SettleDatagrams(now);
  unsettled_.clear();
}

void WebRtcServer::HandleFirstPacket(TcpSocket connection, uint16_t socket, SlabRef packet) {
  const Owner* owner = OwnerOf(packet->bytes());
  if (!owner) {
    ++context_.tcp->stats().unclaimed;
    return;
  }
  if (owner->worker != context_.outbox->self()) {
    ++stats_.connections_moved;
    context_.outbox->Ask(owner->worker, MoveConnection{handle_, owner->transport, socket,
                                                       std::move(connection), std::move(packet)});
  } else if (WebRtcSession* session = Find(owner->transport)) {
    session->AddConnection(context_.loop->Now(), std::move(connection), socket, packet);
  }
}

// --- Claims.

void WebRtcServer::Claim(TransportHandle transport, const Path& path, uint32_t via) {
  const uint32_t self = context_.outbox->self();
  claims_.try_emplace(path, Owner{self, transport});
  if (via != self) context_.outbox->Ask(via, ClaimPath{handle_, transport, path});
}

void WebRtcServer::Release(TransportHandle transport, const Path& path, const std::vector<uint32_t>& told) {
  const auto claim = claims_.find(path);
  if (claim != claims_.end() && claim->second.transport == transport) claims_.erase(claim);
  for (uint32_t worker : told) context_.outbox->Ask(worker, ReleasePath{handle_, transport, path});
}

// --- From other workers.

void WebRtcServer::Handle(Timestamp now, uint32_t from, ServerDatagram&& datagram) {
  const Path path{.protocol = Protocol::kUdp, .socket = datagram.socket, .remote = datagram.from};
  DeliverHere(now, datagram.transport, path, datagram.datagram, from, datagram.known);
}

void WebRtcServer::Handle(Timestamp now, uint32_t, MoveConnection&& moved) {
  if (WebRtcSession* session = Find(moved.transport)) {
    session->AddConnection(now, std::move(moved.connection), moved.socket, moved.first_packet);
  }
}

void WebRtcServer::Handle(Timestamp, uint32_t from, const ClaimPath& claim) {
  const bool claimed = claims_.try_emplace(claim.path, Owner{from, claim.transport}).second;
  const auto& steering = sockets_[claim.path.socket].steering;
  if (!claimed || !steering) return;
  if (steering->Steer(claim.path.remote, from)) {
    ++stats_.steered;
  } else {
    ++stats_.steering_failures;
  }
}

void WebRtcServer::Handle(Timestamp, uint32_t from, const ReleasePath& release) {
  const auto claim = claims_.find(release.path);
  if (claim == claims_.end()) return;
  if (claim->second.worker != from || claim->second.transport != release.transport) return;
  claims_.erase(claim);
  if (const auto& steering = sockets_[release.path.socket].steering) steering->Forget(release.path.remote);
}

WebRtcServerSnapshot WebRtcServer::TakeSnapshot() const {
  return {.server = handle_,
          .worker = context_.outbox->self(),
          .stats = stats_,
          .transports = sessions_.size(),
          .paths = claims_.size(),
          .unclaimed_connections = unclaimed_.size()};
}

}  // namespace sluice::worker
