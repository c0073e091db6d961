#include "transports/srtp/srtp_profile.h"

namespace sluice::transports {

std::string_view SrtpProfileName(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::kAeadAes128Gcm:
      return "AEAD_AES_128_GCM";
    case SrtpProfile::kAeadAes256Gcm:
      return "AEAD_AES_256_GCM";
    case SrtpProfile::kAesCm128HmacSha1_80:
      return "AES_CM_128_HMAC_SHA1_80";
    case SrtpProfile::kAesCm128HmacSha1_32:
      return "AES_CM_128_HMAC_SHA1_32";
  }
  return "";
}

std::optional<SrtpProfile> ParseSrtpProfile(std::string_view name) {
  for (SrtpProfile profile : kAllSrtpProfiles) {
    if (SrtpProfileName(profile) == name) return profile;
  }
  return std::nullopt;
}

}  // namespace sluice::transports
