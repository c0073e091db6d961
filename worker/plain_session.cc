#include "worker/plain_session.h"

#include <utility>

#include "worker/outbox.h"

namespace sluice::worker {

using transports::Path;
using transports::PlainContent;
using transports::PlainTransport;

PlainSession::PlainSession(const WorkerContext& context, CreatePlainTransport&& command)
    : Session(
          context,
          {.handle = command.transport, .rtcp_ssrc = command.rtcp_ssrc, .random_seed = command.random_seed}),
      transport_(command.options) {
  if (command.sctp) EnableSctp(*command.sctp);
  for (UdpSocket& socket : command.sockets) {
    auto index = static_cast<uint16_t>(ports_.size());
    ports_.push_back(
        std::make_unique<UdpPort>(context, std::move(socket), [this, index] { HandleReadable(index); }));
  }
}

PlainSession::~PlainSession() { Leave(); }

void PlainSession::Connect(const ConnectPlainTransport& command) {
  transport_.Connect(command.remote);
  Settle(context().loop->Now());
}

void PlainSession::HandleReadable(uint16_t port) {
  Timestamp now = context().loop->Now();
  ports_[port]->Receive([&](SlabRef datagram, const transports::Endpoint& from) {
    HandleDatagram(now, Path{.protocol = transports::Protocol::kUdp, .socket = port, .remote = from},
                   datagram);
  });
  Settle(now);
}

void PlainSession::HandleDatagram(Timestamp now, const Path& from, const SlabRef& datagram) {
  CountReceived(now, datagram->size());
  PlainTransport::Received received = transport_.HandleDatagram(from, datagram->storage(), datagram->size());
  if (received.content == PlainContent::kRtp) {
    HandleRtp(now, datagram, received.size);
  } else if (received.content == PlainContent::kRtcp) {
    HandleRtcp(now, Bytes(datagram->storage()).first(received.size));
  }
  if (received.content == PlainContent::kSctp) {
    HandleSctp(now, Bytes(datagram->storage()).first(received.size));
  }
  DrainTransport(now);
}

void PlainSession::DrainTransport(Timestamp) {
  while (std::optional<PlainTransport::RemoteLearnt> learnt = transport_.Poll()) {
    context().outbox->Tell(RemoteLearnt{handle(), learnt->socket, learnt->remote});
  }
}

void PlainSession::SendRtp(SlabRef packet, router::MediaKind kind) {
  if (!transport_.writable()) return;
  NoteRtpSent(*packet);
  std::optional<size_t> size = transport_.ProtectRtp(packet->storage(), packet->size());
  if (!size) return;
  packet->Resize(*size);
  CountSent(*size);
  bool audio = kind == router::MediaKind::kAudio;
  ports_[PlainTransport::kRtpSocket]->Send(*transport_.rtp_remote(), std::move(packet),
                                           audio ? SendQueue::Priority::kHigh : SendQueue::Priority::kNormal);
}

// Goes nowhere as long as nobody has said where to.
void PlainSession::SendRtcp(SlabRef packet) {
  if (!transport_.rtcp_remote()) return;
  NoteRtcpSent(*packet);
  std::optional<size_t> size = transport_.ProtectRtcp(packet->storage(), packet->size());
  if (!size) return;
  packet->Resize(*size);
  CountSent(*size);
  ports_.back()->Send(*transport_.rtcp_remote(), std::move(packet), SendQueue::Priority::kHigh);
}

void PlainSession::SendSctp(Bytes bytes) {
  if (!transport_.rtp_remote()) return;
  SlabRef packet = context().pool->AcquireCopy(bytes);
  if (!packet) {
    ++no_memory_;
    return;
  }
  CountSent(bytes.size());
  ports_[PlainTransport::kRtpSocket]->Send(*transport_.rtp_remote(), std::move(packet),
                                           SendQueue::Priority::kHigh);
}

Session::Ends PlainSession::EndsOf(bool rtcp) const {
  const std::optional<transports::Endpoint> remote =
      rtcp ? transport_.rtcp_remote() : transport_.rtp_remote();
  const UdpPort& port = rtcp ? *ports_.back() : *ports_[PlainTransport::kRtpSocket];
  return {port.local(), remote.value_or(Session::EndsOf(rtcp).remote)};
}

void PlainSession::Describe(TransportSnapshot* snapshot) const {
  snapshot->details =
      PlainSnapshot{.rtp_remote = transport_.rtp_remote(), .rtcp_remote = transport_.rtcp_remote()};
  transport_.AppendDrops(&snapshot->drops);
  snapshot->drops.emplace_back("transportOutOfMemory", no_memory_);
}

}  // namespace sluice::worker
