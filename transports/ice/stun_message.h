// Non-owning view of one STUN message (RFC 8489 §5), with the attributes that ICE uses (RFC 8445 §7.1).
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |0 0|   message type (14)       |      length without header    |
//   |                  magic cookie 0x2112a442                      |
//   |                  transaction id (96 bits)                     |
//   |  attribute type (16)          |  value length (16)            |  value, padded to 32 bits; repeated
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// Parsing authenticates nothing. Of an attribute that comes twice the first counts; of those that follow
// MESSAGE-INTEGRITY only FINGERPRINT does (§14.5), and nothing may follow FINGERPRINT (§14.7).
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "absl/base/attributes.h"
#include "rtp/bytes.h"
#include "transports/endpoint.h"
#include "transports/ice/hmac_sha1.h"
#include "transports/ice/stun_wire.h"

namespace sluice::transports {

class StunMessage {
 public:
  static constexpr size_t kMaxUnknownListed = 8;

  // nullopt: drop and count. `datagram` is one whole message and must outlive the view.
  [[nodiscard]] static std::optional<StunMessage> Parse(Bytes datagram ABSL_ATTRIBUTE_LIFETIME_BOUND);

  StunClass message_class() const { return class_; }
  uint16_t method() const { return method_; }
  StunTransactionId transaction_id() const { return StunTransactionId(datagram_.data() + 8, 12); }
  size_t size() const { return datagram_.size(); }

  std::optional<std::string_view> username() const { return username_; }
  // USERNAME up to its colon: the fragment of whom the message is for (RFC 8445 §7.2.2).
  std::optional<std::string_view> receiver_fragment() const;
  std::optional<uint32_t> priority() const { return priority_; }
  bool use_candidate() const { return use_candidate_; }
  std::optional<uint64_t> ice_controlled() const { return ice_controlled_; }  // The tie-breaker.
  std::optional<uint64_t> ice_controlling() const { return ice_controlling_; }
  std::optional<uint32_t> nomination() const { return nomination_; }
  std::optional<uint16_t> error_code() const { return error_code_; }  // 300 to 699.
  std::optional<Endpoint> xor_mapped_address() const { return xor_mapped_address_; }
  // Attributes that must be understood and are not; the first kMaxUnknownListed of them.
  std::span<const uint16_t> unknown_required() const { return std::span(unknown_).first(unknown_count_); }

  bool has_fingerprint() const { return has_fingerprint_; }
  bool VerifyFingerprint() const;  // False also when there is none.
  bool has_message_integrity() const { return integrity_offset_ != 0; }
  bool VerifyIntegrity(HmacSha1 key) const;  // False also when there is none.

 private:
  explicit StunMessage(Bytes datagram);

  bool ParseAttributes();
  bool TakeTrailer(StunAttribute type, Bytes value);
  bool TakeAttribute(StunAttribute type, Bytes value);
  bool TakeErrorCode(Bytes value);
  bool TakeXorMappedAddress(Bytes value);
  void TakeNomination(Bytes value);
  void TakeUnknown(StunAttribute type);

  Bytes datagram_;
  StunClass class_;
  uint16_t method_;
  bool use_candidate_ = false;
  bool has_fingerprint_ = false;
  uint8_t unknown_count_ = 0;
  size_t integrity_offset_ = 0;  // Of the attribute's header; 0: none.
  std::optional<std::string_view> username_;
  std::optional<uint32_t> priority_;
  std::optional<uint32_t> nomination_;
  std::optional<uint64_t> ice_controlled_;
  std::optional<uint64_t> ice_controlling_;
  std::optional<uint16_t> error_code_;
  std::optional<Endpoint> xor_mapped_address_;
  std::array<uint16_t, kMaxUnknownListed> unknown_{};
};

}  // namespace sluice::transports
