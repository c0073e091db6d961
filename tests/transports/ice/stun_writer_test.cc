#include "transports/ice/stun_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <vector>

#include "transports/ice/stun_message.h"

namespace sluice::transports {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

constexpr std::array<uint8_t, 12> kId = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

TEST(StunWriterTest, ARequestReadsBackAsWritten) {
  std::array<uint8_t, 200> buffer;
  StunWriter writer(buffer, StunClass::kRequest, kId);
  writer.AddUsername("server:client");
  writer.AddIceControlling(0x0123456789abcdef);
  writer.AddUseCandidate();
  writer.AddPriority(1'853'824'767);
  writer.AddNomination(3);
  writer.AddMessageIntegrity(HmacSha1("secret"));
  writer.AddFingerprint();
  std::optional<StunMessage> message = StunMessage::Parse(writer.Finish().value());
  ASSERT_TRUE(message);
  EXPECT_EQ(message->message_class(), StunClass::kRequest);
  EXPECT_EQ(message->method(), kStunBinding);
  EXPECT_THAT(message->transaction_id(), ElementsAreArray(kId));
  EXPECT_EQ(message->username(), "server:client");
  EXPECT_EQ(message->ice_controlling(), 0x0123456789abcdefu);
  EXPECT_FALSE(message->ice_controlled());
  EXPECT_TRUE(message->use_candidate());
  EXPECT_EQ(message->priority(), 1'853'824'767u);
  EXPECT_EQ(message->nomination(), 3u);
  EXPECT_TRUE(message->VerifyIntegrity(HmacSha1("secret")));
  EXPECT_TRUE(message->VerifyFingerprint());
}

TEST(StunWriterTest, AnAddressReadsBackAsWritten) {
  for (const char* text : {"198.51.100.7", "2001:db8::dead:beef"}) {
    std::array<uint8_t, 100> buffer;
    StunWriter writer(buffer, StunClass::kSuccess, kId);
    const Endpoint endpoint{IpAddress::Parse(text).value(), 61000};
    writer.AddXorMappedAddress(endpoint);
    std::optional<StunMessage> message = StunMessage::Parse(writer.Finish().value());
    ASSERT_TRUE(message);
    EXPECT_EQ(message->message_class(), StunClass::kSuccess);
    EXPECT_EQ(message->xor_mapped_address(), endpoint);
  }
}

TEST(StunWriterTest, ErrorCodesReadBackAsWritten) {
  for (StunError error : {StunError::kBadRequest, StunError::kUnauthorized, StunError::kUnknownAttribute,
                          StunError::kRoleConflict}) {
    std::array<uint8_t, 100> buffer;
    StunWriter writer(buffer, StunClass::kError, kId);
    writer.AddErrorCode(error);
    std::optional<StunMessage> message = StunMessage::Parse(writer.Finish().value());
    ASSERT_TRUE(message);
    EXPECT_EQ(message->message_class(), StunClass::kError);
    EXPECT_EQ(message->error_code(), static_cast<uint16_t>(error));
  }
}

TEST(StunWriterTest, PaddingIsZeroAndNotCounted) {
  std::array<uint8_t, 100> buffer;
  buffer.fill(0xff);
  StunWriter writer(buffer, StunClass::kError, kId);
  writer.AddUnknownAttributes(std::vector<uint16_t>{0x1234});
  Bytes message = writer.Finish().value();
  EXPECT_THAT(message.subspan(kStunHeaderSize), ElementsAre(0x00, 0x0a, 0, 2, 0x12, 0x34, 0, 0));
}

TEST(StunWriterTest, TooSmallABufferFailsAndIsNotOverrun) {
  auto write = [](MutableBytes buffer) {
    StunWriter writer(buffer, StunClass::kRequest, kId);
    writer.AddUsername("abcde");
    writer.AddIceControlled(1);
    writer.AddXorMappedAddress({IpAddress::Parse("::1").value(), 1});
    writer.AddUnknownAttributes(std::vector<uint16_t>{1, 2, 3});
    writer.AddMessageIntegrity(HmacSha1("secret"));
    writer.AddFingerprint();
    std::optional<Bytes> message = writer.Finish();
    return message ? message->size() : 0;
  };
  std::array<uint8_t, 200> large;
  const size_t needed = write(large);
  ASSERT_GT(needed, 100u);
  for (size_t size = 0; size < needed; ++size) {
    std::vector<uint8_t> buffer(needed + 8, 0xee);
    EXPECT_EQ(write(MutableBytes(buffer).first(size)), 0u) << size;
    EXPECT_THAT(Bytes(buffer).subspan(size), Each(0xee)) << size;
  }
  std::vector<uint8_t> exact(needed);
  EXPECT_EQ(write(exact), needed);
}

TEST(StunWriterTest, AMessageIsNeverLongerThanItsLengthFieldCanSay) {
  std::vector<uint8_t> buffer(200'000);
  const std::vector<uint8_t> value(65'000);
  StunWriter writer(buffer, StunClass::kRequest, kId);
  writer.AddAttribute(StunAttribute::kSoftware, value);
  EXPECT_TRUE(writer.Finish());
  writer.AddAttribute(StunAttribute::kSoftware, value);
  EXPECT_FALSE(writer.Finish());
}

}  // namespace
}  // namespace sluice::transports
