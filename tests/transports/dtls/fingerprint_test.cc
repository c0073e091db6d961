#include "transports/dtls/fingerprint.h"

#include <gtest/gtest.h>

#include <vector>

namespace sluice::transports {
namespace {

const std::vector<uint8_t> kAbc = {'a', 'b', 'c'};

// FIPS 180-2 appendix A and B: the digests of "abc".
TEST(FingerprintTest, KnownDigests) {
  EXPECT_EQ(ComputeFingerprint("sha-1", kAbc)->value,
            "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D");
  EXPECT_EQ(ComputeFingerprint("sha-224", kAbc)->value,
            "23:09:7D:22:34:05:D8:22:86:42:A4:77:BD:A2:55:B3:2A:AD:BC:E4:BD:A0:B3:F7:E3:6C:9D:A7");
  EXPECT_EQ(
      ComputeFingerprint("sha-256", kAbc)->value,
      "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD");
  EXPECT_EQ(ComputeFingerprint("sha-384", kAbc)->value.substr(0, 23), "CB:00:75:3F:45:A3:5E:8B");
  EXPECT_EQ(ComputeFingerprint("sha-512", kAbc)->value.substr(0, 23), "DD:AF:35:A1:93:61:7A:BA");
  EXPECT_EQ(ComputeFingerprint("md5", kAbc), std::nullopt);
}

TEST(FingerprintTest, EveryComputedFingerprintParses) {
  for (std::string_view algorithm : kFingerprintAlgorithms) {
    Fingerprint fingerprint = *ComputeFingerprint(algorithm, kAbc);
    EXPECT_EQ(fingerprint.algorithm, algorithm);
    EXPECT_EQ(ParseFingerprint(fingerprint.algorithm, fingerprint.value), fingerprint);
  }
}

TEST(FingerprintTest, CaseDoesNotMatter) {
  EXPECT_EQ(ParseFingerprint("SHA-1", "a9:99:3e:36:47:06:81:6a:ba:3e:25:71:78:50:c2:6c:9c:d0:d8:9d"),
            ComputeFingerprint("sha-1", kAbc));
}

TEST(FingerprintTest, UnknownAlgorithmsAndMalformedValuesAreRefused) {
  const std::string good = ComputeFingerprint("sha-1", kAbc)->value;
  ASSERT_TRUE(ParseFingerprint("sha-1", good));
  EXPECT_FALSE(ParseFingerprint("sha-256", good));
  EXPECT_FALSE(ParseFingerprint("sha1", good));
  EXPECT_FALSE(ParseFingerprint("md5", "00:11"));
  EXPECT_FALSE(ParseFingerprint("", good));
  EXPECT_FALSE(ParseFingerprint("sha-1", ""));
  EXPECT_FALSE(ParseFingerprint("sha-1", good + ":"));
  EXPECT_FALSE(ParseFingerprint("sha-1", good + ":00"));
  EXPECT_FALSE(ParseFingerprint("sha-1", good.substr(3)));
  std::string dashed = good;
  dashed[2] = '-';
  EXPECT_FALSE(ParseFingerprint("sha-1", dashed));
  std::string no_hex = good;
  no_hex[0] = 'G';
  EXPECT_FALSE(ParseFingerprint("sha-1", no_hex));
  std::string non_ascii = good;
  non_ascii[1] = '\xb2';
  EXPECT_FALSE(ParseFingerprint("sha-1", non_ascii));
}

}  // namespace
}  // namespace sluice::transports
