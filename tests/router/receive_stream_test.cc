#include "router/receive_stream.h"

#include <gtest/gtest.h>

#include "tests/router/media.h"

namespace sluice::router {
namespace {

using Verdict = ReceiveStream::Verdict;

class ReceiveStreamTest : public ::testing::Test {
 protected:
  ReceiveStreamTest() { stream_.SetSsrc(Ssrc(1)); }

  Verdict Receive(uint16_t number, bool key_frame = false) {
    packet_ = {};
    packet_.arrival = now_;
    const Octets payload = key_frame ? KeyFrame() : DeltaFrame();
    return stream_.HandleMedia(now_, SequenceNumber(number), 100, Vp8(payload), &packet_);
  }
  Verdict ReceiveByRtx(uint16_t number) {
    packet_ = {};
    packet_.arrival = now_;
    const Octets payload = DeltaFrame();
    return stream_.HandleRepaired(now_, SequenceNumber(number), Vp8(payload), &packet_);
  }
  static rtp::FrameReader::Packet Vp8(const Octets& payload) {
    return {.codec = rtp::Codec::kVp8, .payload = payload, .dependency_descriptor = {}};
  }

  Timestamp now_ = Timestamp::Seconds(50);
  ReceiveStream stream_{{.clock_rate = 90'000, .nack = true, .key_frame_request_delay = TimeDelta::Zero()}};
  rtp::ReceivedPacket packet_;
};

TEST_F(ReceiveStreamTest, GivesEachPacketItsUnwrappedSequence) {
  EXPECT_EQ(Receive(65535), Verdict::kNew);
  EXPECT_EQ(packet_.sequence, 65535);
  EXPECT_EQ(Receive(0), Verdict::kNew);
  EXPECT_EQ(packet_.sequence, 65536);
  EXPECT_EQ(stream_.statistics().packets(), 2u);
}

TEST_F(ReceiveStreamTest, APacketIsNewOnceHoweverItComes) {
  Receive(1);
  Receive(3);
  EXPECT_EQ(ReceiveByRtx(2), Verdict::kNew);
  EXPECT_EQ(packet_.sequence, 2);
  EXPECT_EQ(Receive(2), Verdict::kDuplicate);
  EXPECT_EQ(ReceiveByRtx(3), Verdict::kDuplicate);
  EXPECT_EQ(Receive(3), Verdict::kDuplicate);
  EXPECT_EQ(stream_.counters().retransmitted, 2);
  EXPECT_EQ(stream_.counters().repaired, 1);
  EXPECT_EQ(stream_.counters().duplicates, 3);
  EXPECT_EQ(stream_.counters().rtx_duplicates, 1);
}

TEST_F(ReceiveStreamTest, ARetransmissionMayRunAhead) {
  Receive(10);
  EXPECT_EQ(ReceiveByRtx(12), Verdict::kNew);
  EXPECT_EQ(packet_.sequence, 12);
  EXPECT_EQ(Receive(12), Verdict::kDuplicate);
}

TEST_F(ReceiveStreamTest, ARetransmissionOfNothingKnownIsInvalid) {
  EXPECT_EQ(ReceiveByRtx(5), Verdict::kInvalid);
  Receive(10);
  EXPECT_EQ(ReceiveByRtx(10 + 3001), Verdict::kInvalid);
}

TEST_F(ReceiveStreamTest, WakesForMissingPacketsOnlyWhereNackWasNegotiated) {
  Receive(1);
  Receive(3);
  EXPECT_EQ(stream_.NextTimeout(), now_ + rtp::NackGenerator::kReorderDelay);

  ReceiveStream silent({.clock_rate = 90'000, .nack = false, .key_frame_request_delay = TimeDelta::Zero()});
  for (uint16_t number : {1, 3}) silent.HandleMedia(now_, SequenceNumber(number), 100, {}, &packet_);
  EXPECT_TRUE(silent.NextTimeout().IsNever());
}

TEST_F(ReceiveStreamTest, AnotherSsrcBeginsAnewAboveAllSequencesSoFar) {
  Receive(1000);
  Receive(2000);
  const int64_t highest = packet_.sequence;
  stream_.HandleSenderReport({.source = Ssrc(1), .ntp = 1, .rtp_timestamp = 2, .arrival = now_});
  stream_.SetSsrc(Ssrc(2));
  EXPECT_FALSE(stream_.started());
  EXPECT_FALSE(stream_.sender_report());
  EXPECT_TRUE(stream_.NextTimeout().IsNever());

  // The same numbers again, which are other packets.
  EXPECT_EQ(Receive(1500), Verdict::kNew);
  EXPECT_GT(packet_.sequence, highest + rtp::ReceiveStatistics::kMaxDropout);
  const int64_t first = packet_.sequence;
  EXPECT_EQ(Receive(1499), Verdict::kNew);
  EXPECT_EQ(packet_.sequence, first - 1);
  EXPECT_EQ(ReceiveByRtx(1498), Verdict::kNew);
  EXPECT_EQ(packet_.sequence, first - 2);
  EXPECT_EQ(stream_.MakeReportBlock(now_).source, Ssrc(2));
}

TEST_F(ReceiveStreamTest, TheSameSsrcAgainChangesNothing) {
  Receive(1);
  stream_.SetSsrc(Ssrc(1));
  EXPECT_TRUE(stream_.started());
  Receive(2);
  EXPECT_EQ(packet_.sequence, 2);
}

TEST_F(ReceiveStreamTest, SkippingAheadIsNoLoss) {
  Receive(1);
  stream_.SkipAhead();
  Receive(2);
  EXPECT_EQ(packet_.sequence, 65536 + 2);
  EXPECT_EQ(stream_.MakeReportBlock(now_).cumulative_lost, 0);
  EXPECT_TRUE(stream_.NextTimeout().IsNever());
}

TEST_F(ReceiveStreamTest, IsActiveForAWhileAfterItsLastPacket) {
  EXPECT_FALSE(stream_.active(now_));
  Receive(1);
  EXPECT_TRUE(stream_.active(now_ + TimeDelta::Millis(1499)));
  EXPECT_FALSE(stream_.active(now_ + TimeDelta::Millis(1500)));
}

TEST_F(ReceiveStreamTest, ReportsTheLastSenderReport) {
  Receive(1);
  stream_.HandleSenderReport(
      {.source = Ssrc(1), .ntp = 0x1122334455667788, .rtp_timestamp = 5, .arrival = now_});
  auto block = stream_.MakeReportBlock(now_ + TimeDelta::Millis(500));
  EXPECT_EQ(block.last_sender_report, 0x33445566u);
  EXPECT_EQ(block.delay_since_last_report, 32768u);
}

TEST_F(ReceiveStreamTest, AStreamThatSaysGoodbyeEndsAtOnceAndMayComeBack) {
  Receive(1);
  Receive(5);
  stream_.key_frames().Request(now_);
  EXPECT_TRUE(stream_.active(now_));
  stream_.HandleBye();
  EXPECT_FALSE(stream_.active(now_));
  EXPECT_FALSE(stream_.started());
  EXPECT_TRUE(stream_.NextTimeout().IsNever());
  EXPECT_EQ(Receive(5), Verdict::kDuplicate);
  EXPECT_EQ(Receive(6), Verdict::kNew);
  EXPECT_EQ(packet_.sequence, 6);
  EXPECT_TRUE(stream_.active(now_));
}

TEST_F(ReceiveStreamTest, TheScoreFallsWithLossAndRises) {
  uint16_t number = 0;
  auto interval = [&](int lost) {
    for (int i = 0; i < 100; ++i, ++number) {
      if (i % 50 != 25 || lost == 0) Receive(number);
      if (i % 50 == 25) lost -= 1;
    }
    stream_.MakeReportBlock(now_);
    return stream_.UpdateScore(now_, false);
  };
  EXPECT_FALSE(interval(0));
  EXPECT_EQ(stream_.score(), 10);
  for (uint16_t i = 0; i < 50; ++i) Receive(static_cast<uint16_t>(number + 2 * i));  // Every other packet.
  number = static_cast<uint16_t>(number + 99);
  stream_.MakeReportBlock(now_);
  EXPECT_TRUE(stream_.UpdateScore(now_, false));
  EXPECT_EQ(stream_.score(), 4);  // (10 + 2·1) / 3
  for (int i = 0; i < 100; ++i) interval(0);
  EXPECT_EQ(stream_.score(), 10);
}

TEST_F(ReceiveStreamTest, RepairsCountForTheScore) {
  for (uint16_t number = 0; number < 200; number += 2) Receive(number);
  for (uint16_t number = 1; number < 199; number += 2) ReceiveByRtx(number);
  stream_.MakeReportBlock(now_);
  EXPECT_TRUE(stream_.UpdateScore(now_, false));
  EXPECT_EQ(stream_.score(), 1);
}

TEST_F(ReceiveStreamTest, OnlyAnEncodingAmongOthersDiesOfSilence) {
  Receive(1);
  now_ += TimeDelta::Seconds(3);
  stream_.MakeReportBlock(now_);
  EXPECT_FALSE(stream_.UpdateScore(now_, false));
  EXPECT_EQ(stream_.score(), 10);
  EXPECT_TRUE(stream_.UpdateScore(now_, true));
  EXPECT_EQ(stream_.score(), 0);
  EXPECT_FALSE(stream_.UpdateScore(now_, true));
  Receive(2);
  stream_.MakeReportBlock(now_);
  EXPECT_TRUE(stream_.UpdateScore(now_, true));
  EXPECT_EQ(stream_.score(), 10);
}

}  // namespace
}  // namespace sluice::router
