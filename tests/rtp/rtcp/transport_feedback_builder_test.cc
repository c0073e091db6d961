#include "rtp/rtcp/transport_feedback_builder.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "rtp/rtcp/transport_feedback.h"
#include "tests/rtp/rtcp/test_blocks.h"

namespace sluice::rtp::rtcp {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(1'000);
using Arrivals = std::map<int64_t, Timestamp>;

// Writes all of `sent`, which begin at `base`, in as many blocks as it takes; reads them back.
struct RoundTrip {
  RoundTrip(int64_t base, const Arrivals& sent, size_t room = CompoundWriter::kMaxSize) {
    auto next = sent.begin();
    while (next != sent.end() && blocks < 1'000) {
      TestDatagram datagram(room);
      TransportFeedbackBuilder builder(datagram.writer().PayloadRoom(), base, next->second);
      while (next != sent.end() && builder.AddReceived(next->first, next->second)) ++next;
      if (!builder.Write(datagram.writer(), Ssrc(1), Ssrc(2), static_cast<uint8_t>(blocks))) return;
      ReadBack(datagram.bytes(), base);
      base = builder.next_sequence();
      ++blocks;
    }
  }

  void ReadBack(Bytes datagram, int64_t base) {
    std::optional<TransportFeedback> feedback = ParseFirst<TransportFeedback>(datagram);
    ASSERT_TRUE(feedback);
    ASSERT_EQ(feedback->base_sequence(), static_cast<uint16_t>(base));
    chunk_bytes += datagram.size();
    feedback->ForEachPacket([&](const TransportFeedback::Packet& packet) {
      ASSERT_EQ(packet.sequence, static_cast<uint16_t>(base));
      if (packet.received) arrivals[base] = Timestamp() + feedback->reference_time() + packet.arrival;
      ++base;
    });
  }

  int blocks = 0;
  size_t chunk_bytes = 0;
  Arrivals arrivals;
};

// What 250 µs leave of a time.
Arrivals Rounded(const Arrivals& arrivals) {
  Arrivals rounded;
  for (auto [sequence, time] : arrivals) rounded[sequence] = Timestamp::Micros(time.us() / 250 * 250);
  return rounded;
}

TEST(TransportFeedbackBuilderTest, LongRunTakesOneChunk) {
  Arrivals arrivals;
  for (int i = 0; i < 1'000; ++i) arrivals[i] = kStart + TimeDelta::Millis(i);
  RoundTrip trip(0, arrivals);
  EXPECT_EQ(trip.blocks, 1);
  EXPECT_EQ(trip.chunk_bytes, 4u + 16 + 2 + 1'000 + 2);  // Header, fixed fields, chunk, deltas, padding.
  EXPECT_EQ(trip.arrivals, Rounded(arrivals));
}

TEST(TransportFeedbackBuilderTest, AlternatingLossTakesOneBitASymbol) {
  Arrivals arrivals;
  for (int i = 0; i < 140; i += 2) arrivals[i] = kStart + TimeDelta::Millis(i);
  RoundTrip trip(0, arrivals);
  EXPECT_EQ(trip.chunk_bytes, 4u + 16 + 2 * 10 + 70 + 2);
  EXPECT_EQ(trip.arrivals, Rounded(arrivals));
}

TEST(TransportFeedbackBuilderTest, LongGapsTakeRuns) {
  Arrivals arrivals = {{10, kStart}, {8'000, kStart}, {40'000, kStart + TimeDelta::Seconds(8)}};
  RoundTrip trip(10, arrivals);
  EXPECT_EQ(trip.blocks, 1);
  EXPECT_EQ(trip.arrivals, Rounded(arrivals));
  EXPECT_LT(trip.chunk_bytes, 60u);
}

TEST(TransportFeedbackBuilderTest, ReordersTakeNegativeDeltas) {
  Arrivals arrivals = {{1, kStart + TimeDelta::Millis(50)}, {2, kStart}, {3, kStart + TimeDelta::Millis(50)}};
  RoundTrip trip(1, arrivals);
  EXPECT_EQ(trip.blocks, 1);
  EXPECT_EQ(trip.arrivals, Rounded(arrivals));
}

TEST(TransportFeedbackBuilderTest, LossBeforeTheFirstReceivedIsReported) {
  TestDatagram datagram;
  TransportFeedbackBuilder builder(datagram.writer().PayloadRoom(), 100, kStart);
  ASSERT_TRUE(builder.AddReceived(103, kStart));
  ASSERT_TRUE(builder.Write(datagram.writer(), Ssrc(1), Ssrc(2), 0));
  std::optional<TransportFeedback> feedback = ParseFirst<TransportFeedback>(datagram.bytes());
  EXPECT_EQ(feedback->base_sequence(), 100);
  EXPECT_EQ(feedback->packet_count(), 4);
}

TEST(TransportFeedbackBuilderTest, GapsInTimeBeyondADeltaSplit) {
  Arrivals arrivals = {{1, kStart}, {2, kStart + TimeDelta::Seconds(9)}};
  RoundTrip trip(1, arrivals);
  EXPECT_EQ(trip.blocks, 2);
  EXPECT_EQ(trip.arrivals, Rounded(arrivals));
}

TEST(TransportFeedbackBuilderTest, OutOfOrderAdditionsAreRefused) {
  TransportFeedbackBuilder builder(1'000, 10, kStart);
  ASSERT_TRUE(builder.AddReceived(11, kStart));
  EXPECT_FALSE(builder.AddReceived(11, kStart));
  EXPECT_FALSE(builder.AddReceived(10, kStart));
  EXPECT_TRUE(builder.AddReceived(12, kStart));
  EXPECT_EQ(builder.next_sequence(), 13);
}

TEST(TransportFeedbackBuilderTest, CountBeyond16BitsIsRefused) {
  TransportFeedbackBuilder builder(1'000, 0, kStart);
  ASSERT_TRUE(builder.AddReceived(0, kStart));
  EXPECT_FALSE(builder.AddReceived(65'535, kStart));
  EXPECT_TRUE(builder.AddReceived(65'534, kStart));
}

TEST(TransportFeedbackBuilderTest, NothingIsWrittenWithoutAPacketOrRoom) {
  TestDatagram datagram;
  TransportFeedbackBuilder empty(1'000, 0, kStart);
  EXPECT_FALSE(empty.Write(datagram.writer(), Ssrc(1), Ssrc(2), 0));
  TransportFeedbackBuilder narrow(/*payload_room=*/18, 0, kStart);
  EXPECT_FALSE(narrow.AddReceived(0, kStart));
  TransportFeedbackBuilder larger(1'000, 0, kStart);
  ASSERT_TRUE(larger.AddReceived(0, kStart));
  TestDatagram small(/*capacity=*/20);
  EXPECT_FALSE(larger.Write(small.writer(), Ssrc(1), Ssrc(2), 0));
}

TEST(TransportFeedbackBuilderTest, TimesBeforeTheOriginWork) {
  Arrivals arrivals = {{1, Timestamp::Micros(-64'000 * 3 - 500)}, {2, Timestamp::Micros(-64'000)}};
  RoundTrip trip(1, arrivals);
  EXPECT_EQ(trip.arrivals, arrivals);
}

// Any pattern of loss, bursts, jitter, reordering and room reads back as it was.
TEST(TransportFeedbackBuilderTest, AnyPatternRoundTrips) {
  std::mt19937_64 random(7);
  auto below = [&](uint64_t n) { return static_cast<int64_t>(random() % n); };
  for (int run = 0; run < 500; ++run) {
    Arrivals arrivals;
    int64_t base = below(70'000);
    int64_t sequence = base + below(5);
    Timestamp time = kStart + TimeDelta::Micros(below(1'000'000'000));
    int64_t gap = 1 + below(20);
    int64_t jitter_us = 1 + below(run % 3 == 0 ? 2'000'000 : 60'000);
    for (int i = 0; i < 400; ++i) {
      arrivals[sequence] = time + TimeDelta::Micros(below(static_cast<uint64_t>(jitter_us)));
      bool burst_of_loss = below(100) == 0;
      sequence += 1 + (burst_of_loss ? below(1'000) : below(static_cast<uint64_t>(gap)));
      time += TimeDelta::Micros(below(10'000));
    }
    size_t room = 60 + static_cast<size_t>(below(CompoundWriter::kMaxSize - 60));
    RoundTrip trip(base, arrivals, room);
    ASSERT_EQ(trip.arrivals, Rounded(arrivals)) << "run " << run;
  }
}

}  // namespace
}  // namespace sluice::rtp::rtcp
