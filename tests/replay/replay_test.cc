// What browsers really send, through the router, with layers switched at every position and a bad network:
// what a subscriber gets is a stream that its decoder takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/replay/replay_room.h"

namespace sluice::replay {
namespace {

using ::testing::IsEmpty;

// Sanitizers see the same code on fewer positions.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t kStride = 23;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr size_t kStride = 23;
#else
constexpr size_t kStride = 1;
#endif
#else
constexpr size_t kStride = 1;
#endif

const Golden& GoldenOf(const std::string& name) {
  static std::map<std::string, Golden> read;
  auto it = read.find(name);
  if (it == read.end()) it = read.emplace(name, ReadGolden(name)).first;
  return it->second;
}

struct Case {
  std::string name;
  bool descriptor = true;
};
void PrintTo(const Case& one, std::ostream* out) {
  *out << one.name << (one.descriptor ? "" : " without descriptor");
}

class ReplayTest : public ::testing::TestWithParam<Case> {
 protected:
  const Golden& golden() const { return GoldenOf(GetParam().name); }
  rtp::Layers Highest() const { return golden().highest; }
  ReplayRoom::Options Options() const { return {.descriptor = GetParam().descriptor}; }
  // Up, down and across.
  std::vector<std::pair<rtp::Layers, rtp::Layers>> Switches() const {
    const rtp::Layers highest = Highest(), lowest = {0, 0};
    std::vector<std::pair<rtp::Layers, rtp::Layers>> switches = {{lowest, highest}, {highest, lowest}};
    if (highest.spatial > 0 && highest.temporal > 0) {
      switches.push_back({{highest.spatial, 0}, {0, highest.temporal}});
      switches.push_back({{0, highest.temporal}, {1, 1}});
    }
    return switches;
  }
  static std::string Text(rtp::Layers layers) {
    return std::to_string(layers.spatial) + "." + std::to_string(layers.temporal);
  }
};

TEST_P(ReplayTest, TheBestLayersAreDecoded) {
  ReplayRoom room(&golden(), Options());
  const StreamReport report = room.Run();
  EXPECT_THAT(report.errors, IsEmpty());
  EXPECT_LE(report.unmarked, golden().unmarked() + report.abandoned);
  EXPECT_EQ(report.decodable, report.frames);
  EXPECT_GT(report.frames, 20);
  EXPECT_EQ(room.consumer().current_layers(), Highest());
}

TEST_P(ReplayTest, EachChoiceOfLayersIsDecodedAndNothingAboveIsSent) {
  for (uint8_t spatial = 0; spatial <= Highest().spatial; ++spatial) {
    for (uint8_t temporal = 0; temporal <= Highest().temporal; ++temporal) {
      ReplayRoom::Options options = Options();
      options.preferred = {spatial, temporal};
      ReplayRoom room(&golden(), options);
      const StreamReport report = room.Run();
      SCOPED_TRACE(Text(options.preferred));
      EXPECT_THAT(report.errors, IsEmpty());
      EXPECT_EQ(report.picture_gaps, 0);
      EXPECT_LE(report.unmarked, golden().unmarked() + report.abandoned);
      EXPECT_GT(report.decodable, 5);
      EXPECT_EQ(room.consumer().current_layers(), options.preferred);
      for (const auto& [layers, count] : report.decodable_by_layer) {
        if (!golden().simulcast()) EXPECT_LE(layers.first, spatial);
        EXPECT_LE(layers.second, temporal);
      }
    }
  }
}

TEST_P(ReplayTest, LayersAreSwitchedAtEveryPosition) {
  int failed = 0;
  for (const auto& [from, to] : Switches()) {
    for (size_t i = 1; i < golden().packets.size() && failed < 3; i += kStride) {
      ReplayRoom::Options options = Options();
      options.preferred = from;
      ReplayRoom room(&golden(), options);
      room.PreferAt(room.TimeOf(i), to);
      const StreamReport report = room.Run();
      EXPECT_THAT(report.errors, IsEmpty()) << Text(from) << " to " << Text(to) << " at packet " << i;
      EXPECT_EQ(report.picture_gaps, 0);
      EXPECT_LE(report.unmarked, golden().unmarked() + report.abandoned)
          << Text(from) << " to " << Text(to) << " at " << i;
      failed += report.errors.empty() ? 0 : 1;
    }
  }
}

TEST_P(ReplayTest, ABadNetworkIsRepairedUnderAnySwitches) {
  int failed = 0;
  for (uint64_t seed = 1; seed <= 40 && failed < 3; seed += kStride) {
    ReplayRoom::Options options = Options();
    options.seed = seed;
    options.up = {
        .delay = TimeDelta::Millis(10), .jitter = TimeDelta::Millis(25), .loss = 0.04, .duplication = 0.03};
    options.down = options.up;
    options.preferred = {0, 0};
    ReplayRoom room(&golden(), options);
    for (int ms = 50; ms < golden().duration().ms(); ms += 150) {
      const uint64_t choice = room.sim().random()();
      room.PreferAt(room.TimeOf(0) + TimeDelta::Millis(ms),
                    {static_cast<uint8_t>(choice % (Highest().spatial + 1u)),
                     static_cast<uint8_t>(choice / 8 % (Highest().temporal + 1u))});
    }
    const StreamReport report = room.Run();
    EXPECT_THAT(report.errors, IsEmpty()) << "seed " << seed;
    EXPECT_GT(report.decodable, 10) << "seed " << seed;
    failed += report.errors.empty() ? 0 : 1;
  }
}

TEST_P(ReplayTest, LossThatIsNotRepairedBreaksNoRule) {
  for (uint64_t seed = 1; seed <= 20; seed += kStride) {
    ReplayRoom::Options options = Options();
    options.seed = seed;
    options.up = {.loss = 0.05};
    options.down = {.loss = 0.05};
    options.repairs = false;
    ReplayRoom room(&golden(), options);
    room.PreferAt(room.TimeOf(golden().packets.size() / 3), {0, 0});
    room.PreferAt(room.TimeOf(golden().packets.size() * 2 / 3), Highest());
    EXPECT_THAT(room.Run().errors, IsEmpty()) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Chromium, ReplayTest,
    ::testing::Values(Case{"vp8_simulcast"}, Case{"vp8_simulcast", false}, Case{"vp8_l1t3"},
                      Case{"vp8_l1t3", false}, Case{"h264_simulcast"}, Case{"vp9_simulcast"},
                      Case{"vp9_simulcast", false}, Case{"vp9_l3t3"}, Case{"vp9_l3t3", false},
                      Case{"vp9_l3t3_key"}, Case{"vp9_l3t3_key", false}, Case{"av1_simulcast"},
                      Case{"av1_l1t1"}, Case{"av1_l1t2"}, Case{"av1_l1t3"}, Case{"av1_l2t1"},
                      Case{"av1_l2t2"}, Case{"av1_l2t3"}, Case{"av1_l3t1"}, Case{"av1_l3t2"},
                      Case{"av1_l3t3"}, Case{"av1_l3t3_key"}),
    [](const auto& info) { return info.param.name + (info.param.descriptor ? "" : "_without_descriptor"); });

}  // namespace
}  // namespace sluice::replay
