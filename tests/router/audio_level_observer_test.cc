#include "router/audio_level_observer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace sluice::router {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr ProducerHandle kAnn(1), kBob(2), kCid(3);

// "1:-30 2:-40", "silence"
std::string TextOf(const AudioObserver::Output& output) {
  const auto* volumes = std::get_if<AudioObserver::Volumes>(&output);
  if (!volumes) return "silence";
  std::string text;
  for (const AudioObserver::Volume& entry : volumes->entries) {
    text += text.empty() ? "" : " ";
    text += std::to_string(entry.producer.value()) + ":" + std::to_string(entry.volume);
  }
  return text;
}

class AudioLevelObserverTest : public ::testing::Test {
 protected:
  void Start(const AudioLevelObserver::Options& options) {
    observer_.emplace(now_, options);
    for (ProducerHandle producer : {kAnn, kBob, kCid}) observer_->AddProducer(now_, producer);
  }
  void Hear(ProducerHandle producer, uint8_t level, uint32_t samples = 50) {
    observer_->HandleLevels(
        now_, {.producer = producer, .packets = samples, .samples = samples, .level_sum = samples * level});
  }
  // What is told in the next `time`.
  std::vector<std::string> Wait(TimeDelta time = TimeDelta::Millis(1000)) {
    std::vector<std::string> told;
    const Timestamp end = now_ + time;
    while (true) {
      while (auto output = observer_->Poll()) told.push_back(TextOf(*output));
      if (observer_->NextTimeout() > end) break;
      now_ = observer_->NextTimeout();
      observer_->HandleTimeout(now_);
    }
    now_ = end;
    return told;
  }

  Timestamp now_ = Timestamp::Seconds(1'000);
  std::optional<AudioLevelObserver> observer_;
};

TEST_F(AudioLevelObserverTest, TellsTheLoudestFirst) {
  Start({.max_entries = 2});
  Hear(kAnn, 50);
  Hear(kBob, 30);
  Hear(kCid, 40);
  EXPECT_THAT(Wait(), ElementsAre("2:-30 3:-40"));
}

TEST_F(AudioLevelObserverTest, TellsOneByDefault) {
  Start({});
  Hear(kAnn, 50);
  Hear(kBob, 30);
  EXPECT_THAT(Wait(), ElementsAre("2:-30"));
}

TEST_F(AudioLevelObserverTest, TellsTheMeanOfTheIntervalRounded) {
  Start({});
  Hear(kAnn, 30, 30);
  Hear(kAnn, 41, 10);
  EXPECT_THAT(Wait(), ElementsAre("1:-33"));
  Hear(kAnn, 60);
  EXPECT_THAT(Wait(), ElementsAre("1:-60"));
}

TEST_F(AudioLevelObserverTest, LeavesOutWhoIsBelowTheThreshold) {
  Start({.max_entries = 3, .threshold = -60});
  Hear(kAnn, 61);
  Hear(kBob, 60);
  EXPECT_THAT(Wait(), ElementsAre("2:-60"));
}

TEST_F(AudioLevelObserverTest, LeavesOutWhoWasHardlyHeard) {
  Start({.max_entries = 3});
  Hear(kAnn, 10, 9);
  Hear(kBob, 20, 10);
  EXPECT_THAT(Wait(), ElementsAre("2:-20"));
}

TEST_F(AudioLevelObserverTest, TellsOfSilenceOnceAndNotBeforeAnySound) {
  Start({});
  EXPECT_THAT(Wait(TimeDelta::Seconds(5)), IsEmpty());
  Hear(kAnn, 30);
  EXPECT_THAT(Wait(TimeDelta::Seconds(5)), ElementsAre("1:-30", "silence"));
  Hear(kAnn, 127);
  EXPECT_THAT(Wait(TimeDelta::Seconds(5)), IsEmpty());
}

TEST_F(AudioLevelObserverTest, KeepsTheInterval) {
  Start({.interval = TimeDelta::Millis(250)});
  Hear(kAnn, 30, 12);
  EXPECT_THAT(Wait(TimeDelta::Millis(249)), IsEmpty());
  EXPECT_THAT(Wait(TimeDelta::Millis(1)), ElementsAre("1:-30"));
}

TEST_F(AudioLevelObserverTest, HearsOnlyWhoWasAdded) {
  Start({.max_entries = 9});
  observer_->RemoveProducer(now_, kBob);
  observer_->RemoveProducer(now_, kBob);
  Hear(kBob, 10);
  Hear(ProducerHandle(99), 10);
  Hear(kAnn, 30);
  observer_->AddProducer(now_, kAnn);  // Once more: nothing is forgotten.
  EXPECT_THAT(Wait(), ElementsAre("1:-30"));
}

TEST_F(AudioLevelObserverTest, PausedIsSilentAndHearsNothing) {
  Start({});
  Hear(kAnn, 30);
  EXPECT_THAT(Wait(), ElementsAre("1:-30"));
  Hear(kAnn, 30);
  observer_->Pause(now_);
  observer_->Pause(now_);
  EXPECT_TRUE(observer_->NextTimeout().IsNever());
  EXPECT_THAT(Wait(TimeDelta::Seconds(10)), ElementsAre("silence"));
  Hear(kAnn, 30);
  observer_->Resume(now_);
  EXPECT_THAT(Wait(TimeDelta::Seconds(10)), IsEmpty());
  observer_->Resume(now_);
  Hear(kBob, 30);
  EXPECT_THAT(Wait(), ElementsAre("2:-30"));
}

}  // namespace
}  // namespace sluice::router
