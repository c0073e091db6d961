#include "router/fan_out.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/router/consumer_fixture.h"

namespace sluice::router {
namespace {

class FanOutTest : public ConsumerFixture {
 protected:
  FanOutTest() : ConsumerFixture(WithoutNack()) {}
  static ConsumerConfig WithoutNack() {
    ConsumerConfig config = VideoConsumer();
    config.nack = false;
    return config;
  }
};

TEST_F(FanOutTest, OffersEachPacketToEachConsumer) {
  ConsumerConfig second = WithoutNack();
  second.ssrc = Ssrc(0xd0);
  Consumer another(second, fan_out_.get(), &sender_);
  fan_out_->Add(&another);
  Frame(1, true);
  ASSERT_EQ(port_.rtp.size(), 2u);
  EXPECT_EQ(port_.rtp[0].ssrc, Ssrc(0xc0));
  EXPECT_EQ(port_.rtp[1].ssrc, Ssrc(0xd0));
  fan_out_->Remove(&another);
  Frame(2);
  EXPECT_EQ(port_.rtp.size(), 3u);
}

TEST_F(FanOutTest, IsEmptyWithoutConsumers) {
  EXPECT_FALSE(fan_out_->empty());
  fan_out_->Remove(consumer_.get());
  EXPECT_TRUE(fan_out_->empty());
  fan_out_->Remove(consumer_.get());
  EXPECT_TRUE(fan_out_->empty());
}

TEST_F(FanOutTest, KeepsNoHistoryForConsumersThatCannotAskForIt) {
  Frame(1, true);
  EXPECT_EQ(fan_out_->Find(now_, 0, 1), nullptr);
}

TEST_F(FanOutTest, KeepsAHistoryWhileSomebodyMayAskForIt) {
  Consumer repairing(VideoConsumer(), fan_out_.get(), &sender_);
  fan_out_->Add(&repairing);
  Frame(1, true);
  ASSERT_NE(fan_out_->Find(now_, 0, 1), nullptr);
  EXPECT_EQ(fan_out_->Find(now_, 0, 1)->packet().sequence, 1);
  EXPECT_EQ(fan_out_->Find(now_, 0, 2), nullptr);
  EXPECT_EQ(fan_out_->Find(now_ + TimeDelta::Millis(2001), 0, 1), nullptr);

  // Nobody is left who may: the packets go home.
  fan_out_->Remove(&repairing);
  EXPECT_EQ(fan_out_->Find(now_, 0, 1), nullptr);
}

TEST_F(FanOutTest, AudioIsKeptForASecond) {
  ConsumerConfig config = AudioConsumer();
  config.nack = true;
  Reset(config);
  Receive({.sequence = 1, .payload_type = kOpus});
  EXPECT_NE(fan_out_->Find(now_ + TimeDelta::Millis(1000), 0, 1), nullptr);
  EXPECT_EQ(fan_out_->Find(now_ + TimeDelta::Millis(1001), 0, 1), nullptr);
}

TEST_F(FanOutTest, RemembersTheSenderReportOfEachEncoding) {
  EXPECT_FALSE(fan_out_->sender_report(0));
  fan_out_->HandleSenderReport(0, {.source = Ssrc(1), .ntp = 5, .rtp_timestamp = 6, .arrival = now_});
  ASSERT_TRUE(fan_out_->sender_report(0));
  EXPECT_EQ(fan_out_->sender_report(0)->ntp, 5u);
  fan_out_->HandleSenderReport(7, {});  // No such encoding.
}

TEST_F(FanOutTest, WantsWhatAnyOfItsConsumersWants) {
  ConsumerConfig config = WithoutNack();
  config.encodings = 3;
  config.temporal_layers = 3;
  config.preferred_layers = {0, 2};
  Reset(config);
  config.preferred_layers = {2, 1};
  Consumer other(config, fan_out_.get(), &sender_);
  fan_out_->Add(&other);
  EXPECT_EQ(link_.wanted.Of(0), (rtp::Layers{0, 2}));
  EXPECT_EQ(link_.wanted.Of(1), std::nullopt);
  EXPECT_EQ(link_.wanted.Of(2), (rtp::Layers{0, 1}));
  other.SetPreferredLayers(now_, {0, 0});
  EXPECT_EQ(link_.wanted.Of(0), (rtp::Layers{0, 2}));
  EXPECT_EQ(link_.wanted.Of(2), std::nullopt);
  consumer_->Pause(now_);
  EXPECT_EQ(link_.wanted.Of(0), (rtp::Layers{0, 0}));
  fan_out_->Remove(&other);
  EXPECT_TRUE(link_.wanted.empty());
}

TEST_F(FanOutTest, PassesKeyFrameRequestsToTheProducer) {
  fan_out_->RequestKeyFrame(now_, 0);
  EXPECT_THAT(link_.requests, ::testing::ElementsAre(0));
}

}  // namespace
}  // namespace sluice::router
