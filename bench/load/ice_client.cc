#include "bench/load/ice_client.h"

#include <algorithm>
#include <utility>

#include "transports/ice/stun_writer.h"

namespace sluice::load {

using transports::StunClass;
using transports::StunMessage;
using transports::StunWriter;

namespace {
constexpr uint32_t kPriority = 0x6e7f1eff;  // RFC 8445 §5.1.2.1: peer reflexive, one component.
}

IceClient::IceClient(transports::IceCredentials local, transports::IceCredentials remote,
                     uint64_t random_seed)
    : local_(std::move(local)),
      username_(remote.username_fragment + ":" + local_.username_fragment),
      local_key_(local_.password),
      remote_key_(remote.password),
      random_(random_seed),
      tie_breaker_(random_()) {}

void IceClient::HandleTimeout(Timestamp now) {
  if (now < next_check_) return;
  SendCheck();
  next_check_ = now + NextInterval();
}

TimeDelta IceClient::NextInterval() {
  if (connected()) return kConsentInterval * (0.8 + 0.4 * static_cast<double>(random_() % 1000) / 1000);
  return std::min(kCheckInterval * (int64_t{1} << std::min(checks_ - 1, 10)), kMaxCheckInterval);
}

void IceClient::SendCheck() {
  ++checks_;
  StoreU64(transaction_.data(), random_());
  std::array<uint8_t, 512> buffer;
  StunWriter writer(buffer, StunClass::kRequest, transaction_);
  writer.AddUsername(username_);
  writer.AddIceControlling(tie_breaker_);
  writer.AddUseCandidate();
  writer.AddPriority(kPriority);
  writer.AddMessageIntegrity(remote_key_);
  writer.AddFingerprint();
  if (auto message = writer.Finish()) outputs_.emplace_back(message->begin(), message->end());
}

void IceClient::HandleDatagram(Timestamp now, const transports::Endpoint& from, Bytes datagram) {
  std::optional<StunMessage> message = StunMessage::Parse(datagram);
  if (!message || message->method() != transports::kStunBinding) return;
  if (message->message_class() == StunClass::kRequest) return Answer(from, *message);
  if (message->message_class() != StunClass::kSuccess) return;
  const transports::StunTransactionId id = message->transaction_id();
  if (!std::equal(id.begin(), id.end(), transaction_.begin()) || !message->VerifyIntegrity(remote_key_))
    return;
  const bool first = !connected();
  last_answer_ = now;
  if (first) next_check_ = now + NextInterval();
}

void IceClient::Answer(const transports::Endpoint& from, const StunMessage& request) {
  if (request.receiver_fragment() != local_.username_fragment || !request.VerifyIntegrity(local_key_)) return;
  std::array<uint8_t, 256> buffer;
  StunWriter writer(buffer, StunClass::kSuccess, request.transaction_id());
  writer.AddXorMappedAddress(from);
  writer.AddMessageIntegrity(local_key_);
  writer.AddFingerprint();
  if (auto message = writer.Finish()) outputs_.emplace_back(message->begin(), message->end());
}

std::optional<std::vector<uint8_t>> IceClient::Poll() {
  if (outputs_.empty()) return std::nullopt;
  std::vector<uint8_t> first = std::move(outputs_.front());
  outputs_.erase(outputs_.begin());
  return first;
}

}  // namespace sluice::load
