#include "rtp/layer_rates.h"

#include <gmock/gmock.h>

#include <utility>
#include <vector>

namespace sluice::rtp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr Timestamp kStart = Timestamp::Seconds(1'000);

std::vector<std::pair<Layers, int64_t>> RatesOf(const LayerRates& rates, Timestamp now) {
  std::vector<std::pair<Layers, int64_t>> told;
  rates.ForEach(now, [&](Layers layers, DataRate rate) { told.emplace_back(layers, rate.bps()); });
  return told;
}

TEST(LayerRatesTest, AStreamWithoutLayersHasNone) {
  LayerRates rates;
  rates.Add(kStart, {}, 1'000);
  EXPECT_THAT(RatesOf(rates, kStart), IsEmpty());
}

TEST(LayerRatesTest, ALayerCountsThoseBelowItIn) {
  LayerRates rates;
  Timestamp now = kStart;
  for (int i = 0; i < 100; ++i, now += TimeDelta::Millis(20)) {
    rates.Add(now, {1, 1}, 4);  // The first packet of all tells that there are layers.
    rates.Add(now, {0, 0}, 1);
    rates.Add(now, {1, 0}, 2);
  }
  // 50 a second of each.
  EXPECT_THAT(RatesOf(rates, now - TimeDelta::Millis(20)),
              ElementsAre(Pair(Layers{0, 0}, 400), Pair(Layers{1, 0}, 1'200), Pair(Layers{1, 1}, 2'800)));
}

TEST(LayerRatesTest, ALayerThatHasStoppedIsLeftOut) {
  LayerRates rates;
  rates.Add(kStart, {0, 1}, 100);
  rates.Add(kStart + TimeDelta::Seconds(3), {0, 0}, 100);
  EXPECT_THAT(RatesOf(rates, kStart + TimeDelta::Seconds(3)),
              ElementsAre(Pair(Layers{0, 0}, ::testing::Gt(0))));
}

TEST(LayerRatesTest, LayersBeyondTheHighestCountAsIt) {
  LayerRates rates;
  rates.Add(kStart, {7, 7}, 100);
  EXPECT_THAT(RatesOf(rates, kStart), ElementsAre(Pair(LayerSet::kHighest, ::testing::Gt(0))));
}

}  // namespace
}  // namespace sluice::rtp
