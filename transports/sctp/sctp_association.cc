#include "transports/sctp/sctp_association.h"

#include <algorithm>

namespace sluice::transports {
namespace {

uint32_t EmptyPpid(uint32_t ppid) {
  if (ppid == static_cast<uint32_t>(rtp::Ppid::kString))
    return static_cast<uint32_t>(rtp::Ppid::kStringEmpty);
  if (ppid == static_cast<uint32_t>(rtp::Ppid::kBinary))
    return static_cast<uint32_t>(rtp::Ppid::kBinaryEmpty);
  return ppid;
}

const rtp::SharedBytes& OneZeroOctet() {
  static const auto* const octet =
      new rtp::SharedBytes(std::make_shared<const std::vector<uint8_t>>(1, uint8_t{0}));
  return *octet;
}

SctpSendQueue::Limits LimitsOf(const SctpOptions& options) {
  return {.total = options.send_buffer_size,
          .per_stream = options.per_stream_send_queue_limit,
          .low_threshold = options.default_low_threshold};
}

}  // namespace

SctpAssociation::SctpAssociation(const SctpOptions& options, uint16_t owner)
    : options_(options),
      id_(SctpStack::Get().NewId(owner)),
      guard_(options.port, options.port),
      queue_(LimitsOf(options)) {}

SctpAssociation::~SctpAssociation() = default;

void SctpAssociation::Start(Timestamp) {
  if (state_ != SctpState::kNew) return;
  socket_ = SctpSocket::Open(id_, {.port = options_.port, .receive_window = options_.max_receiver_window},
                             &packets_);
  if (!socket_) return End(SctpState::kFailed);
  SetState(SctpState::kConnecting);
}

void SctpAssociation::HandlePacket(Timestamp now, Bytes packet) {
  const auto verdict = guard_.Check(packet);
  if (const auto* drop = std::get_if<SctpDrop>(&verdict)) return Drop(*drop);
  const auto& passed = std::get<SctpGuard::Passed>(verdict);
  if (state_ == SctpState::kNew && passed.init) Start(now);
  if (!socket_) return Drop(SctpDrop::kUnexpected);
  aborted_by_peer_ = passed.abort;
  const std::optional<std::vector<uint8_t>> filtered = reset_gate_.Filter(packet, passed.packet);
  const Bytes rest = filtered ? Bytes(*filtered) : packet;
  if (!rest.empty()) socket_->HandlePacket(rest);
  HandleDueReset();
  Pump(now);
}

void SctpAssociation::HandleTimerOutput(Timestamp now, std::vector<uint8_t> packet) {
  if (!socket_) return;
  if (!packet.empty()) packets_.push_back(std::move(packet));
  aborted_by_peer_ = false;
  HandleDueReset();
  Pump(now);
}

void SctpAssociation::HandleDueReset() {
  TakePackets();
  if (const auto reset = reset_gate_.TakeDue()) socket_->HandlePacket(*reset);
}

void SctpAssociation::HandleTimeout(Timestamp now) {
  queue_.HandleTimeout(now);
  CollectLow();
}

Timestamp SctpAssociation::NextTimeout() const { return queue_.NextTimeout(); }

std::optional<SctpAssociation::Output> SctpAssociation::Poll(Timestamp now) {
  TakePackets();
  while (outputs_.empty()) {
    if (!ReadOne(now)) return std::nullopt;
    TakePackets();
  }
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

void SctpAssociation::Close() {
  if (state_ == SctpState::kFailed || state_ == SctpState::kClosed) return;
  socket_.reset();
  TakePackets();
  state_ = SctpState::kClosed;
  queue_ = SctpSendQueue(LimitsOf(options_));
}

SctpAssociation::SendResult SctpAssociation::Send(Timestamp now, uint16_t stream, uint32_t ppid,
                                                  const rtp::DataReliability& reliability,
                                                  rtp::SharedBytes payload, bool unlimited) {
  if (state_ == SctpState::kFailed || state_ == SctpState::kClosed) return SendResult::kClosed;
  if (state_ == SctpState::kConnected && stream >= outbound_streams_) return SendResult::kClosed;
  if (payload->size() > options_.max_send_message_size) return SendResult::kTooLarge;
  if (!unlimited && !queue_.HasRoom(stream)) return SendResult::kBufferFull;
  if (payload->empty()) {
    ppid = EmptyPpid(ppid);
    payload = OneZeroOctet();
  }
  const Timestamp expiry = reliability.max_lifetime ? now + *reliability.max_lifetime : Timestamp::Never();
  queue_.Push({.stream = stream,
               .ppid = ppid,
               .reliability = reliability,
               .expiry = expiry,
               .payload = std::move(payload)});
  Pump(now);
  return SendResult::kSent;
}

void SctpAssociation::ResetStream(Timestamp now, uint16_t stream) {
  const bool stands = state_ == SctpState::kConnected;
  if (!stands && queue_.buffered(stream) == 0) return;
  if (options_.in_dtls) closing_.insert(stream);
  queue_.PushReset(stream);
  Pump(now);
}

void SctpAssociation::SetBufferedAmountLowThreshold(uint16_t stream, size_t threshold) {
  queue_.SetLowThreshold(stream, threshold);
}

void SctpAssociation::Pump(Timestamp now) {
  if (state_ == SctpState::kConnected) {
    while (PumpMessage(now)) PumpResets();
    PumpResets();
    CollectLow();
  }
  TakePackets();
}

// False: usrsctp takes nothing more for now, or there is nothing.
bool SctpAssociation::PumpMessage(Timestamp now) {
  for (size_t postponed = 0; const SctpSendQueue::Message* next = queue_.Next(now); ++postponed) {
    std::optional<TimeDelta> lifetime;
    if (next->reliability.max_lifetime) lifetime = next->expiry - now;
    const SctpSocket::Written written =
        socket_->Write(next->stream, next->ppid, next->reliability, lifetime, next->rest());
    if (written.result == SctpSocket::WriteResult::kTaken) return queue_.Take(written.size), true;
    if (written.result == SctpSocket::WriteResult::kRefused) return queue_.DropNext(), true;
    if (postponed >= queue_.waiting_streams() || !queue_.PostponeNext()) return false;
  }
  return false;
}

void SctpAssociation::PumpResets() {
  std::vector<uint16_t> streams = queue_.TakeResets();
  std::erase_if(streams, [this](uint16_t stream) { return stream >= outbound_streams_; });
  if (streams.empty() || socket_->ResetStreams(streams)) return;
  for (uint16_t stream : streams) queue_.FinishReset(stream);
}

void SctpAssociation::CollectLow() {
  for (uint16_t stream : queue_.TakeLowStreams()) {
    outputs_.push_back(BufferedAmountLow{stream, queue_.buffered(stream)});
  }
}

void SctpAssociation::TakePackets() {
  for (std::vector<uint8_t>& packet : packets_) {
    guard_.NoteSent(packet);
    reset_gate_.NoteSent(packet);
    outputs_.push_back(Transmit{std::move(packet)});
  }
  packets_.clear();
}

void SctpAssociation::SetState(SctpState state) {
  state_ = state;
  outputs_.push_back(StateChanged{state});
}

void SctpAssociation::End(SctpState state) {
  socket_.reset();
  TakePackets();
  queue_ = SctpSendQueue(LimitsOf(options_));
  SetState(state);
}

// While messages are held back only the association's end is of interest.
bool SctpAssociation::ReadOne(Timestamp now) {
  if (!socket_) return false;
  if (!receiving_ && state_ == SctpState::kConnected && !socket_->HasFailed()) return false;
  const std::optional<SctpSocket::Event> event = socket_->Read();
  if (!event) return false;
  std::visit([&](const auto& specific) { Handle(now, specific); }, *event);
  return true;
}

void SctpAssociation::Handle(Timestamp, const SctpSocket::Data& data) {
  Append(data);
  if (!data.end) return;
  Partial message = std::exchange(partial_, {});
  if (message.refused) return Drop(SctpDrop::kMessageTooLarge);
  outputs_.push_back(Message{data.stream, data.ppid,
                             std::make_shared<const std::vector<uint8_t>>(std::move(message.payload))});
}

void SctpAssociation::Append(const SctpSocket::Data& data) {
  partial_.refused |= partial_.payload.size() + data.bytes.size() > options_.max_receive_message_size;
  if (partial_.refused) {
    partial_.payload = {};
  } else {
    partial_.payload.insert(partial_.payload.end(), data.bytes.begin(), data.bytes.end());
  }
}

void SctpAssociation::Handle(Timestamp now, const SctpSocket::Up& up) {
  outbound_streams_ = up.outbound_streams;
  state_ = SctpState::kConnected;
  if (up.restarted) {
    partial_ = {};
    closing_.clear();
  }
  outputs_.push_back(StateChanged{state_, up.outbound_streams, up.inbound_streams});
  Pump(now);
}

void SctpAssociation::Handle(Timestamp, const SctpSocket::Down&) {
  End(aborted_by_peer_ ? SctpState::kClosed : SctpState::kFailed);
}

void SctpAssociation::Handle(Timestamp now, const SctpSocket::StreamsReset& reset) {
  for (uint16_t stream : reset.outgoing) queue_.FinishReset(stream);
  for (uint16_t stream : reset.incoming) {
    if (closing_.erase(stream) > 0) continue;        // The answer to ours.
    if (options_.in_dtls) queue_.PushReset(stream);  // Two directions, one data channel (RFC 8831 §6.7).
    outputs_.push_back(StreamReset{stream});
  }
  Pump(now);
}

void SctpAssociation::Handle(Timestamp, const SctpSocket::MessageCutShort&) {
  partial_ = {};
  Drop(SctpDrop::kMessageCutShort);
}

}  // namespace sluice::transports
