#include "worker/webrtc_session.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "worker/outbox.h"
#include "worker/webrtc_server.h"

namespace sluice::worker {

using transports::DatagramKind;
using transports::Path;
using transports::WebRtcTransport;

WebRtcSession::WebRtcSession(const WorkerContext& context, CreateWebRtcTransport&& command,
                             WebRtcServer* server)
    : Session(
          context,
          {.handle = command.transport, .rtcp_ssrc = command.rtcp_ssrc, .random_seed = command.random_seed}),
      transport_({.ice = std::move(command.ice), .dtls = std::move(command.dtls)}),
      server_(server),
      connections_(context, this) {
  if (server_) server_->Join(handle(), this);
  for (ListenSocket& socket : command.sockets) {
    auto index = static_cast<uint16_t>(locals_.size());
    locals_.push_back(std::visit([&](auto& specific) { return Listen(std::move(specific), index); }, socket));
  }
  if (command.sctp) EnableSctp(*command.sctp);
}

WebRtcSession::Local WebRtcSession::Listen(UdpSocket&& socket, uint16_t index) {
  transports::Endpoint endpoint = socket.local();
  return {.endpoint = endpoint,
          .udp = std::make_unique<UdpPort>(context(), std::move(socket),
                                           [this, index] { HandleReadable(index); }),
          .tcp = nullptr};
}

WebRtcSession::Local WebRtcSession::Listen(TcpListenSocket&& socket, uint16_t index) {
  transports::Endpoint endpoint = socket.local();
  auto on_accept = [this, index](TcpSocket connection) {
    connections_.Add(context().loop->Now(), std::move(connection), index);
  };
  return {.endpoint = endpoint,
          .udp = nullptr,
          .tcp = std::make_unique<TcpListener>(context(), std::move(socket), std::move(on_accept))};
}

WebRtcSession::~WebRtcSession() {
  Leave();
  transport_.Close();
  DrainTransport(context().loop->Now());
  ReleaseClaims(/*all=*/true);
  if (server_) server_->Leave(handle());
}

void WebRtcSession::Connect(const ConnectWebRtcTransport& command) {
  Timestamp now = context().loop->Now();
  transport_.Connect(now, command.role, command.fingerprints);
  Settle(now);
}

void WebRtcSession::RestartIce(const worker::RestartIce& command) {
  transport_.RestartIce(command.local);
  restarting_ = server_ != nullptr;
  Settle(context().loop->Now());
}

void WebRtcSession::HandleReadable(uint16_t index) {
  Timestamp now = context().loop->Now();
  locals_[index].udp->Receive([&](SlabRef datagram, const transports::Endpoint& from) {
    HandleDatagram(now, Path{.protocol = transports::Protocol::kUdp, .socket = index, .remote = from},
                   datagram);
  });
  Settle(now);
}

// Only what was authenticated makes a path known, so only that is claimed.
void WebRtcSession::HandleServerDatagram(Timestamp now, const Path& from, const SlabRef& datagram,
                                         uint32_t via, bool known) {
  HandleDatagram(now, from, datagram);
  if (!known && transport_.ice().IsKnownPath(from)) Claim(from, via);
}

void WebRtcSession::SettleDatagrams(Timestamp now) {
  unsettled_ = false;
  Settle(now);
}

void WebRtcSession::Claim(const Path& path, uint32_t via) {
  auto claimed =
      std::find_if(claimed_.begin(), claimed_.end(), [&](const auto& c) { return c.path == path; });
  if (claimed == claimed_.end()) claimed = claimed_.insert(claimed_.end(), ClaimedPath{path, {}});
  server_->Claim(handle(), path, via);
  std::vector<uint32_t>& told = claimed->told;
  const bool elsewhere = via != context().outbox->self();
  if (elsewhere && std::find(told.begin(), told.end(), via) == told.end()) told.push_back(via);
}

void WebRtcSession::ReleaseClaims(bool all) {
  std::erase_if(claimed_, [&](const ClaimedPath& claimed) {
    if (!all && transport_.ice().IsKnownPath(claimed.path)) return false;
    server_->Release(handle(), claimed.path, claimed.told);
    return true;
  });
}

UdpPort* WebRtcSession::PortOf(uint16_t socket) {
  return server_ ? server_->udp(socket) : locals_[socket].udp.get();
}

const transports::Endpoint& WebRtcSession::LocalOf(uint16_t socket) const {
  return server_ ? server_->local(socket) : locals_[socket].endpoint;
}

void WebRtcSession::HandleDatagram(Timestamp now, const Path& from, const SlabRef& datagram) {
  CountReceived(now, datagram->size());
  WebRtcTransport::Received received =
      transport_.HandleDatagram(now, from, datagram->storage(), datagram->size());
  if (received.kind == DatagramKind::kRtp) {
    HandleRtp(now, datagram, received.size);
  } else if (received.kind == DatagramKind::kRtcp) {
    HandleRtcp(now, Bytes(datagram->storage()).first(received.size));
  }
}

void WebRtcSession::DrainTransport(Timestamp now) {
  if (lost_paths_seen_ != transport_.ice().lost_paths()) {
    lost_paths_seen_ = transport_.ice().lost_paths();
    connections_.Review(now);
    ReleaseClaims(/*all=*/false);
  }
  if (restarting_ && !transport_.ice().restarting()) {
    restarting_ = false;
    context().outbox->Tell(IceRestarted{handle(), transport_.ice().local().username_fragment});
  }
  TakeOutputs(now);
}

void WebRtcSession::TakeOutputs(Timestamp now) {
  while (auto output = transport_.Poll()) HandleOutput(now, *output);
}

void WebRtcSession::HandleTransportTimeout(Timestamp now) {
  transport_.HandleTimeout(now);
  connections_.Review(now);
}

Timestamp WebRtcSession::NextTransportTimeout() const {
  return std::min(transport_.NextTimeout(), connections_.NextTimeout());
}

void WebRtcSession::HandleOutput(Timestamp now, WebRtcTransport::Output& output) {
  Outbox& outbox = *context().outbox;
  if (auto* transmit = std::get_if<WebRtcTransport::Transmit>(&output)) {
    SendPlain(transmit->to, transmit->datagram);
  } else if (auto* ice = std::get_if<WebRtcTransport::IceStateChanged>(&output)) {
    outbox.Tell(IceStateChanged{handle(), ice->state});
  } else if (auto* selected = std::get_if<WebRtcTransport::PathSelected>(&output)) {
    outbox.Tell(SelectedPathChanged{handle(), selected->path, LocalOf(selected->path.socket)});
  } else if (auto* dtls = std::get_if<WebRtcTransport::DtlsStateChanged>(&output)) {
    dtls_state_ = dtls->state;
    outbox.Tell(DtlsStateChanged{handle(), dtls->state, std::move(dtls->remote_certificate_pem)});
    bool over =
        dtls->state == transports::DtlsState::kFailed || dtls->state == transports::DtlsState::kClosed;
    if (over) HandleSctpLost(now);
  } else if (auto* message = std::get_if<WebRtcTransport::DtlsMessage>(&output)) {
    HandleSctp(now, message->message);
  }
}

void WebRtcSession::SendSctp(Bytes packet) {
  transport_.SendThroughDtls(packet);
  TakeOutputs(context().loop->Now());
}

void WebRtcSession::SendPlain(const Path& to, Bytes bytes) {
  SlabRef datagram = context().pool->AcquireCopy(bytes);
  if (!datagram) {
    ++no_memory_;
    return;
  }
  SendTo(to, std::move(datagram), SendQueue::Priority::kHigh);
}

void WebRtcSession::SendTo(const Path& to, SlabRef datagram, SendQueue::Priority priority) {
  CountSent(datagram->size());
  if (to.protocol == transports::Protocol::kTcp) {
    tcp_queue_full_ += static_cast<int64_t>(connections_.Send(to, std::move(datagram), priority));
  } else {
    PortOf(to.socket)->Send(to.remote, std::move(datagram), priority);
  }
}

void WebRtcSession::SendRtp(SlabRef packet, router::MediaKind kind) {
  if (!transport_.writable()) return;
  NoteRtpSent(*packet);
  std::optional<size_t> size = transport_.ProtectRtp(packet->storage(), packet->size());
  if (!size) return;
  packet->Resize(*size);
  bool audio = kind == router::MediaKind::kAudio;
  SendTo(*transport_.selected_path(), std::move(packet),
         audio ? SendQueue::Priority::kHigh : SendQueue::Priority::kNormal);
}

void WebRtcSession::SendRtcp(SlabRef packet) {
  if (!transport_.writable()) return;
  NoteRtcpSent(*packet);
  std::optional<size_t> size = transport_.ProtectRtcp(packet->storage(), packet->size());
  if (!size) return;
  packet->Resize(*size);
  SendTo(*transport_.selected_path(), std::move(packet), SendQueue::Priority::kHigh);
}

Session::Ends WebRtcSession::EndsOf(bool rtcp) const {
  const std::optional<Path>& path = transport_.selected_path();
  return path ? Ends{LocalOf(path->socket), path->remote} : Session::EndsOf(rtcp);
}

void WebRtcSession::Describe(TransportSnapshot* snapshot) const {
  WebRtcSnapshot details{.ice_state = transport_.ice().state(),
                         .dtls_state = dtls_state_,
                         .selected_path = transport_.selected_path()};
  if (details.selected_path) details.selected_local = LocalOf(details.selected_path->socket);
  snapshot->details = details;
  const transports::WebRtcDrops& drops = transport_.drops();
  const std::pair<const char*, int64_t> reasons[] = {
      {"unknownProtocol", drops.unknown_protocol}, {"unknownPath", drops.unknown_path},
      {"dtlsBeforeConnect", drops.early_dtls},     {"transportOutOfMemory", no_memory_},
      {"tcpQueueFull", tcp_queue_full_},
  };
  snapshot->drops.insert(snapshot->drops.end(), std::begin(reasons), std::end(reasons));
  transport_.AppendProtocolDrops(&snapshot->drops);
}

}  // namespace sluice::worker
