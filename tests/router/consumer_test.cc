// What passes a consumer, and how it is rewritten.
#include "router/consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtp/abs_send_time.h"
#include "tests/router/consumer_fixture.h"

namespace sluice::router {
namespace {

using rtp::ExtensionKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ConsumerTest : public ConsumerFixture {};
class AudioConsumerTest : public ConsumerFixture {
 protected:
  AudioConsumerTest() : ConsumerFixture(AudioConsumer()) {}
  // 20 ms of sound a packet.
  void Sound(int64_t sequence, size_t size = 80) {
    Receive({.sequence = sequence,
             .timestamp = static_cast<uint32_t>(960 * sequence),
             .payload_type = kOpus,
             .payload = Octets(size, static_cast<uint8_t>(sequence))});
  }
};

TEST_F(ConsumerTest, RewritesTheHeaderAndLeavesThePayload) {
  Receive({.sequence = 1000,
           .key_frame = true,
           .ssrc = 0x1234,
           .timestamp = 777,
           .marker = true,
           .payload = KeyFrame(9)});
  ASSERT_EQ(port_.rtp.size(), 1u);
  const SentPacket& sent = port_.rtp[0];
  EXPECT_EQ(sent.kind, MediaKind::kVideo);
  EXPECT_EQ(sent.ssrc, Ssrc(0xc0));
  EXPECT_EQ(sent.sequence, 100);
  EXPECT_EQ(sent.timestamp, 777u);
  EXPECT_EQ(sent.payload_type, kVp8);
  EXPECT_TRUE(sent.marker);
  EXPECT_EQ(sent.payload, KeyFrame(9));
}

TEST_F(ConsumerTest, WritesItsOwnExtensionsUnderItsOwnIds) {
  rtp::ExtensionMap publisher;
  publisher.Register(ExtensionKind::kMid, 1);
  publisher.Register(ExtensionKind::kVideoOrientation, 2);
  publisher.Register(ExtensionKind::kTransportSequenceNumber, 3);
  ConsumerConfig config = VideoConsumer();
  config.extensions.Register(ExtensionKind::kMid, 5);
  config.extensions.Register(ExtensionKind::kVideoOrientation, 6);
  config.extensions.Register(ExtensionKind::kTransportSequenceNumber, 7);
  config.extensions.Register(ExtensionKind::kAbsSendTime, 8);
  Reset(config);
  for (int64_t i : {0, 1}) {
    ForwardedMedia media{.sequence = i, .key_frame = true, .payload = KeyFrame()};
    fan_out_->HandlePacket(now_, media.In(pool_, publisher, {0x10, 'x', 0x20, 0x03, 0x31, 0xab, 0xcd, 0}));
  }
  ASSERT_EQ(port_.rtp.size(), 2u);
  const SentPacket& sent = port_.rtp[1];
  EXPECT_EQ(sent.Extension(ExtensionKind::kMid, 5), rtp::FromText("m"));
  EXPECT_EQ(sent.Extension(ExtensionKind::kVideoOrientation, 6), Octets({0x03}));
  EXPECT_EQ(sent.Extension(ExtensionKind::kTransportSequenceNumber, 7), Octets({0, 1}));
  Octets time(3);
  StoreU24(time.data(), rtp::AbsSendTime::At(now_).value());
  EXPECT_EQ(sent.Extension(ExtensionKind::kAbsSendTime, 8), time);
}

TEST_F(ConsumerTest, VideoBeginsWithAKeyFrame) {
  Frame(1);
  Frame(2);
  EXPECT_THAT(port_.rtp, IsEmpty());
  Frame(3, true);
  Frame(4);
  EXPECT_THAT(port_.Sequences(), ElementsAre(100, 101));
  EXPECT_EQ(port_.rtp[0].payload, KeyFrame(3));
}

TEST_F(ConsumerTest, VideoWhoseKeyFramesCannotBeToldBeginsAnywhere) {
  ConsumerConfig config = VideoConsumer();
  config.codec = rtp::Codec::kOther;
  Reset(config);
  Frame(1);
  EXPECT_EQ(port_.rtp.size(), 1u);
}

TEST_F(AudioConsumerTest, AudioBeginsAnywhere) {
  Sound(5);
  Sound(6);
  EXPECT_THAT(port_.Sequences(), ElementsAre(100, 101));
  EXPECT_EQ(port_.rtp[0].kind, MediaKind::kAudio);
  EXPECT_THAT(link_.requests, IsEmpty());
}

TEST_F(ConsumerTest, SequenceNumbersWrapAndFollowThePublishersGaps) {
  ConsumerConfig config = VideoConsumer();
  config.first_sequence_number = SequenceNumber(65534);
  Reset(config);
  Frame(10, true);
  Frame(11);
  Frame(14);  // 12 and 13 are late, or lost.
  Frame(13);
  EXPECT_THAT(port_.Sequences(), ElementsAre(65534, 65535, 2, 1));
}

TEST_F(ConsumerTest, PacketsFromBeforeTheFirstKeyFrameStayOut) {
  Frame(5, true);
  Frame(4);
  Frame(3);
  EXPECT_THAT(port_.Sequences(), ElementsAre(100));
}

TEST_F(ConsumerTest, AsksForAKeyFrameOnceItCanSend) {
  sender_.set_writable(false);
  consumer_->HandleWritable(now_);
  consumer_->RequestKeyFrame(now_);
  Frame(1, true);
  EXPECT_THAT(port_.rtp, IsEmpty());
  EXPECT_THAT(link_.requests, IsEmpty());
  sender_.set_writable(true);
  consumer_->HandleWritable(now_);
  EXPECT_THAT(link_.requests, ElementsAre(0));
}

TEST_F(ConsumerTest, PausesAndResumesAtAKeyFrameWithoutAGap) {
  Frame(1, true);
  Frame(2);
  consumer_->Pause(now_);
  EXPECT_TRUE(consumer_->paused());
  for (int64_t i = 3; i < 50; ++i) Frame(i, i % 10 == 0);
  EXPECT_EQ(port_.rtp.size(), 2u);

  consumer_->Resume(now_);
  EXPECT_THAT(link_.requests, ElementsAre(0));
  Frame(50);
  EXPECT_EQ(port_.rtp.size(), 2u);
  Frame(51, true);
  Frame(52);
  EXPECT_THAT(port_.Sequences(), ElementsAre(100, 101, 102, 103));
  EXPECT_EQ(port_.rtp[2].timestamp, 3000u * 51);
}

TEST_F(ConsumerTest, ResumingWhatIsNotPausedDoesNothing) {
  Frame(1, true);
  consumer_->Resume(now_);
  EXPECT_THAT(link_.requests, IsEmpty());
  Frame(2);
  EXPECT_THAT(port_.Sequences(), ElementsAre(100, 101));
}

TEST_F(ConsumerTest, APausedConsumerAsksForNothing) {
  ConsumerConfig config = VideoConsumer();
  config.paused = true;
  Reset(config);
  consumer_->RequestKeyFrame(now_);
  consumer_->HandleWritable(now_);
  consumer_->HandlePli(now_);
  consumer_->HandleFir(now_);
  EXPECT_THAT(link_.requests, IsEmpty());
  EXPECT_EQ(consumer_->statistics().pli, 1);
  EXPECT_EQ(consumer_->statistics().fir, 1);
}

TEST_F(ConsumerTest, PliAndFirAskForAKeyFrame) {
  consumer_->HandlePli(now_);
  consumer_->HandleFir(now_);
  EXPECT_THAT(link_.requests, ElementsAre(0, 0));
}

TEST_F(ConsumerTest, PaddingWithoutPayloadLeavesNoGap) {
  Frame(1, true);
  Receive({.sequence = 2, .payload = {}});
  Frame(3);
  EXPECT_THAT(port_.Sequences(), ElementsAre(100, 101));
}

TEST_F(ConsumerTest, PayloadTypesItDidNotNegotiateLeaveNoGap) {
  Frame(1, true);
  Receive({.sequence = 2, .payload_type = 50});
  Frame(3);
  EXPECT_THAT(port_.Sequences(), ElementsAre(100, 101));
}

TEST_F(AudioConsumerTest, DtxIsForwardedUnlessIgnored) {
  Sound(1);
  Sound(2, 1);
  Sound(3);
  EXPECT_THAT(port_.Sequences(), ElementsAre(100, 101, 102));

  ConsumerConfig config = AudioConsumer();
  config.ignore_dtx = true;
  Reset(config);
  Sound(1);
  Sound(2, 1);
  Sound(3, 2);
  Sound(4, 3);
  EXPECT_THAT(port_.Sequences(), ElementsAre(100, 101));
  EXPECT_EQ(port_.rtp[1].timestamp, 960u * 4);
}

// A producer that was paused or restarted: the sequence jumps far ahead.
TEST_F(ConsumerTest, ABreakInThePublishersStreamBecomesNeitherGapNorGarbage) {
  Frame(1, true);
  Frame(2);
  Frame(65536 + 10);  // Depends on frames that were not forwarded.
  EXPECT_EQ(port_.rtp.size(), 2u);
  EXPECT_THAT(link_.requests, ElementsAre(0));
  Frame(65536 + 12, true);
  Frame(65536 + 11);  // From before the key frame.
  Frame(65536 + 13);
  EXPECT_THAT(port_.Sequences(), ElementsAre(100, 101, 102, 103));
}

TEST_F(AudioConsumerTest, ABreakInThePublishersSoundIsNoGap) {
  Sound(1);
  Sound(65536 + 50);
  Sound(65536 + 51);
  EXPECT_THAT(port_.Sequences(), ElementsAre(100, 101, 102));
  EXPECT_EQ(port_.rtp[1].timestamp, 960u * (65536 + 50));
}

// Timestamps of another SSRC have another origin.
TEST_F(AudioConsumerTest, ANewSourceContinuesTheTimelineByItsArrival) {
  Sound(1);
  Wait(TimeDelta::Millis(40));
  Receive({.sequence = 1'000'000,
           .ssrc = 99,
           .timestamp = 0x9000'0000,
           .payload_type = kOpus,
           .payload = Octets(80)});
  Wait(TimeDelta::Millis(20));
  Receive({.sequence = 1'000'001,
           .ssrc = 99,
           .timestamp = 0x9000'0000 + 960,
           .payload_type = kOpus,
           .payload = Octets(80)});
  EXPECT_THAT(port_.Sequences(), ElementsAre(100, 101, 102));
  EXPECT_EQ(port_.rtp[1].timestamp, 960u + 1920);
  EXPECT_EQ(port_.rtp[2].timestamp, 960u + 1920 + 960);
}

TEST_F(ConsumerTest, CountsWhatItSent) {
  Frame(1, true);
  Frame(2);
  EXPECT_EQ(consumer_->statistics().packets, 2);
  EXPECT_EQ(consumer_->statistics().bytes,
            static_cast<int64_t>(port_.rtp[0].bytes.size() + port_.rtp[1].bytes.size()));
  EXPECT_GT(consumer_->bitrate(now_), DataRate::Zero());
}

}  // namespace
}  // namespace sluice::router
