#include "rtp/transport_feedback_sender.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/transport_feedback.h"
#include "tests/sim/simulation.h"

namespace sluice::rtp {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(1'000);
constexpr Ssrc kOurs(1);
constexpr Ssrc kMedia(2);

class TransportFeedbackSenderTest : public testing::Test {
 protected:
  // What the peer learns from one feedback: the sequences in order, and whether they were received.
  struct Heard {
    uint16_t base = 0;
    uint8_t number = 0;
    std::map<uint16_t, bool> received;
    size_t packets = 0;
  };

  std::optional<Heard> Build(Timestamp now, size_t capacity = rtcp::CompoundWriter::kMaxSize) {
    rtcp::CompoundWriter writer{MutableBytes(buffer_).first(capacity)};
    if (!sender_.BuildFeedback(now, kMedia, kOurs, writer)) return std::nullopt;
    std::optional<rtcp::CompoundReader> reader = rtcp::CompoundReader::Parse(writer.bytes());
    std::optional<rtcp::TransportFeedback> feedback = rtcp::TransportFeedback::Parse(*reader->Next());
    EXPECT_TRUE(feedback);
    EXPECT_EQ(feedback->sender(), kOurs);
    EXPECT_EQ(feedback->media(), kMedia);
    Heard heard{feedback->base_sequence(), feedback->feedback_number(), {}, feedback->packet_count()};
    feedback->ForEachPacket([&](const auto& packet) { heard.received[packet.sequence] = packet.received; });
    return heard;
  }

  void Receive(int from, int to, Timestamp at = kStart) {
    for (int i = from; i < to; ++i) sender_.HandlePacket(at, static_cast<uint16_t>(i), bytes_);
  }

  size_t bytes_ = 1'000;  // Of each packet received.
  TransportFeedbackSender sender_;
  std::array<uint8_t, rtcp::CompoundWriter::kMaxSize> buffer_;
};

TEST_F(TransportFeedbackSenderTest, HasNothingToSayAtFirst) {
  EXPECT_TRUE(sender_.NextTimeout().IsNever());
  EXPECT_FALSE(Build(kStart));
}

TEST_F(TransportFeedbackSenderTest, ReportsTheFirstPacketAtOnceAndThenAtIntervals) {
  Receive(10, 11);
  EXPECT_EQ(sender_.NextTimeout(), kStart);
  ASSERT_TRUE(Build(kStart));
  EXPECT_TRUE(sender_.NextTimeout().IsNever());
  Receive(11, 12, kStart + TimeDelta::Millis(20));
  EXPECT_EQ(sender_.NextTimeout(), kStart + sender_.interval());
  Receive(12, 13, kStart + TimeDelta::Millis(40));
  EXPECT_EQ(sender_.NextTimeout(), kStart + sender_.interval());
}

// Ten seconds of a packet of `bytes_` every `spacing`: how much feedback was sent, and how often.
TEST_F(TransportFeedbackSenderTest, TakesNoMoreThanItsShareOfTheRate) {
  struct Case {
    size_t bytes;
    TimeDelta spacing;
    TimeDelta expected;
  };
  for (const Case& c : {Case{1'200, TimeDelta::Millis(1), TransportFeedbackSender::kMinInterval},
                        Case{1'200, TimeDelta::Millis(4), TransportFeedbackSender::kMinInterval},
                        Case{100, TimeDelta::Millis(100), TransportFeedbackSender::kMaxInterval}}) {
    sender_ = TransportFeedbackSender();
    bytes_ = c.bytes;
    int feedbacks = 0;
    Timestamp now = kStart;
    for (int i = 0; now < kStart + TimeDelta::Seconds(10); ++i, now += c.spacing) {
      Receive(i, i + 1, now);
      for (; sender_.NextTimeout() <= now; ++feedbacks) ASSERT_TRUE(Build(now));
    }
    EXPECT_EQ(sender_.interval(), c.expected) << c.bytes;
    EXPECT_NEAR(feedbacks, TimeDelta::Seconds(10).us() / c.expected.us(), 80) << c.bytes;
  }
}

TEST_F(TransportFeedbackSenderTest, SpendsTheShareBetweenTheLimits) {
  bytes_ = 160;  // 64 kbit/s: 3,200 bits a second of feedback, of some 70 octets each.
  for (int i = 0; i < 500; ++i) {
    const Timestamp now = kStart + TimeDelta::Millis(20 * i);
    Receive(i, i + 1, now);
    if (sender_.NextTimeout() <= now) ASSERT_TRUE(Build(now));
  }
  EXPECT_GT(sender_.interval(), TimeDelta::Millis(130));
  EXPECT_LT(sender_.interval(), TransportFeedbackSender::kMaxInterval);
}

TEST_F(TransportFeedbackSenderTest, ReportsLossBetweenAndBeforeWhatArrived) {
  Receive(10, 11);
  ASSERT_TRUE(Build(kStart));
  Receive(12, 13);
  Receive(14, 15);
  std::optional<Heard> heard = Build(kStart);
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->received, (std::map<uint16_t, bool>{{11, false}, {12, true}, {13, false}, {14, true}}));
}

TEST_F(TransportFeedbackSenderTest, CountsItsFeedback) {
  for (int i = 0; i < 300; ++i) {
    Receive(i, i + 1);
    EXPECT_EQ(Build(kStart)->number, static_cast<uint8_t>(i));
  }
}

TEST_F(TransportFeedbackSenderTest, CrossesTheWrap) {
  Receive(65'530, 65'536);
  Receive(0, 5);
  std::optional<Heard> heard = Build(kStart);
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->base, 65'530);
  EXPECT_EQ(heard->packets, 11u);
}

TEST_F(TransportFeedbackSenderTest, PacketThatComesLateIsReportedAfterAll) {
  Receive(10, 12);
  Receive(13, 20);
  ASSERT_TRUE(Build(kStart));
  EXPECT_TRUE(sender_.NextTimeout().IsNever());
  Receive(12, 13, kStart + TimeDelta::Millis(50));
  std::optional<Heard> heard = Build(kStart + TimeDelta::Millis(100));
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->base, 12);
  EXPECT_EQ(heard->received[12], true);
}

TEST_F(TransportFeedbackSenderTest, DuplicateIsNoNews) {
  Receive(10, 20);
  ASSERT_TRUE(Build(kStart));
  Receive(10, 20);
  EXPECT_TRUE(sender_.NextTimeout().IsNever());
}

TEST_F(TransportFeedbackSenderTest, PacketBeforeTheFirstOneCounts) {
  Receive(10, 11);
  Receive(8, 9);
  std::optional<Heard> heard = Build(kStart);
  EXPECT_EQ(heard->received, (std::map<uint16_t, bool>{{8, true}, {9, false}, {10, true}}));
}

TEST_F(TransportFeedbackSenderTest, FarTooLatePacketIsNotReported) {
  Receive(2'000, 2'001);
  ASSERT_TRUE(Build(kStart));
  Receive(900, 901);
  EXPECT_TRUE(sender_.NextTimeout().IsNever());
}

TEST_F(TransportFeedbackSenderTest, CountThatStartsOverIsFollowed) {
  Receive(30'000, 30'010);
  ASSERT_TRUE(Build(kStart));
  Receive(5, 8);  // The first of them is not believed.
  std::optional<Heard> heard = Build(kStart);
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->received, (std::map<uint16_t, bool>{{6, true}, {7, true}}));
}

TEST_F(TransportFeedbackSenderTest, BurstIsSplitOverDatagrams) {
  for (int i = 0; i < 5'000; ++i) {
    sender_.HandlePacket(kStart + TimeDelta::Micros(10 * i), static_cast<uint16_t>(i), bytes_);
  }
  Timestamp now = kStart + TimeDelta::Millis(100);
  std::map<uint16_t, bool> received;
  int datagrams = 0;
  for (; sender_.NextTimeout() <= now && datagrams < 100; ++datagrams) {
    std::optional<Heard> heard = Build(now);
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->base, received.size());
    received.merge(heard->received);
  }
  EXPECT_EQ(received.size(), 5'000u);
  EXPECT_GE(datagrams, 4);
  EXPECT_LE(datagrams, 6);
}

TEST_F(TransportFeedbackSenderTest, RoomForNoPacketLosesNothing) {
  Receive(10, 11);
  EXPECT_FALSE(Build(kStart, /*capacity=*/20));
  EXPECT_TRUE(sender_.NextTimeout() <= kStart);
  EXPECT_EQ(Build(kStart)->packets, 1u);
}

TEST_F(TransportFeedbackSenderTest, WhatExceedsTheRingIsForgotten) {
  Receive(0, 20'000);  // Never asked meanwhile.
  size_t reported = 0;
  while (std::optional<Heard> heard = Build(kStart)) reported += heard->packets;
  EXPECT_GT(reported, 0u);
  EXPECT_LE(reported, TransportFeedbackSender::kMaxPackets);
}

TEST_F(TransportFeedbackSenderTest, JumpBeyondTheRingStartsAnew) {
  Receive(0, 10);
  Receive(20'000, 20'003);
  std::optional<Heard> heard = Build(kStart);
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->base, 20'000);
  EXPECT_EQ(heard->packets, 3u);
}

// Over minutes of loss, reordering and duplication the peer hears of every packet that arrived, and of no
// other.
TEST_F(TransportFeedbackSenderTest, TellsExactlyWhatArrived) {
  sim::Simulation sim(3);
  std::map<int64_t, bool> truth;
  std::map<int64_t, bool> told;
  SequenceUnwrapper unwrapper;
  int64_t sent = 0;
  constexpr int64_t kTotal = 150'000;
  auto build = [&] {
    while (sender_.NextTimeout() <= sim.now()) {
      std::optional<Heard> heard = Build(sim.now());
      ASSERT_TRUE(heard);
      int64_t sequence = unwrapper.Unwrap(heard->base);
      for (size_t i = 0; i < heard->packets; ++i, ++sequence) {
        told[sequence] |= heard->received[static_cast<uint16_t>(sequence)];
      }
    }
  };
  std::function<void()> send = [&] {
    int64_t sequence = sent++;
    for (int copies = sim.Chance(0.02) ? 2 : 1; copies > 0; --copies) {
      if (sim.Chance(0.05)) continue;
      truth[sequence] = true;
      TimeDelta delay = TimeDelta::Micros(static_cast<int64_t>(sim.random()() % 150'000));
      sim.After(delay,
                [&, sequence] { sender_.HandlePacket(sim.now(), static_cast<uint16_t>(sequence), bytes_); });
    }
    if (sent < kTotal) sim.After(TimeDelta::Micros(800), send);
  };
  std::function<void()> poll = [&] {
    build();
    sim.After(TimeDelta::Millis(5), poll);
  };
  send();
  poll();
  sim.RunFor(TimeDelta::Seconds(122));
  std::erase_if(told, [](const auto& entry) { return !entry.second; });
  EXPECT_EQ(told, truth);
}

}  // namespace
}  // namespace sluice::rtp
