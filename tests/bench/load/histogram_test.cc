#include "bench/load/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace sluice::load {
namespace {

TimeDelta Us(int64_t us) { return TimeDelta::Micros(us); }

TEST(HistogramTest, IsExactForShortDurations) {
  Histogram histogram;
  for (int us = 1; us <= 50; ++us) histogram.Add(Us(us));
  EXPECT_EQ(histogram.Percentile(0.5), Us(25));
  EXPECT_EQ(histogram.Percentile(1), Us(50));
  EXPECT_EQ(histogram.Percentile(0), Us(1));
  EXPECT_EQ(histogram.count(), 50u);
}

TEST(HistogramTest, IsWithinAThirtySecondOfTheTruthOverSixDecades) {
  std::mt19937_64 random(1);
  std::vector<int64_t> values;
  Histogram histogram;
  for (int i = 0; i < 20'000; ++i) {
    const auto us = static_cast<int64_t>(random() >> (44 + random() % 18));
    values.push_back(us);
    histogram.Add(Us(us));
  }
  std::sort(values.begin(), values.end());
  for (double share : {0.01, 0.1, 0.5, 0.9, 0.99, 0.999}) {
    const int64_t truth = values[static_cast<size_t>(share * static_cast<double>(values.size())) - 1];
    const int64_t answer = histogram.Percentile(share).us();
    EXPECT_GE(answer, truth) << share;
    EXPECT_LE(answer, truth + truth / 32 + 1) << share;
  }
  EXPECT_EQ(histogram.max().us(), values.back());
}

TEST(HistogramTest, TakesWhatIsOutOfRange) {
  Histogram histogram;
  histogram.Add(Us(-5));
  EXPECT_EQ(histogram.Percentile(1), TimeDelta::Zero());
  histogram.Add(TimeDelta::Seconds(1'000'000));
  EXPECT_EQ(histogram.max(), TimeDelta::Seconds(1'000'000));
  EXPECT_EQ(histogram.count(), 2u);
}

TEST(HistogramTest, IsZeroWhileEmpty) { EXPECT_EQ(Histogram().Percentile(0.99), TimeDelta::Zero()); }

TEST(HistogramTest, MergesAsIfAllHadBeenAddedToOne) {
  Histogram one, two, both;
  for (int us = 0; us < 5'000; us += 7) {
    (us % 2 ? one : two).Add(Us(us));
    both.Add(Us(us));
  }
  one.Merge(two);
  EXPECT_EQ(one.count(), both.count());
  EXPECT_EQ(one.max(), both.max());
  for (double share : {0.1, 0.5, 0.99}) EXPECT_EQ(one.Percentile(share), both.Percentile(share));
}

}  // namespace
}  // namespace sluice::load
