#include "router/data/piped_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace sluice::router {
namespace {

using ::testing::ElementsAre;

rtp::SharedBytes Shared(std::vector<uint8_t> bytes) {
  return std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
}

TEST(PipedMessageTest, AMessageForEverybodyGoesAsItIs) {
  const DataMessage message{.ppid = 51, .payload = Shared({1, 2, 3})};
  const DataMessage piped = ToPiped(message);
  EXPECT_EQ(piped.ppid, 51u);
  EXPECT_EQ(piped.payload, message.payload);
  EXPECT_EQ(FromPiped(51, message.payload)->payload, message.payload);
}

TEST(PipedMessageTest, WhomAMessageIsForComesOutAsItWentIn) {
  const DataMessage message{
      .ppid = 53, .payload = Shared({1, 2, 3}), .subchannels = {1, 65'535}, .required = 0, .ignored = 7};
  const DataMessage piped = ToPiped(message);
  EXPECT_EQ(piped.ppid, kPipedPpid);
  std::optional<DataMessage> back = FromPiped(piped.ppid, piped.payload);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->ppid, 53u);
  EXPECT_EQ(*back->payload, *message.payload);
  EXPECT_THAT(back->subchannels, ElementsAre(1, 65'535));
  EXPECT_EQ(back->required, 0);
  EXPECT_EQ(back->ignored, 7);
}

TEST(PipedMessageTest, AMessageThatHasOurPpidAlreadyIsWrapped) {
  const DataMessage piped = ToPiped({.ppid = kPipedPpid, .payload = Shared({9})});
  std::optional<DataMessage> back = FromPiped(piped.ppid, piped.payload);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->ppid, kPipedPpid);
  EXPECT_THAT(*back->payload, ElementsAre(9));
  EXPECT_FALSE(back->required || back->ignored);
}

TEST(PipedMessageTest, WhatIsCutOffOrUnknownIsRefused) {
  const DataMessage piped = ToPiped({.ppid = 53, .payload = Shared({}), .subchannels = {1, 2}});
  for (size_t size = 0; size < piped.payload->size(); ++size) {
    EXPECT_FALSE(FromPiped(kPipedPpid, Shared({piped.payload->begin(),
                                               piped.payload->begin() + static_cast<std::ptrdiff_t>(size)})));
  }
  std::vector<uint8_t> unknown = *piped.payload;
  unknown[4] = 1;
  EXPECT_FALSE(FromPiped(kPipedPpid, Shared(unknown)));
}

}  // namespace
}  // namespace sluice::router
