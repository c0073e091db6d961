#include "api/base64.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::api {
namespace {

// What is decoded, as text.
std::optional<std::string> Text(std::string_view base64) {
  std::optional<std::vector<uint8_t>> bytes = DecodeBase64(base64);
  return bytes ? std::optional(std::string(bytes->begin(), bytes->end())) : std::nullopt;
}

TEST(Base64Test, TextIsReadWithItsPadding) {  // RFC 4648 §10
  EXPECT_EQ(Text(""), "");
  EXPECT_EQ(Text("Zg=="), "f");
  EXPECT_EQ(Text("Zm8="), "fo");
  EXPECT_EQ(Text("Zm9v"), "foo");
  EXPECT_EQ(Text("Zm9vYg=="), "foob");
  EXPECT_EQ(Text("Zm9vYmE="), "fooba");
  EXPECT_EQ(Text("Zm9vYmFy"), "foobar");
  EXPECT_EQ(Text("/+8A"), std::string("\xff\xef\x00", 3));
}

TEST(Base64Test, AnythingElseIsRefused) {
  for (const char* text :
       {"Zg", "Zg=", "Zm9vYg", "=", "====", "Z===", "=m9v", "Zm9v Zm8", "Zm9\n", "Zm 9v   ", "Zm9v\r\n\r\n",
        "-_8A", "Zm9vZg==Zg==", "Zm=v", "Zm9v\xc3\xa9Zg", "Zg=v", "Zg==Zm9v", "Zm9=Zm9v"}) {
    EXPECT_EQ(Text(text), std::nullopt) << text;
  }
  EXPECT_EQ(Text(std::string_view("Zm9\0", 4)), std::nullopt);
}

TEST(Base64Test, BitsThatPaddingLeavesOverAreZero) {  // RFC 4648 §3.5
  EXPECT_EQ(Text("Zh=="), std::nullopt);
  EXPECT_EQ(Text("Zm9="), std::nullopt);
}

TEST(Base64Test, EveryOctetThatIsNotOfTheAlphabetIsRefusedEverywhere) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int octet = 0; octet < 256; ++octet) {
    const bool known = alphabet.find(static_cast<char>(octet)) != std::string::npos;
    for (size_t i = 0; i < 4; ++i) {
      std::string text = "AAAAAAAA";
      text[i] = static_cast<char>(octet);
      EXPECT_EQ(Text(text).has_value(), known) << octet << " at " << i;
    }
  }
}

TEST(Base64Test, AllOctetsComeBack) {
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(bytes)), bytes) << i;
    bytes.push_back(static_cast<uint8_t>(i * 7));
  }
}

TEST(Base64Test, WhatIsThereStaysInFront) {
  std::string text = "x:";
  AppendBase64(std::vector<uint8_t>{'f', 'o', 'o', 'b'}, &text);
  EXPECT_EQ(text, "x:Zm9vYg==");
}

}  // namespace
}  // namespace sluice::api
