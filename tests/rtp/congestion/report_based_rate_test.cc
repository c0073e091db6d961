#include "rtp/congestion/report_based_rate.h"

#include <gtest/gtest.h>

namespace sluice::rtp::congestion {
namespace {

constexpr DataRate kStart = DataRate::KilobitsPerSec(500);
constexpr TimeDelta kRoundTrip = TimeDelta::Millis(50);

class ReportBasedRateTest : public testing::Test {
 protected:
  // One report a second.
  void Report(int reports, uint8_t fraction_lost, double sent_of_rate = 1) {
    for (int i = 0; i < reports; ++i, now_ += TimeDelta::Seconds(1))
      rate_.HandleReport(now_, fraction_lost, kRoundTrip, rate_.rate() * sent_of_rate);
  }

  Timestamp now_ = Timestamp::Seconds(100);
  ReportBasedRate rate_{kStart};
};

TEST_F(ReportBasedRateTest, RisesWithoutLoss) {
  Report(11, 0);
  EXPECT_NEAR(rate_.rate() / kStart, 2.16, 0.05);
}

TEST_F(ReportBasedRateTest, HoldsAtALittleLoss) {
  Report(10, 13);
  EXPECT_EQ(rate_.rate(), kStart);
}

TEST_F(ReportBasedRateTest, FallsByHalfOfMuchLoss) {
  Report(1, 128);
  EXPECT_EQ(rate_.rate(), kStart * 0.75);
  rate_.HandleReport(now_ - TimeDelta::Millis(900), 128, kRoundTrip, kStart);  // The same loss again.
  EXPECT_EQ(rate_.rate(), kStart * 0.75);
}

TEST_F(ReportBasedRateTest, DoesNotRiseOnWhatWasNotSent) {
  Report(100, 0, 0.1);
  EXPECT_EQ(rate_.rate(), kStart);
}

TEST_F(ReportBasedRateTest, RembIsALimitWhateverItSays) {
  rate_.HandleRemb(DataRate::KilobitsPerSec(200));
  EXPECT_EQ(rate_.rate(), DataRate::KilobitsPerSec(200));
  rate_.HandleRemb(DataRate::Zero());
  EXPECT_TRUE(rate_.rate().IsZero());
  rate_.HandleRemb(DataRate::BitsPerSec(1'000'000'000'000'000'000));
  EXPECT_EQ(rate_.rate(), kStart);
}

}  // namespace
}  // namespace sluice::rtp::congestion
