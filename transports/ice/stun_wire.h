// Numbers of the STUN wire format (RFC 8489 §5, §14 and §18; RFC 8445 §16 for ICE's own).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sluice::transports {

// The two class bits, C1 C0, as a number.
enum class StunClass : uint8_t { kRequest = 0, kIndication = 1, kSuccess = 2, kError = 3 };

inline constexpr uint16_t kStunBinding = 0x001;  // The only method ICE uses.

inline constexpr size_t kStunHeaderSize = 20;
inline constexpr size_t kStunAttributeHeaderSize = 4;
inline constexpr size_t kStunIntegritySize = 20;
inline constexpr uint32_t kStunMagicCookie = 0x2112a442;
inline constexpr uint32_t kStunFingerprintXor = 0x5354554e;

using StunTransactionId = std::span<const uint8_t, 12>;

// Attribute types. Below 0x8000 a receiver must understand them or answer 420.
enum class StunAttribute : uint16_t {
  kMappedAddress = 0x0001,
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kErrorCode = 0x0009,
  kUnknownAttributes = 0x000a,
  kRealm = 0x0014,
  kNonce = 0x0015,
  kXorMappedAddress = 0x0020,
  kPriority = 0x0024,
  kUseCandidate = 0x0025,
  kNominationPion = 0x0030,  // draft-thatcher-ice-renomination as pion sends it; IANA has not assigned it.
  kSoftware = 0x8022,
  kFingerprint = 0x8028,
  kIceControlled = 0x8029,
  kIceControlling = 0x802a,
  kNomination = 0xc001,  // The same as libwebrtc sends it; IANA's ENF-FLOW-DESCRIPTION.
};

enum class StunError : uint16_t {
  kBadRequest = 400,
  kUnauthorized = 401,
  kUnknownAttribute = 420,
  kRoleConflict = 487,
};

}  // namespace sluice::transports
