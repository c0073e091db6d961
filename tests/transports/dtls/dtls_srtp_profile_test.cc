// Which SRTP profile comes out of the use_srtp extension (RFC 5764 §4.1).
#include <gtest/gtest.h>

#include <vector>

#include "tests/transports/dtls/dtls_pair.h"

namespace sluice::transports {
namespace {

constexpr SrtpProfile kGcm128 = SrtpProfile::kAeadAes128Gcm;
constexpr SrtpProfile kGcm256 = SrtpProfile::kAeadAes256Gcm;
constexpr SrtpProfile kSha80 = SrtpProfile::kAesCm128HmacSha1_80;
constexpr SrtpProfile kSha32 = SrtpProfile::kAesCm128HmacSha1_32;

// nullopt: connected, but without SRTP.
std::optional<SrtpProfile> Negotiated(std::vector<SrtpProfile> client, std::vector<SrtpProfile> server) {
  DtlsPairOptions options;
  options.client_context = MakeDtlsContext({.srtp_profiles = client});
  options.server_context = MakeDtlsContext({.srtp_profiles = server});
  DtlsPair pair(1, options);
  pair.StartAndRun();
  EXPECT_TRUE(pair.BothConnected());
  if (!pair.BothConnected()) return std::nullopt;
  EXPECT_EQ(pair.client.connected->keys.has_value(), pair.server.connected->keys.has_value());
  if (!pair.server.connected->keys) return std::nullopt;
  EXPECT_EQ(pair.client.connected->keys->profile, pair.server.connected->keys->profile);
  EXPECT_EQ(pair.client.connected->keys->local, pair.server.connected->keys->remote);
  EXPECT_EQ(pair.server.connected->keys->local.size(),
            SrtpKeyAndSaltLength(pair.server.connected->keys->profile));
  return pair.server.connected->keys->profile;
}

const std::vector<SrtpProfile> kOurs = DtlsContext::Options().srtp_profiles;

TEST(DtlsSrtpProfileTest, ServersOrderWins) {
  EXPECT_EQ(Negotiated({kSha80, kGcm256, kGcm128}, kOurs), kGcm128);  // Chromium's order.
  EXPECT_EQ(Negotiated({kSha32, kSha80, kGcm256, kGcm128}, kOurs), kGcm128);
  EXPECT_EQ(Negotiated({kSha80, kGcm256}, kOurs), kGcm256);
  EXPECT_EQ(Negotiated({kGcm128, kGcm256}, {kSha80, kGcm256, kGcm128}), kGcm256);
}

TEST(DtlsSrtpProfileTest, EachCanBeForced) {
  for (SrtpProfile profile : kAllSrtpProfiles) {
    EXPECT_EQ(Negotiated({profile}, kOurs), profile);
    EXPECT_EQ(Negotiated(kOurs, {profile}), profile);
  }
}

TEST(DtlsSrtpProfileTest, ConnectsWithoutSrtpWhenThereIsNoCommonProfile) {
  EXPECT_EQ(Negotiated({kSha80}, {kGcm128}), std::nullopt);
  EXPECT_EQ(Negotiated({}, kOurs), std::nullopt);  // A client that only has data channels.
  EXPECT_EQ(Negotiated(kOurs, {}), std::nullopt);
}

}  // namespace
}  // namespace sluice::transports
