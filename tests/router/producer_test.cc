#include "router/producer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/router/media.h"
#include "tests/router/recording_port.h"

namespace sluice::router {
namespace {

using Result = Producer::Result;
using ::testing::ElementsAre;

constexpr Ssrc kMedia(1), kRtx(2), kHigh(3);
constexpr uint8_t kMapped = 101;

ProducerConfig VideoConfig() {
  ProducerConfig config;
  config.codecs = {{.codec = rtp::Codec::kVp8,
                    .payload_type = PayloadType(kVp8),
                    .mapped_payload_type = PayloadType(kMapped),
                    .rtx_payload_type = PayloadType(kVp8Rtx),
                    .clock_rate = 90'000}};
  config.encodings = {{.ssrc = kMedia, .rtx_ssrc = kRtx, .rid = "low"},
                      {.ssrc = {}, .rtx_ssrc = {}, .rid = "high"}};
  config.nack = true;
  config.pli = true;
  return config;
}

Octets WithOsn(uint16_t original, const Octets& payload) {
  return rtp::Concat({{static_cast<uint8_t>(original >> 8), static_cast<uint8_t>(original)}, payload});
}

class ProducerTest : public ::testing::Test {
 protected:
  ProducerTest() { producer_.AddSink(&sink_); }

  Result Receive(const rtp::RtpPacket& packet, uint8_t encoding = 0) {
    SlabRef slab = rtp::Receive(pool_, packet.Encode(), {});
    slab->packet().arrival = now_;
    return producer_.HandleRtp(
        now_, slab, SequenceNumber(packet.sequence),
        {.producer = &producer_, .encoding = encoding, .retransmission = packet.payload_type == kVp8Rtx});
  }
  Result Media(uint16_t sequence, const Octets& payload = DeltaFrame(), Ssrc ssrc = kMedia,
               uint8_t encoding = 0) {
    return Receive({.payload_type = kVp8,
                    .sequence = sequence,
                    .timestamp = 9000,
                    .ssrc = ssrc.value(),
                    .payload = payload},
                   encoding);
  }
  Result Rtx(uint16_t sequence, const Octets& payload) {
    return Receive({.payload_type = kVp8Rtx,
                    .sequence = sequence,
                    .timestamp = 9000,
                    .ssrc = kRtx.value(),
                    .payload = payload});
  }
  std::vector<int64_t> Sequences() const {
    std::vector<int64_t> sequences;
    for (const SlabRef& packet : sink_.packets) sequences.push_back(packet->packet().sequence);
    return sequences;
  }
  // Key frame requests that are due now, by encoding.
  std::vector<int> Requests() {
    std::vector<int> due;
    for (size_t i = 0; i < producer_.streams().size(); ++i) {
      if (producer_.streams()[i].key_frames().Poll(now_)) due.push_back(static_cast<int>(i));
    }
    return due;
  }

  SlabPool pool_;
  Timestamp now_ = Timestamp::Seconds(10);
  Producer producer_{VideoConfig()};
  RecordingSink sink_;
};

TEST_F(ProducerTest, HandsOnEachPacketWithWhatItsStreamKnows) {
  EXPECT_EQ(Media(7, KeyFrame()), Result::kForwarded);
  EXPECT_EQ(Media(8, DeltaFrame(), kHigh, 1), Result::kForwarded);
  ASSERT_EQ(sink_.packets.size(), 2u);
  const rtp::ReceivedPacket& low = sink_.packets[0]->packet();
  EXPECT_EQ(low.sequence, 7);
  EXPECT_EQ(low.encoding, 0);
  EXPECT_EQ(low.payload_type, PayloadType(kMapped));
  EXPECT_TRUE(low.frame.key_frame && low.frame.frame_start);
  const rtp::ReceivedPacket& high = sink_.packets[1]->packet();
  EXPECT_EQ(high.encoding, 1);
  EXPECT_FALSE(high.frame.key_frame);
}

TEST_F(ProducerTest, UnwrapsRetransmissionsIntoWhatWasLost) {
  Media(1);
  Media(3);
  EXPECT_EQ(Rtx(900, WithOsn(2, KeyFrame(7))), Result::kForwarded);
  ASSERT_THAT(Sequences(), ElementsAre(1, 3, 2));
  const Slab& repaired = *sink_.packets[2];
  EXPECT_EQ(repaired.packet().ssrc, kMedia);
  EXPECT_EQ(repaired.packet().payload_type, PayloadType(kMapped));
  EXPECT_TRUE(repaired.packet().frame.key_frame);
  Bytes payload = repaired.bytes().subspan(repaired.packet().payload_offset, repaired.packet().payload_size);
  EXPECT_EQ(rtp::ToOctets(payload), KeyFrame(7));
}

TEST_F(ProducerTest, APacketAndItsRetransmissionReachTheSinksOnce) {
  Media(1);
  Media(3);
  Rtx(900, WithOsn(2, DeltaFrame()));
  EXPECT_EQ(Media(2), Result::kDuplicate);
  EXPECT_EQ(Media(3), Result::kDuplicate);
  EXPECT_EQ(Rtx(901, WithOsn(2, DeltaFrame())), Result::kDuplicate);
  EXPECT_EQ(Rtx(902, WithOsn(3, DeltaFrame())), Result::kDuplicate);
  EXPECT_THAT(Sequences(), ElementsAre(1, 3, 2));
}

TEST_F(ProducerTest, RetransmissionsWithoutAPayloadAreProbes) {
  Media(1);
  EXPECT_EQ(Rtx(900, {}), Result::kProbe);
  EXPECT_EQ(Rtx(901, {0}), Result::kProbe);
  EXPECT_THAT(Sequences(), ElementsAre(1));
}

TEST_F(ProducerTest, ARetransmissionBeforeAnyMediaIsRefused) {
  EXPECT_EQ(Rtx(900, WithOsn(2, DeltaFrame())), Result::kInvalidSequence);
}

TEST_F(ProducerTest, RefusesPayloadTypesThatWereNotNegotiated) {
  EXPECT_EQ(Receive({.payload_type = 50, .ssrc = kMedia.value()}), Result::kUnknownPayloadType);
  EXPECT_TRUE(sink_.packets.empty());
  EXPECT_FALSE(producer_.streams()[0].started());
}

TEST_F(ProducerTest, DoesNotBelieveASingleWildSequenceNumber) {
  Media(1);
  EXPECT_EQ(Media(20'000), Result::kInvalidSequence);
  EXPECT_EQ(Media(2), Result::kForwarded);
  EXPECT_THAT(Sequences(), ElementsAre(1, 2));
}

TEST_F(ProducerTest, WhilePausedItListensButForwardsNothing) {
  Media(1);
  producer_.Pause();
  EXPECT_EQ(Media(2), Result::kPaused);
  producer_.RequestKeyFrame(now_, 0);
  now_ += TimeDelta::Seconds(5);
  Requests();  // The one for the first packet.
  EXPECT_EQ(producer_.streams()[0].statistics().packets(), 2u);
  producer_.Resume(now_);
  EXPECT_EQ(Media(3), Result::kForwarded);
  ASSERT_EQ(sink_.packets.size(), 2u);
  // What was not forwarded is no loss.
  EXPECT_GT(sink_.packets[1]->packet().sequence - sink_.packets[0]->packet().sequence,
            rtp::ReceiveStatistics::kMaxDropout);
}

TEST_F(ProducerTest, AsksForAKeyFrameOfEachLiveEncodingOnResume) {
  producer_.Pause();
  Media(1);
  Requests();
  producer_.streams()[0].key_frames().HandleKeyFrame(now_);
  producer_.RequestKeyFrame(now_, 0);
  EXPECT_THAT(Requests(), ElementsAre());
  producer_.Resume(now_);
  EXPECT_THAT(Requests(), ElementsAre(0));
}

TEST_F(ProducerTest, AsksForAKeyFrameWhenAnEncodingStarts) {
  Media(1);
  EXPECT_THAT(Requests(), ElementsAre(0));
  Media(1, DeltaFrame(), kHigh, 1);
  EXPECT_THAT(Requests(), ElementsAre(1));
}

TEST_F(ProducerTest, WithoutSinksItAsksForNothing) {
  producer_.RemoveSink(&sink_);
  Media(1);
  EXPECT_THAT(Requests(), ElementsAre());
  EXPECT_TRUE(sink_.packets.empty());
}

TEST_F(ProducerTest, AKeyFrameEndsTheRequest) {
  producer_.RequestKeyFrame(now_, 0);
  EXPECT_EQ(producer_.NextTimeout(), now_);
  Media(1, KeyFrame());
  EXPECT_THAT(Requests(), ElementsAre());
}

TEST_F(ProducerTest, RequestsForEncodingsThatDoNotExistAreIgnored) {
  producer_.RequestKeyFrame(now_, 2);
  EXPECT_TRUE(producer_.NextTimeout().IsNever());
}

TEST(AudioProducerTest, IsNeverAskedForKeyFrames) {
  ProducerConfig config;
  config.kind = MediaKind::kAudio;
  config.encodings = {{}};
  Producer producer(config);
  producer.RequestKeyFrame(Timestamp::Seconds(1), 0);
  EXPECT_TRUE(producer.NextTimeout().IsNever());
}

TEST(AudioProducerTest, IsHeardWhileItForwardsWhatSaysItsLevel) {
  ProducerConfig config;
  config.kind = MediaKind::kAudio;
  config.codecs = {{.payload_type = PayloadType(kOpus), .clock_rate = 48'000}};
  config.encodings = {{.ssrc = Ssrc(1)}};
  config.extensions.Register(rtp::ExtensionKind::kAudioLevel, 6);
  Producer producer(config);
  SlabPool pool;
  AudioMeter meter(48'000);
  producer.set_audio_meter(&meter);
  auto receive = [&](uint16_t sequence, const Octets& extension) {
    SlabRef packet =
        ForwardedMedia{.sequence = sequence, .timestamp = sequence * 960u, .payload_type = kOpus}.In(
            pool, config.extensions, extension);
    producer.HandleRtp(Timestamp::Seconds(1), packet, SequenceNumber(sequence), {.producer = &producer});
  };
  receive(1, {0x60, 30, 0, 0});
  receive(2, {});
  receive(2, {0x60, 10, 0, 0});  // A duplicate.
  producer.Pause();
  receive(3, {0x60, 10, 0, 0});
  producer.Resume(Timestamp::Seconds(1));
  receive(4, {0x60, 0x80 | 30, 0, 0});
  auto levels = meter.Take(config.handle);
  ASSERT_TRUE(levels);
  EXPECT_EQ(levels->packets, 2u);
  EXPECT_EQ(levels->level_sum, levels->samples * 30);
  producer.set_audio_meter(nullptr);
  receive(5, {0x60, 30, 0, 0});
  EXPECT_FALSE(meter.Take(config.handle));
}

TEST_F(ProducerTest, ANewSsrcOfAnEncodingIsANewStreamInTheSamePlace) {
  Media(1000, KeyFrame(), kHigh, 1);
  Media(1001, DeltaFrame(), kHigh, 1);
  Requests();
  producer_.streams()[1].key_frames().HandleKeyFrame(now_);
  EXPECT_EQ(Media(1001, DeltaFrame(), Ssrc(77), 1), Result::kForwarded);
  ASSERT_EQ(sink_.packets.size(), 3u);
  EXPECT_EQ(sink_.packets[2]->packet().encoding, 1);
  EXPECT_GT(sink_.packets[2]->packet().sequence, sink_.packets[1]->packet().sequence);
  EXPECT_EQ(producer_.streams()[1].ssrc(), Ssrc(77));
  EXPECT_THAT(Requests(), ElementsAre(1));
}

TEST_F(ProducerTest, SinksLearnTheSenderReportsOfTheirEncoding) {
  const SenderReportInfo report{.source = kMedia, .ntp = 11, .rtp_timestamp = 12, .arrival = now_};
  producer_.HandleSenderReport(report);
  producer_.HandleSenderReport({.source = Ssrc(99), .ntp = 1, .rtp_timestamp = 2, .arrival = now_});
  ASSERT_EQ(sink_.reports.size(), 1u);
  EXPECT_EQ(sink_.reports[0].first, 0);
  EXPECT_EQ(sink_.reports[0].second.ntp, 11u);

  RecordingSink late;
  producer_.AddSink(&late);
  ASSERT_EQ(late.reports.size(), 1u);
  EXPECT_EQ(late.reports[0].second.rtp_timestamp, 12u);
}

}  // namespace
}  // namespace sluice::router
