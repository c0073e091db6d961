#include "bench/load/client.h"

#include <algorithm>
#include <utility>

#include "bench/load/payload_stamp.h"
#include "worker/clock.h"

namespace sluice::load {

using rtp::ExtensionKind;
using rtp::PacketView;
using transports::DatagramKind;
using worker::SendQueue;

Client::Client(const ClientContext& context, Options options)
    : context_(context),
      path_(options.path),
      server_(options.connection.server),
      decrypt_(options.decrypt),
      seed_(options.seed),
      port_(context.io, std::move(options.socket), [this] { HandleReadable(); }),
      timer_(*context.io.loop, [this](Timestamp now) { HandleTimeout(now); }) {
  Timestamp now = context_.io.loop->Now();
  path_.Start(now);
  Settle(now);
}

Client::~Client() {
  for (const auto& source : sources_) context_.pacer->Remove(source.get());
  path_.Close();
  Settle(context_.io.loop->Now());
}

void Client::Publish(const StreamPlan& stream) {
  waiting_.push_back(stream);
  Settle(context_.io.loop->Now());
}

void Client::Receive(const IncomingParameters& incoming) {
  IncomingStream* stream =
      incoming_.emplace_back(std::make_unique<IncomingStream>(incoming, &context_.seen->counters)).get();
  routes_[incoming.ssrc] = {stream, false};
  if (incoming.rtx_ssrc) routes_[*incoming.rtx_ssrc] = {stream, true};
  Settle(context_.io.loop->Now());
}

void Client::StopReceiving(const std::string& stream) {
  auto is_it = [&](const auto& incoming) { return incoming->parameters().stream == stream; };
  absl::erase_if(routes_,
                 [&](const auto& route) { return route.second.stream->parameters().stream == stream; });
  incoming_.erase(std::remove_if(incoming_.begin(), incoming_.end(), is_it), incoming_.end());
}

void Client::HandleReadable() {
  Timestamp now = context_.io.loop->Now();
  port_.Receive([&](const SlabRef& datagram, const transports::Endpoint& from) {
    HandleDatagram(now, datagram, from);
  });
  Settle(now);
}

void Client::HandleDatagram(Timestamp now, const SlabRef& datagram, const transports::Endpoint& from) {
  switch (path_.HandleDatagram(now, from, datagram->bytes())) {
    case DatagramKind::kRtp:
      return HandleRtp(now, datagram);
    case DatagramKind::kRtcp:
      return HandleRtcp(now, datagram);
    default:
      return;
  }
}

void Client::HandleRtp(Timestamp now, const SlabRef& datagram) {
  const size_t size = datagram->size();
  auto route = size >= PacketView::kFixedHeaderSize ? routes_.find(Ssrc(LoadU32(&datagram->bytes()[8])))
                                                    : routes_.end();
  if (route == routes_.end()) {
    ++context_.seen->counters.unknown;
    return;
  }
  if (route->second.retransmission) return HandleRepair(now, datagram, route->second.stream);
  HandleMedia(now, datagram, route->second.stream);
}

void Client::HandleMedia(Timestamp now, const SlabRef& datagram, IncomingStream* stream) {
  const size_t datagram_size = datagram->size();
  if (decrypt_) {
    std::optional<size_t> size = path_.UnprotectRtp(datagram->bytes());
    if (!size) {
      ++context_.seen->counters.damaged;
      return;
    }
    datagram->Resize(*size);
  } else {
    datagram->bytes()[0] &= 0xdf;  // Padding cannot be told from ciphertext.
  }
  std::optional<PacketView> packet = PacketView::Parse(Bytes(datagram->bytes()));
  if (!packet) {
    ++context_.seen->counters.damaged;
    return;
  }
  if (decrypt_) NoteStamp(packet->payload());
  NoteTransportSequence(now, *packet, *stream);
  stream->HandleMedia(now, *packet, datagram_size);
}

void Client::HandleRepair(Timestamp now, const SlabRef& datagram, IncomingStream* stream) {
  std::optional<size_t> size = path_.UnprotectRtp(datagram->bytes());
  std::optional<PacketView> packet =
      size ? PacketView::Parse(Bytes(datagram->bytes()).first(*size)) : std::nullopt;
  if (!packet) {
    ++context_.seen->counters.damaged;
    return;
  }
  NoteTransportSequence(now, *packet, *stream);
  if (packet->payload().size() < 2) return;  // A probe.
  stream->HandleRepair(now, SequenceNumber(LoadU16(packet->payload().data())));
}

void Client::NoteTransportSequence(Timestamp now, const PacketView& packet, const IncomingStream& stream) {
  const IncomingParameters& parameters = stream.parameters();
  if (!parameters.transport_cc) return;
  Bytes value = rtp::ReadExtensions(packet, parameters.extensions)
                    .Data(packet.datagram(), ExtensionKind::kTransportSequenceNumber);
  if (value.size() < 2) return;
  transport_feedback_.HandlePacket(now, LoadU16(value.data()), packet.datagram().size());
}

void Client::NoteStamp(Bytes payload) {
  ++context_.seen->counters.decrypted;
  if (auto stamp = PayloadStamp::Read(payload)) {
    context_.seen->delay.Add(worker::MonotonicNow() - stamp->sent);
  } else {
    ++context_.seen->counters.damaged;
  }
}

void Client::HandleTimeout(Timestamp now) {
  path_.HandleTimeout(now);
  Settle(now);
}

// After any input: the path's own datagrams, what has become due, and the next time to look.
void Client::Settle(Timestamp now) {
  while (auto datagram = path_.Poll()) {
    SlabRef slab = context_.io.pool->Acquire();
    if (!slab || datagram->size() > slab->storage().size()) continue;
    std::copy(datagram->begin(), datagram->end(), slab->storage().begin());
    slab->Resize(datagram->size());
    port_.Send(server_, std::move(slab), SendQueue::Priority::kHigh);
  }
  if (path_.writable()) StartSources(now);
  SendFeedback(now);
  Timestamp next = std::min({path_.NextTimeout(), next_report_, transport_feedback_.NextTimeout()});
  for (const auto& stream : incoming_) next = std::min(next, stream->NextTimeout());
  timer_.ArmAt(next);
}

void Client::StartSources(Timestamp now) {
  if (next_report_.IsNever()) next_report_ = now + kReportInterval * (static_cast<double>(seed_ % 100) / 100);
  auto send = [this](Timestamp at, OutgoingStream& stream, const PacketShape& shape) {
    SendPacket(at, stream, shape);
  };
  for (const StreamPlan& plan : std::exchange(waiting_, {})) {
    // Publishers do not beat in time with each other.
    const Timestamp start = now + TimeDelta::Micros(seed_ * 7919 % 33'000);
    for (size_t i = 0; i < plan.encodings.size(); ++i) {
      OutgoingStream* stream =
          outgoing_.emplace_back(std::make_unique<OutgoingStream>(plan, i, seed_ + static_cast<uint32_t>(i)))
              .get();
      if (plan.kind == MediaKind::kVideo) {
        sources_.push_back(std::make_unique<VideoSource>(stream, plan.encodings[i].shape, seed_, start, send,
                                                         &context_.seen->counters));
      } else {
        sources_.push_back(std::make_unique<AudioSource>(stream, plan.audio_payload_size, start, send));
      }
      context_.pacer->Add(sources_.back().get(), start);
    }
  }
}

void Client::SendPacket(Timestamp now, OutgoingStream& stream, const PacketShape& shape) {
  SlabRef slab = context_.io.pool->Acquire();
  if (!slab) return;
  const size_t size = stream.WriteMedia(now, shape, transport_sequence_++, slab->storage());
  ++context_.seen->counters.media_sent;
  SendProtected(std::move(slab), size, false);
}

void Client::SendProtected(SlabRef packet, size_t size, bool rtcp) {
  std::optional<size_t> protected_size =
      rtcp ? path_.ProtectRtcp(packet->storage(), size) : path_.ProtectRtp(packet->storage(), size);
  if (!protected_size) return;
  packet->Resize(*protected_size);
  port_.Send(server_, std::move(packet), rtcp ? SendQueue::Priority::kHigh : SendQueue::Priority::kNormal);
}

}  // namespace sluice::load
