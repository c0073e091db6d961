#include "transports/ice/stun_message.h"

#include <algorithm>

#include "transports/ice/crc32.h"

namespace sluice::transports {
namespace {

constexpr size_t Padded(size_t size) { return (size + 3) & ~size_t{3}; }

// RFC 8489 §5, figure 3: the class bits lie between those of the method.
constexpr StunClass ClassOf(uint16_t type) {
  return static_cast<StunClass>((type >> 4 & 0b01) | (type >> 7 & 0b10));
}
constexpr uint16_t MethodOf(uint16_t type) {
  return static_cast<uint16_t>((type & 0x000f) | (type >> 1 & 0x0070) | (type >> 2 & 0x0f80));
}

bool HasValidHeader(Bytes datagram) {
  if (datagram.size() < kStunHeaderSize || (datagram[0] & 0xc0) != 0) return false;
  size_t length = LoadU16(datagram.data() + 2);
  return length % 4 == 0 && length == datagram.size() - kStunHeaderSize &&
         LoadU32(datagram.data() + 4) == kStunMagicCookie;
}

bool TakeU32(Bytes value, std::optional<uint32_t>* out) {
  if (value.size() != 4) return false;
  if (!*out) *out = LoadU32(value.data());
  return true;
}

bool TakeU64(Bytes value, std::optional<uint64_t>* out) {
  if (value.size() != 8) return false;
  if (!*out) *out = LoadU64(value.data());
  return true;
}

}  // namespace

std::optional<StunMessage> StunMessage::Parse(Bytes datagram) {
  if (!HasValidHeader(datagram)) return std::nullopt;
  StunMessage message(datagram);
  if (!message.ParseAttributes()) return std::nullopt;
  return message;
}

StunMessage::StunMessage(Bytes datagram)
    : datagram_(datagram),
      class_(ClassOf(LoadU16(datagram.data()))),
      method_(MethodOf(LoadU16(datagram.data()))) {}

std::optional<std::string_view> StunMessage::receiver_fragment() const {
  if (!username_) return std::nullopt;
  size_t colon = username_->find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return username_->substr(0, colon);
}

bool StunMessage::VerifyFingerprint() const {
  if (!has_fingerprint_) return false;
  Bytes covered = datagram_.first(datagram_.size() - kStunAttributeHeaderSize - 4);
  uint32_t carried = LoadU32(datagram_.data() + datagram_.size() - 4);
  return (Crc32(covered) ^ kStunFingerprintXor) == carried;
}

bool StunMessage::VerifyIntegrity(HmacSha1 key) const {
  if (!has_message_integrity()) return false;
  // The header is hashed as if MESSAGE-INTEGRITY were the last attribute (RFC 8489 §14.5).
  std::array<uint8_t, 4> start = {datagram_[0], datagram_[1]};
  size_t end = integrity_offset_ + kStunAttributeHeaderSize + kStunIntegritySize;
  StoreU16(start.data() + 2, static_cast<uint16_t>(end - kStunHeaderSize));
  key.Update(start);
  key.Update(datagram_.first(integrity_offset_).subspan(start.size()));
  return EqualInConstantTime(key.Finish(), datagram_.first(end).last(kStunIntegritySize));
}

bool StunMessage::ParseAttributes() {
  ByteReader reader(datagram_.subspan(kStunHeaderSize));
  while (reader.remaining() > 0) {
    if (has_fingerprint_) return false;
    size_t offset = datagram_.size() - reader.remaining();
    std::optional<uint16_t> type = reader.U16();
    std::optional<uint16_t> size = reader.U16();
    if (!type || !size) return false;
    std::optional<Bytes> padded = reader.Read(Padded(*size));
    if (!padded) return false;
    StunAttribute attribute{*type};
    Bytes value = padded->first(*size);
    if (has_message_integrity()) {
      if (!TakeTrailer(attribute, value)) return false;
    } else if (attribute == StunAttribute::kMessageIntegrity) {
      if (value.size() != kStunIntegritySize) return false;
      integrity_offset_ = offset;
    } else if (!TakeAttribute(attribute, value)) {
      return false;
    }
  }
  return true;
}

bool StunMessage::TakeTrailer(StunAttribute type, Bytes value) {
  return type != StunAttribute::kFingerprint || TakeAttribute(type, value);
}

bool StunMessage::TakeAttribute(StunAttribute type, Bytes value) {
  switch (type) {
    case StunAttribute::kUsername:
      if (!username_) username_.emplace(reinterpret_cast<const char*>(value.data()), value.size());
      return true;
    case StunAttribute::kPriority:
      return TakeU32(value, &priority_);
    case StunAttribute::kUseCandidate:
      use_candidate_ = true;
      return true;
    case StunAttribute::kIceControlled:
      return TakeU64(value, &ice_controlled_);
    case StunAttribute::kIceControlling:
      return TakeU64(value, &ice_controlling_);
    case StunAttribute::kErrorCode:
      return TakeErrorCode(value);
    case StunAttribute::kXorMappedAddress:
      return TakeXorMappedAddress(value);
    case StunAttribute::kFingerprint:
      has_fingerprint_ = true;
      return value.size() == 4;
    case StunAttribute::kNomination:
    case StunAttribute::kNominationPion:
      TakeNomination(value);
      return true;
    case StunAttribute::kMessageIntegrity:
    case StunAttribute::kMappedAddress:
    case StunAttribute::kUnknownAttributes:
    case StunAttribute::kRealm:
    case StunAttribute::kNonce:
    case StunAttribute::kSoftware:
      return true;
  }
  TakeUnknown(type);
  return true;
}

// Neither number is IANA's for this, so a value of another size is somebody else's attribute.
void StunMessage::TakeNomination(Bytes value) {
  if (value.size() == 4 && !nomination_) nomination_ = LoadU32(value.data());
}

// 21 bits of zero, the hundreds in 3, the rest in 8, then a phrase (RFC 8489 §14.8).
bool StunMessage::TakeErrorCode(Bytes value) {
  if (value.size() < 4) return false;
  uint16_t hundreds = value[2] & 0x07;
  if (hundreds < 3 || hundreds > 6 || value[3] > 99) return false;
  if (!error_code_) error_code_ = static_cast<uint16_t>(hundreds * 100 + value[3]);
  return true;
}

// Zero, family (1: IPv4, 2: IPv6), port and address, both XORed with cookie and transaction id (§14.2).
bool StunMessage::TakeXorMappedAddress(Bytes value) {
  bool v4 = value.size() == 8 && value[1] == 1;
  bool v6 = value.size() == 20 && value[1] == 2;
  if (!v4 && !v6) return false;
  if (xor_mapped_address_) return true;
  std::array<uint8_t, 16> octets{};
  for (size_t i = 0; i < value.size() - 4; ++i) octets[i] = value[4 + i] ^ datagram_[4 + i];
  IpAddress address =
      v6 ? IpAddress::V6(octets) : IpAddress::V4({octets[0], octets[1], octets[2], octets[3]});
  uint16_t port = LoadU16(value.data() + 2) ^ (kStunMagicCookie >> 16);
  xor_mapped_address_ = Endpoint{address, port};
  return true;
}

void StunMessage::TakeUnknown(StunAttribute type) {
  uint16_t number = static_cast<uint16_t>(type);
  if (number < 0x8000 && unknown_count_ < unknown_.size()) unknown_[unknown_count_++] = number;
}

}  // namespace sluice::transports
