#include "worker/sctp_link.h"

#include <optional>
#include <utility>
#include <variant>

#include "router/data/piped_message.h"
#include "worker/event_loop.h"
#include "worker/outbox.h"
#include "worker/sctp_hub.h"

namespace sluice::worker {

using transports::SctpDrop;
using transports::SctpState;

SctpLink::SctpLink(const WorkerContext& context, router::TransportHandle transport,
                   const transports::SctpOptions& options, router::DataSession* data, Callbacks callbacks)
    : context_(context),
      transport_(transport),
      data_(data),
      callbacks_(std::move(callbacks)),
      association_(options, static_cast<uint16_t>(context.outbox->self())) {
  context_.sctp->Add(association_.id(), this);
}

SctpLink::~SctpLink() { context_.sctp->Remove(association_.id()); }

void SctpLink::Start(Timestamp now) {
  if (data_->producers().empty() && data_->consumers().empty()) return;
  association_.Start(now);
  Drain(now);
}

void SctpLink::Close(Timestamp now) {
  association_.Close();
  Drain(now);
}

void SctpLink::HandleLost(Timestamp now) {
  const SctpState before = association_.state();
  Close(now);
  if (before == SctpState::kConnecting || before == SctpState::kConnected) Tell(SctpState::kClosed, 0, 0);
}

void SctpLink::HandlePacket(Timestamp now, Bytes packet) {
  association_.HandlePacket(now, packet);
  Drain(now);
}

void SctpLink::HandleTimerOutput(Timestamp now, std::vector<uint8_t> packet) {
  association_.HandleTimerOutput(now, std::move(packet));
  Drain(now);
  callbacks_.settle(now);
}

void SctpLink::HandleTimeout(Timestamp now) {
  resuming_ = false;
  association_.HandleTimeout(now);
  Drain(now);
}

router::DataSendResult SctpLink::Send(Timestamp now, const router::DataConsumerConfig& consumer,
                                      const router::DataMessage& message, bool unlimited) {
  if (association_.options().to_router && !message.for_everybody()) {
    return SendAsItIs(now, consumer, router::ToPiped(message), unlimited);
  }
  return SendAsItIs(now, consumer, message, unlimited);
}

router::DataSendResult SctpLink::SendAsItIs(Timestamp now, const router::DataConsumerConfig& consumer,
                                            const router::DataMessage& message, bool unlimited) {
  const auto result = association_.Send(now, *consumer.stream, message.ppid, consumer.reliability,
                                        message.payload, unlimited);
  Drain(now);
  switch (result) {
    case Association::SendResult::kSent:
      return router::DataSendResult::kSent;
    case Association::SendResult::kBufferFull:
      return router::DataSendResult::kBufferFull;
    case Association::SendResult::kTooLarge:
      return router::DataSendResult::kTooLarge;
    case Association::SendResult::kClosed:
      break;
  }
  return router::DataSendResult::kClosed;
}

void SctpLink::ResetOutgoing(Timestamp now, uint16_t stream) {
  association_.ResetStream(now, stream);
  Drain(now);
}

// A data channel is closed by resetting our direction of it (RFC 8831 §6.7), unless that is somebody else's.
// Where the directions are not related the peer's is its own affair.
void SctpLink::ResetIncoming(Timestamp now, uint16_t stream) {
  if (association_.options().in_dtls && !data_->ConsumerOf(stream)) ResetOutgoing(now, stream);
}

void SctpLink::Hold(bool held) {
  association_.SetReceiving(!held);
  resuming_ = !held;
}

void SctpLink::Drain(Timestamp now) {
  if (std::exchange(draining_, true)) return;
  while (std::optional<Association::Output> output = association_.Poll(now)) {
    std::visit([&](auto& specific) { Handle(now, specific); }, *output);
  }
  draining_ = false;
  data_->HandleDrained();
  if (!ticking_ && association_.state() != SctpState::kNew) {
    ticking_ = true;
    context_.sctp->NoteStarted();
  }
}

void SctpLink::Handle(Timestamp, Association::Transmit& transmit) { callbacks_.send(transmit.packet); }

void SctpLink::Handle(Timestamp, Association::StateChanged& change) {
  Tell(change.state, change.outbound_streams, change.inbound_streams);
}

void SctpLink::Handle(Timestamp now, Association::Message& message) {
  if (!association_.options().to_router) {
    data_->HandleMessage(now, message.stream, message.ppid, std::move(message.payload));
  } else if (auto piped = router::FromPiped(message.ppid, std::move(message.payload))) {
    data_->HandleMessage(now, message.stream, *std::move(piped));
  } else {
    ++malformed_messages_;
  }
}

// The control plane closes its data producers itself: signalling says when.
void SctpLink::Handle(Timestamp, Association::StreamReset&) {}

void SctpLink::Handle(Timestamp, Association::BufferedAmountLow& low) {
  const router::DataConsumer* consumer = data_->ConsumerOf(low.stream);
  if (consumer) context_.outbox->Tell(DataBufferedAmountLow{consumer->config().handle, low.buffered});
}

void SctpLink::Tell(SctpState state, uint16_t outbound, uint16_t inbound) {
  context_.outbox->Tell(SctpStateChanged{transport_, state, outbound, inbound});
}

void SctpLink::AppendDrops(std::vector<std::pair<std::string, int64_t>>* drops) const {
  static constexpr std::pair<const char*, SctpDrop> kReasons[] = {
      {"sctpMalformed", SctpDrop::kMalformed},
      {"sctpBadChecksum", SctpDrop::kBadChecksum},
      {"sctpWrongPort", SctpDrop::kWrongPort},
      {"sctpWrongTag", SctpDrop::kWrongTag},
      {"sctpForgedCookie", SctpDrop::kForgedCookie},
      {"sctpUnsupportedChunk", SctpDrop::kUnsupportedChunk},
      {"sctpUnexpected", SctpDrop::kUnexpected},
      {"sctpMessageTooLarge", SctpDrop::kMessageTooLarge},
      {"sctpMessageCutShort", SctpDrop::kMessageCutShort},
  };
  for (const auto& [name, reason] : kReasons) {
    drops->emplace_back(name, static_cast<int64_t>(association_.dropped(reason)));
  }
  drops->emplace_back("sctpUnknownStream", data_->unknown_streams());
  drops->emplace_back("sctpMalformedMessage", malformed_messages_);
}

}  // namespace sluice::worker
