#include "rtp/congestion/probe.h"

#include <gtest/gtest.h>

namespace sluice::rtp::congestion {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(100);

// Packets of 1,000 octets, sent and received at these intervals.
ProbeMeasurement Measured(int packets, TimeDelta sent_every, TimeDelta received_every,
                          int64_t probe_bytes = 5'000) {
  ProbeMeasurement measurement;
  measurement.Start({.id = 1, .rate = DataRate::KilobitsPerSec(4'000), .size = DataSize::Bytes(probe_bytes)});
  for (int i = 0; i < packets; ++i) {
    AckedPacket packet;
    packet.sent = kStart + sent_every * i;
    packet.arrival = kStart + received_every * i;
    packet.size = 1'000;
    measurement.HandleAcked(packet);
  }
  return measurement;
}

TEST(ProbeMeasurementTest, MeasuresHowFastItWasSentAndReceived) {
  ProbeMeasurement measurement = Measured(5, TimeDelta::Millis(2), TimeDelta::Millis(4));
  EXPECT_TRUE(measurement.complete());
  ASSERT_TRUE(measurement.Measure());
  EXPECT_EQ(measurement.Measure()->sent.bps(), 4'000'000);
  EXPECT_EQ(measurement.Measure()->received.bps(), 2'000'000);
}

TEST(ProbeMeasurementTest, SaysNothingFromTooFewPackets) {
  EXPECT_FALSE(Measured(3, TimeDelta::Millis(2), TimeDelta::Millis(2), 3'000).Measure());
  ProbeMeasurement half = Measured(5, TimeDelta::Millis(2), TimeDelta::Millis(2), 10'000);
  EXPECT_FALSE(half.complete());
  EXPECT_FALSE(half.Measure());
}

TEST(ProbeMeasurementTest, ArrivalAllAtOnceProvesNoMoreThanWasSent) {
  auto rates = Measured(5, TimeDelta::Millis(2), TimeDelta::Zero()).Measure();
  ASSERT_TRUE(rates);
  EXPECT_EQ(rates->received, rates->sent);
}

TEST(ProbeMeasurementTest, AbsurdTimesProveNothing) {
  EXPECT_FALSE(Measured(5, TimeDelta::Zero(), TimeDelta::Millis(2)).Measure());
  EXPECT_FALSE(Measured(5, TimeDelta::Seconds(1), TimeDelta::Millis(2)).Measure());
  EXPECT_FALSE(Measured(5, TimeDelta::Millis(2), TimeDelta::Seconds(2)).Measure());
}

}  // namespace
}  // namespace sluice::rtp::congestion
