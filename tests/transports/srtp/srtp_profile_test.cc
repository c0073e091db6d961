#include "transports/srtp/srtp_profile.h"

#include <gtest/gtest.h>

namespace sluice::transports {
namespace {

TEST(SrtpProfileTest, NamesRoundTrip) {
  for (SrtpProfile profile : kAllSrtpProfiles) EXPECT_EQ(ParseSrtpProfile(SrtpProfileName(profile)), profile);
  EXPECT_EQ(ParseSrtpProfile("AEAD_AES_128_GCM"), SrtpProfile::kAeadAes128Gcm);
  EXPECT_EQ(ParseSrtpProfile("AEAD_AES_256_GCM"), SrtpProfile::kAeadAes256Gcm);
  EXPECT_EQ(ParseSrtpProfile("AES_CM_128_HMAC_SHA1_80"), SrtpProfile::kAesCm128HmacSha1_80);
  EXPECT_EQ(ParseSrtpProfile("AES_CM_128_HMAC_SHA1_32"), SrtpProfile::kAesCm128HmacSha1_32);
}

TEST(SrtpProfileTest, OtherNamesAreUnknown) {
  for (std::string_view name : {"", "AEAD_AES_128_GCM ", "aead_aes_128_gcm", "F8_128_HMAC_SHA1_80"})
    EXPECT_EQ(ParseSrtpProfile(name), std::nullopt) << name;
}

// RFC 5764 §4.1.2 and RFC 7714 §12: key and salt in octets.
TEST(SrtpProfileTest, KeyAndSaltLengths) {
  EXPECT_EQ(SrtpKeyAndSaltLength(SrtpProfile::kAeadAes128Gcm), 16u + 12);
  EXPECT_EQ(SrtpKeyAndSaltLength(SrtpProfile::kAeadAes256Gcm), 32u + 12);
  EXPECT_EQ(SrtpKeyAndSaltLength(SrtpProfile::kAesCm128HmacSha1_80), 16u + 14);
  EXPECT_EQ(SrtpKeyAndSaltLength(SrtpProfile::kAesCm128HmacSha1_32), 16u + 14);
}

}  // namespace
}  // namespace sluice::transports
