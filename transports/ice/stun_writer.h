// Writes one STUN message into a buffer of the caller's (RFC 8489 §5).
//
//   std::array<uint8_t, 160> buffer;
//   StunWriter writer(buffer, StunClass::kSuccess, request.transaction_id());
//   writer.AddXorMappedAddress(remote);
//   writer.AddMessageIntegrity(key);       // last but one
//   writer.AddFingerprint();               // last
//   std::optional<Bytes> message = writer.Finish();
//
// Attributes appear in the order of the calls. What does not fit makes Finish() fail and writes nothing.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "rtp/bytes.h"
#include "transports/endpoint.h"
#include "transports/ice/hmac_sha1.h"
#include "transports/ice/stun_wire.h"

namespace sluice::transports {

class StunWriter {
 public:
  // `buffer` outlives the writer. The method is Binding.
  StunWriter(MutableBytes buffer, StunClass message_class, StunTransactionId transaction_id);

  void AddUsername(std::string_view username);
  void AddPriority(uint32_t priority);
  void AddUseCandidate();
  void AddIceControlled(uint64_t tie_breaker);
  void AddIceControlling(uint64_t tie_breaker);
  void AddNomination(uint32_t nomination);
  void AddXorMappedAddress(const Endpoint& endpoint);
  void AddErrorCode(StunError error);  // With an empty reason phrase.
  void AddUnknownAttributes(std::span<const uint16_t> types);
  void AddAttribute(StunAttribute type, Bytes value);  // Any other.

  void AddMessageIntegrity(HmacSha1 key);
  void AddFingerprint();

  [[nodiscard]] std::optional<Bytes> Finish() const;  // A view of the buffer; nullopt: it was too small.

 private:
  // Room for the value, padding zeroed, the header's length brought up to date; nullptr: no room.
  uint8_t* Append(StunAttribute type, size_t value_size);
  void AppendU32(StunAttribute type, uint32_t value);
  void AppendU64(StunAttribute type, uint64_t value);

  MutableBytes buffer_;
  size_t size_ = 0;
  bool overflowed_ = false;
};

}  // namespace sluice::transports
