#include "transports/ice/hmac_sha1.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/escaping.h"

namespace sluice::transports {
namespace {

Bytes AsBytes(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

std::string Hex(const Sha1::Digest& digest) {
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string Sha1Hex(std::string_view text) {
  Sha1 hash;
  hash.Update(AsBytes(text));
  return Hex(hash.Finish());
}

std::string HmacHex(std::string_view key, std::string_view text) {
  HmacSha1 mac(key);
  mac.Update(AsBytes(text));
  return Hex(mac.Finish());
}

// FIPS 180-4's examples.
TEST(Sha1Test, AgreesWithThePublishedExamples) {
  EXPECT_EQ(Sha1Hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(Sha1Hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(Sha1Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(Sha1Hex(std::string(1'000'000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

TEST(Sha1Test, DoesNotDependOnHowTheInputIsCut) {
  const std::string text(200, 'x');
  const std::string whole = Sha1Hex(text);
  for (size_t first = 0; first <= text.size(); ++first) {
    for (size_t second : {size_t{0}, size_t{1}, size_t{64}}) {
      Sha1 hash;
      Bytes rest = AsBytes(text);
      hash.Update(rest.first(first));
      rest = rest.subspan(first);
      hash.Update(rest.first(std::min(second, rest.size())));
      hash.Update(rest.subspan(std::min(second, rest.size())));
      EXPECT_EQ(Hex(hash.Finish()), whole) << first << " " << second;
    }
  }
}

// RFC 2202 §3.
TEST(HmacSha1Test, AgreesWithRfc2202) {
  std::string counting;
  for (char c = 1; c <= 25; ++c) counting.push_back(c);
  EXPECT_EQ(HmacHex(std::string(20, '\x0b'), "Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00");
  EXPECT_EQ(HmacHex("Jefe", "what do ya want for nothing?"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(HmacHex(std::string(20, '\xaa'), std::string(50, '\xdd')),
            "125d7342b9ac11cd91a39af48aa17b4f63f175d3");
  EXPECT_EQ(HmacHex(counting, std::string(50, '\xcd')), "4c9007f4026250c6bc8414f9bf50c86c2d7235da");
  EXPECT_EQ(HmacHex(std::string(20, '\x0c'), "Test With Truncation"),
            "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04");
  EXPECT_EQ(HmacHex(std::string(80, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112");
  EXPECT_EQ(HmacHex(std::string(80, '\xaa'),
                    "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"),
            "e8e99d0f45237d786d6bbaa7965c7808bbff1a91");
}

TEST(HmacSha1Test, AKeyedCopyStartsAFreshMessage) {
  const HmacSha1 key("Jefe");
  for (int message = 0; message < 2; ++message) {
    HmacSha1 mac = key;
    mac.Update(AsBytes("what do ya want "));
    mac.Update(AsBytes("for nothing?"));
    EXPECT_EQ(Hex(mac.Finish()), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  }
}

TEST(EqualInConstantTimeTest, ComparesEveryByteAndTheSize) {
  EXPECT_TRUE(EqualInConstantTime(AsBytes(""), AsBytes("")));
  EXPECT_TRUE(EqualInConstantTime(AsBytes("abcd"), AsBytes("abcd")));
  for (const char* other : {"Xbcd", "aXcd", "abXd", "abcX", "abc", "abcde", ""}) {
    EXPECT_FALSE(EqualInConstantTime(AsBytes("abcd"), AsBytes(other))) << other;
  }
}

}  // namespace
}  // namespace sluice::transports
