#include "worker/webrtc_session.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <variant>

namespace sluice::worker {

using transports::DatagramKind;
using transports::Path;
using transports::WebRtcTransport;

WebRtcSession::WebRtcSession(const WorkerContext& context, CreateWebRtcTransport&& command)
    : context_(context),
      handle_(command.transport),
      sockets_(std::move(command.sockets)),
      transport_({.ice = std::move(command.ice), .dtls = std::move(command.dtls)}),
      rtp_({.rtcp_ssrc = command.rtcp_ssrc, .clock = context.clock, .random_seed = command.random_seed},
           context.pool, this),
      timer_(*context.loop, [this](Timestamp now) { HandleTimeout(now); }) {
  for (size_t i = 0; i < sockets_.size(); ++i) {
    int fd = sockets_[i].fd();
    auto index = static_cast<uint16_t>(i);
    watches_.emplace_back(
        *context_.loop, fd, [this, index] { HandleReadable(index); }, [this, fd] { HandleWritable(fd); });
  }
}

WebRtcSession::~WebRtcSession() {
  std::vector<router::ConsumerHandle> consumers;
  for (const auto& [handle, consumer] : rtp_.consumers()) consumers.push_back(handle);
  for (router::ConsumerHandle consumer : consumers) RemoveConsumer(consumer);
  for (const auto& [handle, producer] : rtp_.producers()) context_.forwarding->RemoveProducer(handle);
  transport_.Close();
  Settle(context_.loop->Now());
  watches_.clear();
  for (const UdpSocket& socket : sockets_) context_.send_queue->Forget(socket);
}

void WebRtcSession::Connect(const ConnectWebRtcTransport& command) {
  Timestamp now = context_.loop->Now();
  transport_.Connect(now, command.role, command.fingerprints);
  Settle(now);
}

void WebRtcSession::RestartIce(const worker::RestartIce& command) {
  transport_.RestartIce(command.local);
  Settle(context_.loop->Now());
}

void WebRtcSession::SetMaxIncomingBitrate(DataRate bitrate) {
  rtp_.SetMaxIncomingBitrate(bitrate);
  Settle(context_.loop->Now());
}

void WebRtcSession::AddProducer(const router::ProducerConfig& config) {
  Timestamp now = context_.loop->Now();
  context_.forwarding->AddProducer(rtp_.AddProducer(now, config), this);
  Settle(now);
}

void WebRtcSession::RemoveProducer(router::ProducerHandle producer) {
  if (!rtp_.FindProducer(producer)) return;
  context_.forwarding->RemoveProducer(producer);
  rtp_.RemoveProducer(producer);
}

void WebRtcSession::SetProducerPaused(router::ProducerHandle handle, bool paused) {
  router::Producer* producer = rtp_.FindProducer(handle);
  if (!producer) return;
  Timestamp now = context_.loop->Now();
  if (paused) {
    producer->Pause();
  } else {
    rtp_.ResumeProducer(now, producer);
  }
  Settle(now);
}

void WebRtcSession::AddConsumer(const router::ConsumerConfig& config, uint32_t producer_worker) {
  Timestamp now = context_.loop->Now();
  rtp_.AddConsumer(now, config, context_.forwarding->FanOutFor(config, producer_worker));
  Settle(now);
}

void WebRtcSession::RemoveConsumer(router::ConsumerHandle handle) {
  const router::Consumer* consumer = rtp_.FindConsumer(handle);
  if (!consumer) return;
  transport_.RemoveOutgoingStream(consumer->config().ssrc);
  if (consumer->config().rtx_ssrc) transport_.RemoveOutgoingStream(*consumer->config().rtx_ssrc);
  context_.forwarding->ReleaseFanOut(rtp_.RemoveConsumer(handle));
}

void WebRtcSession::SetConsumerPaused(router::ConsumerHandle handle, bool paused) {
  router::Consumer* consumer = rtp_.FindConsumer(handle);
  if (!consumer) return;
  if (paused) {
    consumer->Pause();
  } else {
    consumer->Resume(context_.loop->Now());
  }
}

void WebRtcSession::SetPreferredEncoding(router::ConsumerHandle handle, uint8_t encoding) {
  if (router::Consumer* consumer = rtp_.FindConsumer(handle)) {
    consumer->SetPreferredEncoding(context_.loop->Now(), encoding);
  }
}

void WebRtcSession::RequestKeyFrame(router::ConsumerHandle handle) {
  if (router::Consumer* consumer = rtp_.FindConsumer(handle)) consumer->RequestKeyFrame(context_.loop->Now());
}

void WebRtcSession::HandleKeyFrameRequest(Timestamp now, router::Producer* producer, uint8_t encoding) {
  rtp_.HandleKeyFrameRequest(now, producer, encoding);
  timer_.ArmAt(std::min(transport_.NextTimeout(), rtp_.NextTimeout()));
}

void WebRtcSession::HandleReadable(uint16_t socket) {
  Timestamp now = context_.loop->Now();
  context_.receiver->Receive(sockets_[socket].fd(), [&](SlabRef datagram, const transports::Endpoint& from) {
    HandleDatagram(now, Path{.protocol = transports::Protocol::kUdp, .socket = socket, .remote = from},
                   datagram);
  });
  Settle(now);
}

void WebRtcSession::HandleDatagram(Timestamp now, const Path& from, const SlabRef& datagram) {
  received_.Add(now, datagram->size());
  WebRtcTransport::Received received =
      transport_.HandleDatagram(now, from, datagram->storage(), datagram->size());
  if (received.kind == DatagramKind::kRtp) {
    datagram->Resize(received.size);
    rtp_received_.Add(now, received.size);
    datagram->packet().arrival = now;
    rtp_.HandleRtp(now, datagram);
  } else if (received.kind == DatagramKind::kRtcp) {
    rtp_.HandleRtcp(now, Bytes(datagram->storage()).first(received.size));
  }
}

void WebRtcSession::HandleTimeout(Timestamp now) {
  transport_.HandleTimeout(now);
  rtp_.HandleTimeout(now);
  Settle(now);
}

void WebRtcSession::Settle(Timestamp now) {
  while (auto output = transport_.Poll()) HandleOutput(*output);
  rtp_.SetWritable(now, transport_.writable());
  timer_.ArmAt(std::min(transport_.NextTimeout(), rtp_.NextTimeout()));
}

void WebRtcSession::HandleOutput(WebRtcTransport::Output& output) {
  if (auto* transmit = std::get_if<WebRtcTransport::Transmit>(&output)) {
    SendPlain(transmit->to, transmit->datagram);
  } else if (auto* ice = std::get_if<WebRtcTransport::IceStateChanged>(&output)) {
    context_.outbox->Tell(IceStateChanged{handle_, ice->state});
  } else if (auto* selected = std::get_if<WebRtcTransport::PathSelected>(&output)) {
    context_.outbox->Tell(
        SelectedPathChanged{handle_, selected->path, sockets_[selected->path.socket].local()});
  } else if (auto* dtls = std::get_if<WebRtcTransport::DtlsStateChanged>(&output)) {
    dtls_state_ = dtls->state;
    context_.outbox->Tell(DtlsStateChanged{handle_, dtls->state, std::move(dtls->remote_certificate_pem)});
  }
}

void WebRtcSession::SendPlain(const Path& to, Bytes bytes) {
  SlabRef datagram = context_.pool->Acquire();
  if (!datagram || bytes.size() > datagram->storage().size()) {
    ++no_memory_;
    return;
  }
  std::memcpy(datagram->storage().data(), bytes.data(), bytes.size());
  datagram->Resize(bytes.size());
  SendTo(to, std::move(datagram), SendQueue::Priority::kHigh);
}

void WebRtcSession::SendTo(const Path& to, SlabRef datagram, SendQueue::Priority priority) {
  sent_.Add(context_.loop->Now(), datagram->size());
  context_.send_queue->Push(sockets_[to.socket], to.remote, std::move(datagram), priority);
}

void WebRtcSession::SendRtp(SlabRef packet, router::MediaKind kind) {
  if (!transport_.writable()) return;
  rtp_sent_.Add(context_.loop->Now(), packet->size());
  std::optional<size_t> size = transport_.ProtectRtp(packet->storage(), packet->size());
  if (!size) return;
  packet->Resize(*size);
  bool audio = kind == router::MediaKind::kAudio;
  SendTo(*transport_.selected_path(), std::move(packet),
         audio ? SendQueue::Priority::kHigh : SendQueue::Priority::kNormal);
}

void WebRtcSession::SendRtcp(SlabRef packet) {
  if (!transport_.writable()) return;
  std::optional<size_t> size = transport_.ProtectRtcp(packet->storage(), packet->size());
  if (!size) return;
  packet->Resize(*size);
  SendTo(*transport_.selected_path(), std::move(packet), SendQueue::Priority::kHigh);
}

void WebRtcSession::HandleBlocked(int fd) {
  for (size_t i = 0; i < sockets_.size(); ++i) {
    if (sockets_[i].fd() == fd) watches_[i].WatchWritable(true);
  }
}

void WebRtcSession::HandleWritable(int fd) {
  context_.send_queue->HandleWritable(fd);
  for (size_t i = 0; i < sockets_.size(); ++i) {
    if (sockets_[i].fd() == fd) watches_[i].WatchWritable(false);
  }
}

}  // namespace sluice::worker
