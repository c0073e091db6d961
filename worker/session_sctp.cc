// Session: data channels over SCTP.
#include "worker/sctp_link.h"
#include "worker/session.h"

namespace sluice::worker {

void Session::EnableSctp(const transports::SctpOptions& options) {
  sctp_ = std::make_unique<SctpLink>(context_, handle_, options, &data_,
                                     SctpLink::Callbacks{.send = [this](Bytes packet) { SendSctp(packet); },
                                                         .settle = [this](Timestamp now) { Settle(now); }});
}

void Session::HandleSctp(Timestamp now, Bytes packet) {
  if (sctp_) {
    sctp_->HandlePacket(now, packet);
  } else {
    ++sctp_not_enabled_;
  }
}

void Session::HandleSctpLost(Timestamp now) {
  if (sctp_) sctp_->HandleLost(now);
}

router::DataSendResult Session::SendData(const router::DataConsumerConfig& consumer,
                                         const router::DataMessage& message, bool unlimited) {
  if (!sctp_) return router::DataSendResult::kClosed;
  const router::DataSendResult result = sctp_->Send(context_.loop->Now(), consumer, message, unlimited);
  ArmTimer();
  return result;
}

size_t Session::BufferedAmount(const router::DataConsumerConfig& consumer) const {
  return sctp_ ? sctp_->association().buffered_amount(*consumer.stream) : 0;
}

double Session::BufferFill(const router::DataConsumerConfig& consumer) const {
  return sctp_ ? sctp_->association().fill(*consumer.stream) : 0;
}

uint64_t Session::BytesLeft() const { return sctp_ ? sctp_->association().taken() : 0; }

void Session::ResetOutgoing(uint16_t stream) {
  if (sctp_) sctp_->ResetOutgoing(context_.loop->Now(), stream);
}

void Session::ResetIncoming(uint16_t stream) {
  if (sctp_) sctp_->ResetIncoming(context_.loop->Now(), stream);
}

void Session::HoldIncoming(bool held) {
  if (!sctp_) return;
  sctp_->Hold(held);
  ArmTimer();
}

void Session::SetLowThreshold(const router::DataConsumerConfig& consumer, size_t bytes) {
  if (sctp_) sctp_->association().SetBufferedAmountLowThreshold(*consumer.stream, bytes);
}

}  // namespace sluice::worker
