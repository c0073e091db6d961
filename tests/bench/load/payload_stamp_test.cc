#include "bench/load/payload_stamp.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace sluice::load {
namespace {

const PayloadStamp kStamp{.sent = Timestamp::Micros(1'234'567'890'123), .packet = 77};

TEST(PayloadStampTest, IsReadBackFromTheEndOfAPayload) {
  std::vector<uint8_t> payload(100, 0x55);
  kStamp.Write(payload);
  EXPECT_EQ(PayloadStamp::Read(payload), kStamp);
  EXPECT_EQ(payload[100 - PayloadStamp::kSize - 1], 0x55) << "only the end is written";
}

TEST(PayloadStampTest, SurvivesAChangedDescriptorInFront) {
  std::vector<uint8_t> payload(60);
  kStamp.Write(payload);
  payload.erase(payload.begin(), payload.begin() + 3);
  EXPECT_EQ(PayloadStamp::Read(payload), kStamp);
}

TEST(PayloadStampTest, OtherPayloadsHaveNone) {
  EXPECT_FALSE(PayloadStamp::Read(std::vector<uint8_t>(100, 0x55)));
  EXPECT_FALSE(PayloadStamp::Read(std::vector<uint8_t>(PayloadStamp::kSize - 1)));
  EXPECT_FALSE(PayloadStamp::Read({}));
}

}  // namespace
}  // namespace sluice::load
