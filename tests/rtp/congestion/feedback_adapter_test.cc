#include "rtp/congestion/feedback_adapter.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/rtp/congestion/written_feedback.h"

namespace sluice::rtp::congestion {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(5'000);
constexpr Timestamp kTheirs = Timestamp::Seconds(77);  // The receiver's clock at kStart.

// A packet every 10 ms, 20 ms under way.
class FeedbackAdapterTest : public testing::Test {
 protected:
  struct Heard {
    std::vector<AckedPacket> acked;
    std::vector<SentPacket> lost;
    void HandleAcked(const AckedPacket& packet) { acked.push_back(packet); }
    void HandleLost(const SentPacket& packet) { lost.push_back(packet); }
  };

  static Timestamp SentAt(int64_t i) { return kStart + TimeDelta::Millis(10 * i); }
  static Timestamp ArrivalOf(int64_t i) { return kTheirs + TimeDelta::Millis(10 * i + 20); }
  void Send(int packets) {
    for (int i = 0; i < packets; ++i, ++sent_) adapter_.HandleSent({.sent = SentAt(sent_), .size = 1'000});
  }
  // Feedback on [from, to) without `missing`, as it would come in time.
  Heard Feed(int64_t from, int64_t to, const std::vector<int64_t>& missing = {}) {
    std::vector<std::optional<Timestamp>> arrivals;
    for (int64_t i = from; i < to; ++i) arrivals.push_back(ArrivalOf(i));
    for (int64_t i : missing) arrivals[static_cast<size_t>(i - from)].reset();
    return Feed(SentAt(to) + TimeDelta::Millis(40), WrittenFeedback(from, arrivals, number_++));
  }
  Heard Feed(Timestamp now, const WrittenFeedback& feedback) {
    Heard heard;
    result_ = adapter_.HandleFeedback(now, feedback.Parsed(), heard);
    return heard;
  }

  FeedbackAdapter adapter_;
  int64_t sent_ = 0;
  uint8_t number_ = 250;  // It wraps soon.
  std::optional<FeedbackAdapter::Result> result_;
};

TEST_F(FeedbackAdapterTest, TellsWhatArrivedAndWhen) {
  Send(5);
  Heard heard = Feed(0, 5);
  ASSERT_EQ(heard.acked.size(), 5u);
  EXPECT_EQ(heard.acked[3].sent, SentAt(3));
  EXPECT_EQ(heard.acked[3].size, 1'000);
  EXPECT_EQ(heard.acked[3].arrival - heard.acked[0].arrival, TimeDelta::Millis(30));
  EXPECT_EQ(adapter_.in_flight().bytes(), 0);
  EXPECT_FALSE(result_->clock_jumped);
}

TEST_F(FeedbackAdapterTest, ArrivalsOfDifferentFeedbacksCompare) {
  Send(5);
  Heard first = Feed(0, 5);
  Send(1'990);
  Heard later = Feed(1'990, 1'995);
  EXPECT_EQ(later.acked[0].arrival - first.acked[0].arrival, TimeDelta::Millis(19'900));
}

TEST_F(FeedbackAdapterTest, PacketIsLostOnceTheNextFeedbackDoesNotBringItEither) {
  Send(10);
  EXPECT_TRUE(Feed(0, 5, {2}).lost.empty());
  Heard heard = Feed(5, 10);
  ASSERT_EQ(heard.lost.size(), 1u);
  EXPECT_EQ(heard.lost[0].sent, SentAt(2));
  EXPECT_EQ(adapter_.counters().lost, 1);
}

TEST_F(FeedbackAdapterTest, PacketThatComesLateIsNotLost) {
  Send(10);
  Feed(0, 5, {2});
  Heard heard = Feed(2, 10);
  EXPECT_TRUE(heard.lost.empty());
  EXPECT_EQ(heard.acked.size(), 6u);
  EXPECT_EQ(adapter_.counters().repeated, 2);  // 3 and 4.
}

TEST_F(FeedbackAdapterTest, PacketsOfALostFeedbackAreGivenUpButNotLost) {
  Send(20);
  Feed(0, 5);
  ++number_;
  Feed(10, 15);
  Heard heard = Feed(15, 20);
  EXPECT_TRUE(heard.lost.empty());
  EXPECT_EQ(adapter_.counters().lost_feedbacks, 1);
  EXPECT_EQ(adapter_.in_flight().bytes(), 0);
}

TEST_F(FeedbackAdapterTest, SequencesWrap) {
  for (int round = 0; round < 700; ++round) {
    Send(100);
    ASSERT_EQ(Feed(sent_ - 100, sent_).acked.size(), 100u) << round;
  }
  EXPECT_EQ(adapter_.next_sequence(), 70'000 - 65'536);
}

TEST_F(FeedbackAdapterTest, FeedbackOnWhatWasNeverSentIsIgnored) {
  EXPECT_TRUE(Feed(0, 3).acked.empty());  // Or so long ago that it is forgotten: nothing tells.
  Send(5);
  EXPECT_TRUE(Feed(3, 6).acked.empty());
  EXPECT_FALSE(result_);
  EXPECT_EQ(adapter_.counters().never_sent, 1);
  EXPECT_EQ(adapter_.in_flight().bytes(), 5'000);
}

TEST_F(FeedbackAdapterTest, PacketsLongForgottenAreIgnored) {
  Send(10'000);
  EXPECT_TRUE(Feed(100, 200).acked.empty());
  EXPECT_EQ(adapter_.counters().forgotten, 100);
}

TEST_F(FeedbackAdapterTest, RepeatedFeedbackAcknowledgesNothingTwice) {
  Send(5);
  Feed(0, 5);
  --number_;
  EXPECT_TRUE(Feed(0, 5).acked.empty());
  EXPECT_EQ(adapter_.counters().repeated, 5);
}

TEST_F(FeedbackAdapterTest, ClockThatJumpsIsTold) {
  Send(10);
  Feed(0, 5);
  const Timestamp elsewhere = kTheirs + TimeDelta::Seconds(1'000);
  Heard heard = Feed(SentAt(10), WrittenFeedback(5, {elsewhere, elsewhere}, number_++));
  EXPECT_EQ(heard.acked.size(), 2u);
  EXPECT_TRUE(result_->clock_jumped);
  EXPECT_EQ(adapter_.counters().clock_jumps, 1);
}

TEST_F(FeedbackAdapterTest, ReferenceTimeWraps) {
  Send(4);
  const Timestamp before = Timestamp() + rtcp::TransportFeedback::kReferenceUnit * ((1 << 23) - 1);
  Heard first = Feed(SentAt(0), WrittenFeedback(0, {before}, number_++));
  Heard second = Feed(SentAt(20), WrittenFeedback(1, {before + TimeDelta::Millis(200)}, number_++));
  EXPECT_FALSE(result_->clock_jumped);
  EXPECT_EQ(second.acked[0].arrival - first.acked[0].arrival, TimeDelta::Millis(200));
}

TEST_F(FeedbackAdapterTest, FloodIsDroppedAndCounted) {
  Send(1'000);
  int heard = 0;
  for (int i = 0; i < 1'000; ++i) {
    Feed(SentAt(1'000), WrittenFeedback(i, {ArrivalOf(i)}, number_++));
    heard += result_ ? 1 : 0;
  }
  EXPECT_LE(heard, FeedbackAdapter::kMaxPerSecond);
  EXPECT_GE(heard, FeedbackAdapter::kMaxPerSecond - 1);
  EXPECT_EQ(adapter_.counters().flood, 1'000 - heard);
}

}  // namespace
}  // namespace sluice::rtp::congestion
