#include "router/active_speaker_observer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <variant>
#include <vector>

#include "tests/sim/simulation.h"

namespace sluice::router {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr ProducerHandle kAnn(1), kBob(2), kCid(3);

// People with microphones in rooms of their own, of which some speak, in virtual time.
class Meeting {
 public:
  explicit Meeting(uint64_t seed, int people = 3) : sim_(seed), observer_(sim_.now(), {}) {
    for (int i = 1; i <= people; ++i) Join(ProducerHandle(static_cast<uint32_t>(i)));
    Tick();
  }

  void Join(ProducerHandle who) {
    speaking_[who] = false;
    observer_.AddProducer(sim_.now(), who);
  }
  void Speak(ProducerHandle who) { speaking_.at(who) = true; }
  void BeQuiet(ProducerHandle who) { speaking_.at(who) = false; }
  void Leave(ProducerHandle who) {
    speaking_.erase(who);
    observer_.RemoveProducer(sim_.now(), who);
    Drain();
  }
  // Sends nothing any more, as with DTX.
  void FallSilent(ProducerHandle who) { speaking_.erase(who); }

  // Who became dominant in that time.
  std::vector<uint32_t> Run(TimeDelta time) {
    told_.clear();
    sim_.RunFor(time);
    return told_;
  }

  ActiveSpeakerObserver& observer() { return observer_; }
  Timestamp now() const { return sim_.now(); }

 private:
  static constexpr TimeDelta kReport = TimeDelta::Millis(100);

  // Words of some 300 ms with short gaps, at -25 to -45 dBov, over a noise of -75 to -80 dBov.
  uint8_t LevelOf(bool speaks) {
    bool word = speaks && sim_.now().ms() % 400 < 340;
    return static_cast<uint8_t>(word ? 25 + sim_.random()() % 20 : 75 + sim_.random()() % 5);
  }
  void Tick() {
    for (const auto& [who, speaks] : speaking_) {
      AudioLevels levels{.producer = who, .packets = 5, .samples = 5, .slot_count = 5};
      for (int i = 0; i < 5; ++i) levels.slots[i] = LevelOf(speaks);
      observer_.HandleLevels(sim_.now(), levels);
    }
    observer_.HandleTimeout(sim_.now());
    Drain();
    sim_.After(kReport, [this] { Tick(); });
  }
  void Drain() {
    while (auto output = observer_.Poll()) {
      told_.push_back(std::get<AudioObserver::DominantSpeaker>(*output).producer.value());
    }
  }

  sim::Simulation sim_;
  ActiveSpeakerObserver observer_;
  std::map<ProducerHandle, bool> speaking_;
  std::vector<uint32_t> told_;
};

class ActiveSpeakerObserverTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(ActiveSpeakerObserverTest, WhereNobodySpeaksTheFirstIsShown) {
  Meeting meeting(GetParam());
  EXPECT_THAT(meeting.Run(TimeDelta::Seconds(60)), ElementsAre(1));
}

TEST_P(ActiveSpeakerObserverTest, TheOneWhoSpeaksTakesOverWithinASecondAndKeepsIt) {
  Meeting meeting(GetParam());
  meeting.Run(TimeDelta::Seconds(5));
  meeting.Speak(kBob);
  EXPECT_THAT(meeting.Run(TimeDelta::Millis(1'000)), ElementsAre(2));
  EXPECT_THAT(meeting.Run(TimeDelta::Seconds(10)), IsEmpty());
  meeting.BeQuiet(kBob);
  EXPECT_THAT(meeting.Run(TimeDelta::Seconds(10)), IsEmpty());
}

TEST_P(ActiveSpeakerObserverTest, AnInterjectionDoesNotInterrupt) {
  Meeting meeting(GetParam());
  meeting.Speak(kAnn);
  meeting.Run(TimeDelta::Seconds(5));
  for (int i = 0; i < 20; ++i) {
    meeting.Speak(kBob);
    EXPECT_THAT(meeting.Run(TimeDelta::Millis(200)), IsEmpty());
    meeting.BeQuiet(kBob);
    EXPECT_THAT(meeting.Run(TimeDelta::Millis(1'400)), IsEmpty());
  }
}

TEST_P(ActiveSpeakerObserverTest, ADialogueGoesBackAndForth) {
  Meeting meeting(GetParam());
  meeting.Run(TimeDelta::Seconds(3));
  for (int turn = 0; turn < 20; ++turn) {
    ProducerHandle speaker = turn % 2 == 0 ? kBob : kCid;
    meeting.Speak(speaker);
    EXPECT_THAT(meeting.Run(TimeDelta::Seconds(3)), ElementsAre(speaker.value())) << turn;
    meeting.BeQuiet(speaker);
    EXPECT_THAT(meeting.Run(TimeDelta::Millis(300)), IsEmpty());
  }
}

TEST_P(ActiveSpeakerObserverTest, WhoStopsSendingIsSilent) {
  Meeting meeting(GetParam());
  meeting.Speak(kBob);
  EXPECT_THAT(meeting.Run(TimeDelta::Seconds(3)), ElementsAre(2));
  meeting.FallSilent(kBob);
  meeting.Speak(kCid);
  EXPECT_THAT(meeting.Run(TimeDelta::Seconds(3)), ElementsAre(3));
}

TEST_P(ActiveSpeakerObserverTest, WhenTheSpeakerLeavesAnotherIsShownAtOnce) {
  Meeting meeting(GetParam());
  meeting.Speak(kBob);
  meeting.Run(TimeDelta::Seconds(3));
  meeting.Leave(kBob);
  EXPECT_THAT(meeting.Run(TimeDelta::Zero()), IsEmpty());  // Told already.
  EXPECT_THAT(meeting.Run(TimeDelta::Seconds(3)), IsEmpty());
  meeting.Leave(kAnn);
  meeting.Leave(kCid);
  EXPECT_THAT(meeting.Run(TimeDelta::Seconds(3)), IsEmpty());
  meeting.Join(ProducerHandle(4));
  EXPECT_THAT(meeting.Run(TimeDelta::Seconds(1)), ElementsAre(4));
}

TEST_P(ActiveSpeakerObserverTest, AmongHundredsTheOneWhoSpeaksIsFound) {
  Meeting meeting(GetParam(), 300);
  meeting.Run(TimeDelta::Seconds(2));
  for (uint32_t who : {250u, 17u, 299u, 1u}) {
    meeting.Speak(ProducerHandle(who));
    EXPECT_THAT(meeting.Run(TimeDelta::Seconds(2)), ElementsAre(who));
    meeting.BeQuiet(ProducerHandle(who));
    meeting.Run(TimeDelta::Millis(500));
  }
}

TEST_P(ActiveSpeakerObserverTest, PausedItTellsNothing) {
  Meeting meeting(GetParam());
  meeting.observer().Pause(meeting.now());
  EXPECT_TRUE(meeting.observer().NextTimeout().IsNever());
  meeting.Speak(kBob);
  EXPECT_THAT(meeting.Run(TimeDelta::Seconds(5)), IsEmpty());
  meeting.observer().Resume(meeting.now());
  EXPECT_THAT(meeting.Run(TimeDelta::Seconds(2)), ElementsAre(2));
}

INSTANTIATE_TEST_SUITE_P(Seeds, ActiveSpeakerObserverTest, ::testing::Range<uint64_t>(1, 5));

}  // namespace
}  // namespace sluice::router
