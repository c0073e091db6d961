// A consumer of a pipe: one encoding, as it is, whatever the others do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/router/consumer_fixture.h"

namespace sluice::router {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class ConsumerPipeTest : public ConsumerFixture {
 protected:
  ConsumerPipeTest() : ConsumerFixture(Pipe()) {}
  static ConsumerConfig Pipe() {
    ConsumerConfig config = VideoConsumer();
    config.encodings = 3;
    config.pipe_encoding = 1;
    return config;
  }
  void Layer(uint8_t encoding, int64_t sequence, bool key_frame = false, uint8_t payload_type = kVp8) {
    auto mark = static_cast<uint8_t>(100 * encoding + sequence);
    Receive({.sequence = sequence,
             .key_frame = key_frame,
             .encoding = encoding,
             .ssrc = encoding + 1u,
             .timestamp = static_cast<uint32_t>(3000 * sequence),
             .payload_type = payload_type,
             .payload = key_frame ? KeyFrame(mark) : DeltaFrame(mark)});
  }
};

TEST_F(ConsumerPipeTest, OnlyItsEncodingPasses) {
  for (uint8_t encoding : {0, 2, 1}) Layer(encoding, 1, true);
  for (uint8_t encoding : {0, 1, 2}) Layer(encoding, 2);
  ASSERT_EQ(port_.rtp.size(), 2u);
  EXPECT_EQ(port_.rtp[0].payload, KeyFrame(101));
  EXPECT_EQ(port_.rtp[1].payload, DeltaFrame(102));
}

TEST_F(ConsumerPipeTest, TimestampsAreThePublishers) {
  Layer(1, 7, true);
  ASSERT_EQ(port_.rtp.size(), 1u);
  EXPECT_EQ(port_.rtp[0].timestamp, 21'000u);
}

TEST_F(ConsumerPipeTest, SilenceAndPreferencesDoNotMoveItToAnotherEncoding) {
  Layer(1, 1, true);
  Wait(TimeDelta::Seconds(5));
  consumer_->SetPreferredLayers(now_, {0, 0});
  Layer(0, 1, true);
  Layer(2, 1, true);
  EXPECT_EQ(port_.rtp.size(), 1u);
  Layer(1, 2);
  EXPECT_EQ(port_.rtp.size(), 2u);
}

// The other end has receivers of its own, of any layers.
TEST_F(ConsumerPipeTest, FramesPassThatTheHighestLayersDoNotNeed) {
  Layer(1, 1, true);
  SlabRef below = ForwardedMedia{.sequence = 2, .encoding = 1, .ssrc = 2, .timestamp = 6000}.In(pool_);
  below->packet().frame.needed = rtp::LayerSet::Only({0, 0});
  fan_out_->HandlePacket(now_, below);
  EXPECT_EQ(port_.rtp.size(), 2u);
}

TEST_F(ConsumerPipeTest, WantsAllOfItsEncodingUnlessTheOtherEndSaysWhatItWants) {
  EXPECT_EQ(link_.wanted.Of(1), rtp::LayerSet::kHighest);
  EXPECT_EQ(link_.wanted.Of(2), std::nullopt);
  consumer_->SetMaxLayers(now_, rtp::Layers{0, 1});
  EXPECT_EQ(link_.wanted.Of(1), (rtp::Layers{0, 1}));
  Layer(1, 1, true);
  EXPECT_EQ(port_.rtp.size(), 1u);
}

TEST_F(ConsumerPipeTest, WhatTheOtherEndDoesNotWantIsNotSentUntilItDoes) {
  Layer(1, 1, true);
  consumer_->SetMaxLayers(now_, std::nullopt);
  EXPECT_TRUE(link_.wanted.empty());
  Layer(1, 2);
  EXPECT_EQ(port_.rtp.size(), 1u);
  consumer_->SetMaxLayers(now_, rtp::LayerSet::kHighest);
  EXPECT_THAT(link_.requests, ElementsAre(1));
  Layer(1, 3);
  Layer(1, 4, true);
  EXPECT_THAT(port_.Sequences(), ElementsAre(100, 101));
}

TEST_F(ConsumerPipeTest, KeyFramesAreAskedOfItsEncoding) {
  consumer_->RequestKeyFrame(now_);
  Layer(0, 1, true);
  consumer_->HandlePli(now_);
  EXPECT_THAT(link_.requests, Not(IsEmpty()));
  EXPECT_THAT(link_.requests, Each(1));
}

TEST_F(ConsumerPipeTest, PayloadTypesAreCalledWhatTheOtherEndCallsThem) {
  ConsumerConfig config = Pipe();
  config.payload_types = PayloadTypeMap();
  config.payload_types.set(kVp8, 105);
  Reset(config);
  Layer(1, 1, true);
  Layer(1, 2, false, 98);  // One that the consumer does not have.
  ASSERT_EQ(port_.rtp.size(), 1u);
  EXPECT_EQ(port_.rtp[0].payload_type, 105);
}

}  // namespace
}  // namespace sluice::router
