#include "transports/ice/stun_writer.h"

#include <algorithm>
#include <array>

#include "transports/ice/crc32.h"

namespace sluice::transports {
namespace {

// RFC 8489 §5, figure 3, for methods below 16.
constexpr uint16_t MessageType(StunClass message_class) {
  unsigned bits = static_cast<unsigned>(message_class);
  return static_cast<uint16_t>(kStunBinding | (bits & 0b01) << 4 | (bits & 0b10) << 7);
}

constexpr size_t kMaxLength = 0xfffc;

}  // namespace

StunWriter::StunWriter(MutableBytes buffer, StunClass message_class, StunTransactionId transaction_id)
    : buffer_(buffer), overflowed_(buffer.size() < kStunHeaderSize) {
  if (overflowed_) return;
  StoreU16(buffer_.data(), MessageType(message_class));
  StoreU16(buffer_.data() + 2, 0);
  StoreU32(buffer_.data() + 4, kStunMagicCookie);
  std::copy(transaction_id.begin(), transaction_id.end(), buffer_.begin() + 8);
  size_ = kStunHeaderSize;
}

void StunWriter::AddUsername(std::string_view username) {
  AddAttribute(StunAttribute::kUsername,
               {reinterpret_cast<const uint8_t*>(username.data()), username.size()});
}

void StunWriter::AddPriority(uint32_t priority) { AppendU32(StunAttribute::kPriority, priority); }
void StunWriter::AddUseCandidate() { Append(StunAttribute::kUseCandidate, 0); }
void StunWriter::AddNomination(uint32_t nomination) { AppendU32(StunAttribute::kNomination, nomination); }

void StunWriter::AddIceControlled(uint64_t tie_breaker) {
  AppendU64(StunAttribute::kIceControlled, tie_breaker);
}

void StunWriter::AddIceControlling(uint64_t tie_breaker) {
  AppendU64(StunAttribute::kIceControlling, tie_breaker);
}

void StunWriter::AddXorMappedAddress(const Endpoint& endpoint) {
  const bool v6 = endpoint.address.is_v6();
  const size_t address_size = v6 ? 16 : 4;
  uint8_t* value = Append(StunAttribute::kXorMappedAddress, 4 + address_size);
  if (value == nullptr) return;
  value[0] = 0;
  value[1] = v6 ? 2 : 1;
  StoreU16(value + 2, endpoint.port ^ (kStunMagicCookie >> 16));
  // The mask, cookie then transaction id, is what stands in the header.
  for (size_t i = 0; i < address_size; ++i) value[4 + i] = endpoint.address.octets()[i] ^ buffer_[4 + i];
}

void StunWriter::AddErrorCode(StunError error) {
  uint32_t code = static_cast<uint32_t>(error);
  AppendU32(StunAttribute::kErrorCode, code / 100 << 8 | code % 100);
}

void StunWriter::AddUnknownAttributes(std::span<const uint16_t> types) {
  uint8_t* value = Append(StunAttribute::kUnknownAttributes, 2 * types.size());
  if (value == nullptr) return;
  for (size_t i = 0; i < types.size(); ++i) StoreU16(value + 2 * i, types[i]);
}

void StunWriter::AddAttribute(StunAttribute type, Bytes bytes) {
  uint8_t* value = Append(type, bytes.size());
  if (value != nullptr) std::copy(bytes.begin(), bytes.end(), value);
}

void StunWriter::AddMessageIntegrity(HmacSha1 key) {
  size_t covered = size_;
  uint8_t* value = Append(StunAttribute::kMessageIntegrity, kStunIntegritySize);
  if (value == nullptr) return;
  key.Update(buffer_.first(covered));
  Sha1::Digest digest = key.Finish();
  std::copy(digest.begin(), digest.end(), value);
}

void StunWriter::AddFingerprint() {
  size_t covered = size_;
  uint8_t* value = Append(StunAttribute::kFingerprint, 4);
  if (value != nullptr) StoreU32(value, Crc32(buffer_.first(covered)) ^ kStunFingerprintXor);
}

std::optional<Bytes> StunWriter::Finish() const {
  if (overflowed_) return std::nullopt;
  return buffer_.first(size_);
}

uint8_t* StunWriter::Append(StunAttribute type, size_t value_size) {
  const size_t padded = (value_size + 3) & ~size_t{3};
  const size_t limit = std::min(buffer_.size(), kStunHeaderSize + kMaxLength);
  overflowed_ = overflowed_ || size_ + kStunAttributeHeaderSize > limit ||
                padded > limit - size_ - kStunAttributeHeaderSize;
  if (overflowed_) return nullptr;
  uint8_t* attribute = buffer_.data() + size_;
  StoreU16(attribute, static_cast<uint16_t>(type));
  StoreU16(attribute + 2, static_cast<uint16_t>(value_size));
  uint8_t* value = attribute + kStunAttributeHeaderSize;
  std::fill(value + value_size, value + padded, uint8_t{0});
  size_ += kStunAttributeHeaderSize + padded;
  StoreU16(buffer_.data() + 2, static_cast<uint16_t>(size_ - kStunHeaderSize));
  return value;
}

void StunWriter::AppendU32(StunAttribute type, uint32_t number) {
  uint8_t* value = Append(type, 4);
  if (value != nullptr) StoreU32(value, number);
}

void StunWriter::AppendU64(StunAttribute type, uint64_t number) {
  uint8_t* value = Append(type, 8);
  if (value != nullptr) StoreU64(value, number);
}

}  // namespace sluice::transports
