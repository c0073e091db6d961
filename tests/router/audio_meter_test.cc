#include "router/audio_meter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace sluice::router {
namespace {

constexpr ProducerHandle kProducer(7);
constexpr uint32_t kMs = 48;  // RTP units.

std::vector<int> Slots(const AudioLevels& levels) {
  return {levels.slots.begin(), levels.slots.begin() + levels.slot_count};
}

class AudioMeterTest : public ::testing::Test {
 protected:
  // Packets of `length` ms, one after the other.
  void Hear(int packets, uint32_t length, uint8_t level) {
    for (int i = 0; i < packets; ++i) meter_.HandlePacket(time_ += length * kMs, level);
  }
  AudioLevels Take() { return meter_.Take(kProducer).value_or(AudioLevels()); }

  AudioMeter meter_{48'000};
  uint32_t time_ = 0xffff'fe00;  // Wraps soon.
};

TEST_F(AudioMeterTest, HasNothingToReportUnlessItHeardSomething) {
  EXPECT_FALSE(meter_.Take(kProducer));
  Hear(1, 20, 30);
  EXPECT_EQ(meter_.Take(kProducer)->producer, kProducer);
  EXPECT_FALSE(meter_.Take(kProducer));
}

TEST_F(AudioMeterTest, APacketOf20MsIsASlot) {
  Hear(3, 20, 30);
  Hear(2, 20, 60);
  AudioLevels levels = Take();
  EXPECT_EQ(Slots(levels), (std::vector<int>{30, 30, 30, 60, 60}));
  EXPECT_EQ(levels.packets, 5u);
  EXPECT_EQ(levels.samples, 5u);
  EXPECT_EQ(levels.level_sum, 210u);
}

TEST_F(AudioMeterTest, LongPacketsAreManySlotsAndShortOnesPartsOfOne) {
  Hear(1, 20, 1);
  Hear(1, 60, 30);
  EXPECT_EQ(Slots(Take()), (std::vector<int>{1, 30, 30, 30}));
  Hear(6, 10, 40);
  EXPECT_EQ(Slots(Take()), (std::vector<int>{40, 40, 40}));
  Hear(1, 30, 50);
  Hear(1, 30, 60);
  EXPECT_EQ(Slots(Take()), (std::vector<int>{50, 60, 60}));
}

TEST_F(AudioMeterTest, APauseIsSilenceButNotHeard) {
  Hear(1, 20, 30);
  Hear(1, 200, 30);  // Opus has no longer packet than 120 ms.
  AudioLevels levels = Take();
  EXPECT_EQ(Slots(levels), (std::vector<int>{30, 127, 127, 127, 127, 30, 30, 30, 30, 30, 30}));
  EXPECT_EQ(levels.samples, 7u);
  EXPECT_EQ(levels.level_sum, 210u);
}

TEST_F(AudioMeterTest, LongSilenceAndManyPacketsKeepTheLatest) {
  Hear(1, 20, 30);
  Hear(1, 3'600'000, 40);
  EXPECT_EQ(Slots(Take()).size(), AudioLevels::kMaxSlots);
  for (uint8_t i = 0; i < 40; ++i) Hear(1, 20, i);
  AudioLevels levels = Take();
  std::vector<int> slots = Slots(levels);
  EXPECT_EQ(slots.front(), 24);
  EXPECT_EQ(slots.back(), 39);
  EXPECT_EQ(levels.samples, 40u);
}

TEST_F(AudioMeterTest, LatePacketsAreNotHeard) {
  Hear(5, 20, 30);
  meter_.HandlePacket(time_, 1);
  meter_.HandlePacket(time_ - 20 * kMs, 1);
  EXPECT_EQ(Take().packets, 5u);
}

TEST_F(AudioMeterTest, GoesOnWhenThePublisherBeginsAnew) {
  Hear(5, 20, 30);
  Take();
  time_ -= 2'000 * kMs;
  Hear(2, 20, 40);
  EXPECT_EQ(Slots(Take()), (std::vector<int>{40, 40}));
}

TEST_F(AudioMeterTest, TakesAnyClockRate) {
  for (uint32_t rate : {0u, 1u, 8'000u, 0xffff'ffffu}) {
    AudioMeter meter(rate);
    for (uint32_t i = 0; i < 10; ++i) meter.HandlePacket(i * 160, 30);
    EXPECT_GT(meter.Take(kProducer)->samples, 0u) << rate;
  }
}

}  // namespace
}  // namespace sluice::router
