// A consumer of several encodings: which one it forwards, and how it changes between them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/router/consumer_fixture.h"

namespace sluice::router {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ConsumerSimulcastTest : public ConsumerFixture {
 protected:
  ConsumerSimulcastTest() : ConsumerFixture(Simulcast()) {}
  static ConsumerConfig Simulcast() {
    ConsumerConfig config = VideoConsumer();
    config.encodings = 3;
    config.preferred_layers = {2, 0};
    return config;
  }

  // Each encoding has its own SSRC, its own numbers, and its own origin of time.
  static uint32_t Origin(uint8_t encoding) { return 1'000'000u * (encoding + 1); }
  void Layer(uint8_t encoding, int64_t sequence, bool key_frame = false) {
    auto mark = static_cast<uint8_t>(100 * encoding + sequence);
    Receive({.sequence = sequence,
             .key_frame = key_frame,
             .encoding = encoding,
             .ssrc = encoding + 1u,
             .timestamp = Origin(encoding) + static_cast<uint32_t>((now_ - kStart).us() * 90 / 1000),
             .payload = key_frame ? KeyFrame(mark) : DeltaFrame(mark)});
  }
  void Report(uint8_t encoding) {
    const TimeDelta since = now_ - kStart;
    const uint64_t ntp = (uint64_t{4000} << 32) + (static_cast<uint64_t>(since.us()) << 32) / 1'000'000;
    fan_out_->HandleSenderReport(
        encoding, {.source = Ssrc(encoding + 1u),
                   .ntp = ntp,
                   .rtp_timestamp = Origin(encoding) + static_cast<uint32_t>(since.us() * 90 / 1000),
                   .arrival = now_});
  }

  const Timestamp kStart = now_;
};

TEST_F(ConsumerSimulcastTest, ForwardsTheBestLiveEncodingUpToThePreferredOne) {
  Layer(0, 1, true);
  EXPECT_EQ(consumer_->current_encoding(), 0);
  Layer(1, 1, true);
  EXPECT_EQ(consumer_->current_encoding(), 1);
  Layer(2, 1, true);
  EXPECT_EQ(consumer_->current_encoding(), 2);
  Layer(0, 2);
  Layer(1, 2);
  Layer(2, 2);
  EXPECT_THAT(port_.Sequences(), ElementsAre(100, 101, 102, 103));
  EXPECT_EQ(port_.rtp[3].payload, DeltaFrame(202));
}

TEST_F(ConsumerSimulcastTest, TellsItsLayersAndWhenNothingIsForwarded) {
  auto told = [&] {
    std::vector<std::optional<rtp::Layers>> layers;
    for (const LayersChanged& event : events_.Take<LayersChanged>()) layers.push_back(event.layers);
    return layers;
  };
  Layer(0, 1, true);
  EXPECT_THAT(told(), ElementsAre(rtp::Layers{0, 0}));
  Layer(1, 1, true);
  Layer(2, 1, true);
  EXPECT_THAT(told(), IsEmpty());  // Too soon.
  Wait(TimeDelta::Millis(200));
  Layer(2, 2);
  EXPECT_THAT(told(), ElementsAre(rtp::Layers{2, 0}));
  consumer_->Pause(now_);
  EXPECT_THAT(told(), ElementsAre(std::nullopt));
}

TEST_F(ConsumerSimulcastTest, TellsTemporalLayersOnceTheyHaveCome) {
  ConsumerConfig config = Simulcast();
  config.temporal_layers = 3;
  config.preferred_layers = {2, 1};
  Reset(config);
  EXPECT_EQ(consumer_->target_layers(), (rtp::Layers{2, 1}));
  EXPECT_EQ(consumer_->current_layers(), std::nullopt);
  Layer(2, 1, true);
  EXPECT_EQ(consumer_->current_layers(), (rtp::Layers{2, 0}));
  auto temporal = [&](int64_t sequence, uint8_t layer) {
    SlabRef packet = ForwardedMedia{.sequence = sequence, .encoding = 2, .ssrc = 3}.In(pool_);
    packet->packet().frame.layers.temporal = layer;
    packet->packet().frame.needed = rtp::LayerSet::From({0, layer});
    fan_out_->HandlePacket(now_, packet);
  };
  Wait(TimeDelta::Millis(200));
  temporal(2, 2);
  EXPECT_EQ(consumer_->current_layers(), (rtp::Layers{2, 1}));
  EXPECT_THAT(events_.Take<LayersChanged>(), ::testing::SizeIs(2));
  temporal(3, 1);
  EXPECT_THAT(port_.Sequences(), ElementsAre(100, 101));  // Not the highest temporal layer.
}

TEST_F(ConsumerSimulcastTest, TellsLaterWhatWasTooSoonToTell) {
  Layer(0, 1, true);
  Layer(1, 1, true);
  events_.events.clear();
  consumer_->HandleTimeout(now_);
  EXPECT_THAT(events_.events, IsEmpty());
  Wait(TimeDelta::Millis(200));
  consumer_->HandleTimeout(now_);
  auto told = events_.Take<LayersChanged>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].layers, (rtp::Layers{1, 0}));
}

TEST_F(ConsumerSimulcastTest, SwitchesAtAKeyFrameOnlyAndForwardsTheOldEncodingUntilThen) {
  Layer(2, 1, true);
  Layer(0, 1, true);
  consumer_->SetPreferredLayers(now_, {0, 0});
  EXPECT_THAT(link_.requests, Contains(0));
  Layer(0, 2);
  Layer(2, 2);
  EXPECT_EQ(consumer_->current_encoding(), 2);
  Layer(0, 3, true);
  Layer(2, 3);
  Layer(0, 4);
  EXPECT_EQ(consumer_->current_encoding(), 0);
  ASSERT_THAT(port_.Sequences(), ElementsAre(100, 101, 102, 103));
  EXPECT_EQ(port_.rtp[1].payload, DeltaFrame(202));
  EXPECT_EQ(port_.rtp[2].payload, KeyFrame(3));
  EXPECT_EQ(port_.rtp[3].payload, DeltaFrame(4));
}

TEST_F(ConsumerSimulcastTest, GoesDownWhenTheEncodingFallsSilent) {
  Layer(0, 1, true);
  Layer(2, 1, true);
  for (int64_t i = 2; i < 20; ++i) {
    Wait(TimeDelta::Millis(100));
    Layer(0, i);
  }
  EXPECT_EQ(link_.requests.back(), 0);
  EXPECT_EQ(consumer_->current_encoding(), 2);
  Layer(0, 20, true);
  EXPECT_EQ(consumer_->current_encoding(), 0);
}

TEST_F(ConsumerSimulcastTest, TakesAHigherEncodingWhereNoLowerOneIsAlive) {
  consumer_->SetPreferredLayers(now_, {0, 0});
  Layer(1, 1, true);
  EXPECT_EQ(consumer_->current_encoding(), 1);
}

TEST_F(ConsumerSimulcastTest, APreferenceBeyondTheLastEncodingMeansTheLast) {
  consumer_->SetPreferredLayers(now_, {200, 0});
  Layer(2, 1, true);
  EXPECT_EQ(consumer_->current_encoding(), 2);
}

TEST_F(ConsumerSimulcastTest, AlignsTimestampsByThePublishersClock) {
  Layer(2, 1, true);
  Layer(0, 1, true);
  Report(2);
  Wait(TimeDelta::Millis(500));
  Report(0);
  Layer(2, 2);
  consumer_->SetPreferredLayers(now_, {0, 0});
  Wait(TimeDelta::Millis(100));
  Layer(0, 3, true);
  Wait(TimeDelta::Millis(100));
  Layer(0, 4);
  ASSERT_EQ(port_.rtp.size(), 4u);
  EXPECT_EQ(port_.rtp[1].timestamp, Origin(2) + 45'000);
  // Within a unit: NTP has fractions that a 90 kHz clock has not.
  EXPECT_NEAR(port_.rtp[2].timestamp, Origin(2) + 54'000, 1);
  EXPECT_EQ(port_.rtp[3].timestamp - port_.rtp[2].timestamp, 9000u);
}

TEST_F(ConsumerSimulcastTest, WithoutReportsItAlignsByArrival) {
  Layer(2, 1, true);
  Layer(0, 1, true);
  consumer_->SetPreferredLayers(now_, {0, 0});
  Wait(TimeDelta::Millis(100));
  Layer(0, 2, true);
  ASSERT_EQ(port_.rtp.size(), 2u);
  EXPECT_EQ(port_.rtp[1].timestamp, Origin(2) + 9000);
}

TEST_F(ConsumerSimulcastTest, ImplausibleReportsDoNotBreakTheTimeline) {
  Layer(2, 1, true);
  Layer(0, 1, true);
  fan_out_->HandleSenderReport(2, {.source = Ssrc(3), .ntp = 1, .rtp_timestamp = 5, .arrival = now_});
  fan_out_->HandleSenderReport(
      0, {.source = Ssrc(1), .ntp = ~uint64_t{0}, .rtp_timestamp = 0x8000'0000, .arrival = now_});
  consumer_->SetPreferredLayers(now_, {0, 0});
  Wait(TimeDelta::Millis(100));
  Layer(0, 2, true);
  ASSERT_EQ(port_.rtp.size(), 2u);
  EXPECT_EQ(port_.rtp[1].timestamp - port_.rtp[0].timestamp, 3000u);
}

TEST_F(ConsumerSimulcastTest, NeverGoesBackInTimeAtASwitch) {
  Layer(2, 1, true);
  Layer(0, 1, true);
  Report(2);
  Report(0);
  Wait(TimeDelta::Millis(40));
  Layer(2, 2);
  consumer_->SetPreferredLayers(now_, {0, 0});
  now_ = now_ - TimeDelta::Millis(20);  // Captured before what was sent last.
  Layer(0, 2, true);
  ASSERT_EQ(port_.rtp.size(), 3u);
  EXPECT_EQ(port_.rtp[2].timestamp - port_.rtp[1].timestamp, 1u);
}

TEST_F(ConsumerSimulcastTest, AlignsByCaptureTimeWhereThePacketsCarryIt) {
  rtp::ExtensionMap extensions;
  extensions.Register(rtp::ExtensionKind::kAbsCaptureTime, 5);
  auto layer = [&](uint8_t encoding, int64_t sequence, uint8_t seconds) {
    ForwardedMedia media{.sequence = sequence,
                         .key_frame = true,
                         .encoding = encoding,
                         .ssrc = encoding + 1u,
                         .timestamp = Origin(encoding) + 90'000u * seconds,
                         .arrival = now_,
                         .payload = KeyFrame()};
    fan_out_->HandlePacket(now_, media.In(pool_, extensions, {0x57, 0, 0, 0, seconds, 0, 0, 0, 0, 0, 0, 0}));
  };
  layer(2, 1, 1);
  consumer_->SetPreferredLayers(now_, {0, 0});
  layer(0, 1, 3);
  ASSERT_EQ(port_.rtp.size(), 2u);
  EXPECT_EQ(port_.rtp[1].timestamp - port_.rtp[0].timestamp, 180'000u);
}

// Its first packet was lost, and has come again.
TEST_F(ConsumerSimulcastTest, AKeyFrameThatIsWholeAtLastIsSentInOrder) {
  Layer(2, 1, true);
  consumer_->SetPreferredLayers(now_, {0, 0});
  Layer(0, 2);
  Layer(0, 3);
  Layer(2, 2);
  Layer(0, 1, true);
  Layer(0, 4);
  ASSERT_THAT(port_.Sequences(), ElementsAre(100, 101, 102, 103, 104, 105));
  EXPECT_EQ(port_.rtp[2].payload, KeyFrame(1));
  EXPECT_EQ(port_.rtp[3].payload, DeltaFrame(2));
  EXPECT_EQ(port_.rtp[4].payload, DeltaFrame(3));
}

TEST_F(ConsumerSimulcastTest, AsksAgainForAKeyFrameThatDoesNotCome) {
  Layer(2, 1, true);
  Layer(0, 1);
  consumer_->SetPreferredLayers(now_, {0, 0});
  link_.requests.clear();
  for (int64_t i = 2; i < 6; ++i) {
    Wait(TimeDelta::Millis(400));
    Receive({.sequence = i, .encoding = 0, .ssrc = 1, .frame_start = true, .payload = DeltaFrame()});
  }
  EXPECT_THAT(link_.requests, ElementsAre(0));
}

TEST_F(ConsumerSimulcastTest, NothingPassesUnderALimitOfNothing) {
  Layer(2, 1, true);
  consumer_->SetMaxLayers(now_, std::nullopt);
  EXPECT_EQ(consumer_->current_layers(), std::nullopt);
  Layer(2, 2);
  Layer(2, 3, true);
  EXPECT_EQ(port_.rtp.size(), 1u);
  consumer_->SetMaxLayers(now_, rtp::Layers{0, 0});
  Layer(0, 1, true);
  EXPECT_EQ(consumer_->current_layers(), (rtp::Layers{0, 0}));
  EXPECT_THAT(port_.Sequences(), ElementsAre(100, 101));
}

TEST_F(ConsumerSimulcastTest, WantsThePreferredEncodingWhetherOrNotItIsComing) {
  using Want = Consumer::Want;
  EXPECT_EQ(consumer_->want(), (Want{2, {0, 0}}));
  Layer(0, 1, true);
  EXPECT_EQ(consumer_->current_encoding(), 0);
  EXPECT_EQ(consumer_->want(), (Want{2, {0, 0}}));
  EXPECT_EQ(fan_out_->wanted().Of(2), (rtp::Layers{0, 0}));
  EXPECT_EQ(fan_out_->wanted().Of(0), std::nullopt);
  EXPECT_EQ(link_.wanted, fan_out_->wanted());
  consumer_->SetPreferredLayers(now_, {1, 0});
  EXPECT_EQ(consumer_->want(), (Want{1, {0, 0}}));
  consumer_->SetMaxLayers(now_, rtp::Layers{0, 5});
  EXPECT_EQ(consumer_->want(), (Want{0, {0, 0}}));
  EXPECT_EQ(link_.wanted.Of(0), (rtp::Layers{0, 0}));
  EXPECT_EQ(link_.wanted.Of(1), std::nullopt);
}

TEST_F(ConsumerSimulcastTest, WantsNothingWhilePausedOrWithoutAWay) {
  consumer_->Pause(now_);
  EXPECT_EQ(consumer_->want(), std::nullopt);
  EXPECT_TRUE(link_.wanted.empty());
  consumer_->Resume(now_);
  EXPECT_FALSE(link_.wanted.empty());
  consumer_->SetMaxLayers(now_, std::nullopt);
  EXPECT_TRUE(link_.wanted.empty());
  consumer_->SetMaxLayers(now_, rtp::Layers{2, 2});
  sender_.set_writable(false);
  consumer_->HandleWritable(now_);
  EXPECT_TRUE(link_.wanted.empty());
  sender_.set_writable(true);
  consumer_->HandleWritable(now_);
  EXPECT_FALSE(link_.wanted.empty());
  fan_out_->Remove(consumer_.get());
  EXPECT_TRUE(link_.wanted.empty());
}

// Its publisher had turned it off, since nobody wanted it.
TEST_F(ConsumerSimulcastTest, TakesTheWantedEncodingOnceThePublisherSendsItAgain) {
  for (uint8_t encoding : {0, 2}) Layer(encoding, 1, true);
  consumer_->SetPreferredLayers(now_, {0, 0});
  Layer(0, 2, true);
  for (int64_t i = 3; i < 100; ++i) {  // Without the high one.
    Wait(TimeDelta::Millis(33));
    Layer(0, i);
  }
  link_.requests.clear();
  consumer_->SetPreferredLayers(now_, {2, 0});
  EXPECT_EQ(link_.wanted.Of(2), (rtp::Layers{0, 0}));
  Wait(TimeDelta::Millis(33));
  Layer(0, 100);
  EXPECT_EQ(consumer_->current_encoding(), 0);
  EXPECT_EQ(port_.rtp.back().payload, DeltaFrame(100));
  EXPECT_THAT(link_.requests, IsEmpty());
  Layer(2, 2);
  EXPECT_THAT(link_.requests, ElementsAre(2));
  Layer(2, 3, true);
  EXPECT_EQ(consumer_->current_encoding(), 2);
}

// Everything was off, and only what is wanted now comes back.
TEST_F(ConsumerSimulcastTest, AfterSilenceTakesTheOneEncodingThatIsSentAgain) {
  Layer(2, 1, true);
  consumer_->Pause(now_);
  Wait(TimeDelta::Seconds(60));
  consumer_->SetPreferredLayers(now_, {0, 0});
  consumer_->Resume(now_);
  EXPECT_EQ(link_.wanted.Of(0), (rtp::Layers{0, 0}));
  Layer(0, 1, true);
  EXPECT_EQ(consumer_->current_encoding(), 0);
}

TEST_F(ConsumerSimulcastTest, RepairsWhatWasSentBeforeASwitch) {
  Layer(2, 1, true);
  Layer(2, 2);
  Layer(0, 1, true);
  const std::vector<SentPacket> sent = port_.rtp;
  consumer_->SetPreferredLayers(now_, {0, 0});
  Layer(0, 2, true);
  ASSERT_EQ(consumer_->current_encoding(), 0);
  port_.Clear();
  consumer_->HandleNack(now_, SequenceNumber(101));
  ASSERT_EQ(port_.rtp.size(), 1u);
  EXPECT_EQ(port_.rtp[0].timestamp, sent[1].timestamp);
  EXPECT_EQ(port_.rtp[0].payload, rtp::Concat({{0, 101}, sent[1].payload}));
}

TEST_F(ConsumerSimulcastTest, ForgetsWhatIsManySwitchesAgo) {
  Layer(0, 1, true);
  Layer(2, 1, true);
  for (int64_t i = 2; i < 12; ++i) {
    const uint8_t to = i % 2 == 0 ? 0 : 2;
    consumer_->SetPreferredLayers(now_, {to, 0});
    Layer(to, i, true);
    ASSERT_EQ(consumer_->current_encoding(), to);
  }
  port_.Clear();
  consumer_->HandleNack(now_, SequenceNumber(100));
  EXPECT_THAT(port_.rtp, IsEmpty());
  EXPECT_EQ(consumer_->statistics().unrepairable_packets, 1);
  consumer_->HandleNack(now_, SequenceNumber(110));
  EXPECT_EQ(port_.rtp.size(), 1u);
}

TEST_F(ConsumerSimulcastTest, AKeyFrameRequestNamesTheEncodingThatIsWanted) {
  Layer(0, 1, true);
  Layer(1, 1);
  link_.requests.clear();
  consumer_->HandlePli(now_);
  EXPECT_THAT(link_.requests, ElementsAre(1));
}

}  // namespace
}  // namespace sluice::router
