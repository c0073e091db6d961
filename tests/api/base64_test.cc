#include "api/base64.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::api {
namespace {

TEST(Base64Test, TextIsReadWithItsPadding) {  // RFC 4648 §10
  EXPECT_EQ(DecodeBase64(""), "");
  EXPECT_EQ(DecodeBase64("Zg=="), "f");
  EXPECT_EQ(DecodeBase64("Zm8="), "fo");
  EXPECT_EQ(DecodeBase64("Zm9v"), "foo");
  EXPECT_EQ(DecodeBase64("Zm9vYmFy"), "foobar");
  EXPECT_EQ(DecodeBase64("/+8A"), std::string("\xff\xef\x00", 3));
}

TEST(Base64Test, AnythingElseIsRefused) {
  for (const char* text : {"Zg", "Zg=", "Zm9vYg", "=", "====", "Z===", "Zm9v Zm8", "Zm9\n", "Zm 9v   ",
                           "Zm9v\r\n\r\n", "-_8A", "Zm9vZg==Zg==", "Zm=v", "Zm9v\xc3\xa9Zg"}) {
    EXPECT_EQ(DecodeBase64(text), std::nullopt) << text;
  }
  EXPECT_EQ(DecodeBase64(std::string("Zm9\0", 4)), std::nullopt);
}

TEST(Base64Test, AllOctetsComeBack) {
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 256; ++i) {
    std::string text = EncodeBase64(bytes);
    EXPECT_EQ(DecodeBase64(text), std::string(bytes.begin(), bytes.end())) << i;
    bytes.push_back(static_cast<uint8_t>(i));
  }
}

}  // namespace
}  // namespace sluice::api
