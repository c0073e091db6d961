// The protection profiles of DTLS-SRTP (RFC 5764 §4.1.2, RFC 7714 §14.2) and the keys of one association.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sluice::transports {

enum class SrtpProfile : uint8_t {
  kAeadAes128Gcm,
  kAeadAes256Gcm,
  kAesCm128HmacSha1_80,
  kAesCm128HmacSha1_32,
};

// In our order of preference.
inline constexpr SrtpProfile kAllSrtpProfiles[] = {SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm,
                                                   SrtpProfile::kAesCm128HmacSha1_80,
                                                   SrtpProfile::kAesCm128HmacSha1_32};

constexpr size_t SrtpMasterKeyLength(SrtpProfile profile) {
  return profile == SrtpProfile::kAeadAes256Gcm ? 32 : 16;
}
constexpr size_t SrtpMasterSaltLength(SrtpProfile profile) {
  return profile == SrtpProfile::kAeadAes128Gcm || profile == SrtpProfile::kAeadAes256Gcm ? 12 : 14;
}
constexpr size_t SrtpKeyAndSaltLength(SrtpProfile profile) {
  return SrtpMasterKeyLength(profile) + SrtpMasterSaltLength(profile);
}

// The IANA name without "SRTP_", which is what ORTC and the control API use: "AEAD_AES_128_GCM", …
std::string_view SrtpProfileName(SrtpProfile profile);
std::optional<SrtpProfile> ParseSrtpProfile(std::string_view name);

// Master key and salt, concatenated in this order, for either direction: `local` protects what we send.
struct SrtpKeys {
  SrtpProfile profile = SrtpProfile::kAeadAes128Gcm;
  std::vector<uint8_t> local;
  std::vector<uint8_t> remote;
};

}  // namespace sluice::transports
