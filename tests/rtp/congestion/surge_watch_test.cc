#include "rtp/congestion/surge_watch.h"

#include <gtest/gtest.h>

namespace sluice::rtp::congestion {
namespace {

constexpr TimeDelta kAtRate = TimeDelta::Millis(4);

class SurgeWatchTest : public testing::Test {
 protected:
  // The next packet, sent 4 ms after the last, which waits `more` longer than that did.
  void Send(TimeDelta more) {
    sent_ += TimeDelta::Millis(4);
    wait_ += more;
    watch_.HandlePacket(sent_, sent_ + wait_, kAtRate);
  }

  Timestamp sent_ = Timestamp::Seconds(10);
  TimeDelta wait_ = TimeDelta::Millis(20);
  SurgeWatch watch_;
};

TEST_F(SurgeWatchTest, SteadyDelaysAreNotSuspicious) {
  for (int i = 0; i < 10; ++i) Send(TimeDelta::Zero());
  EXPECT_FALSE(watch_.suspicious(TimeDelta::Millis(1)));
}

TEST_F(SurgeWatchTest, PacketThatTakesMuchLongerThanAtTheRateIs) {
  Send(TimeDelta::Zero());
  Send(TimeDelta::Millis(12));
  EXPECT_TRUE(watch_.suspicious(TimeDelta::Millis(1)));
  EXPECT_FALSE(watch_.suspicious(TimeDelta::Millis(6)));
}

TEST_F(SurgeWatchTest, RiseThatIsOverIsForgotten) {
  Send(TimeDelta::Zero());
  Send(TimeDelta::Millis(12));
  Send(TimeDelta::Zero());
  EXPECT_FALSE(watch_.suspicious(TimeDelta::Millis(1)));
}

TEST_F(SurgeWatchTest, TheFirstPacketAfterAResetComparesWithNone) {
  Send(TimeDelta::Zero());
  watch_.Reset();
  Send(TimeDelta::Seconds(100));
  EXPECT_FALSE(watch_.suspicious(TimeDelta::Zero()));
}

}  // namespace
}  // namespace sluice::rtp::congestion
