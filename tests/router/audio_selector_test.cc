#include "router/audio_selector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "tests/sim/simulation.h"

namespace sluice::router {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr ProducerHandle kAnn(1), kBob(2), kCid(3), kDee(4);

// People with microphones of whom some speak, in virtual time. Levels are reported ten times a second, and at
// once when somebody begins.
class Meeting {
 public:
  Meeting(uint64_t seed, uint16_t limit, uint32_t people) : sim_(seed), selector_({.limit = limit}) {
    for (uint32_t i = 1; i <= people; ++i) Join(ProducerHandle(i));
    Drain();
    Tick();
  }

  void Join(ProducerHandle who) {
    speaking_[who] = std::nullopt;
    selector_.AddProducer(sim_.now(), who);
    Drain();
  }
  void Leave(ProducerHandle who) {
    speaking_.erase(who);
    selector_.RemoveProducer(sim_.now(), who);
    Drain();
  }
  // Words of some 300 ms with short gaps, about `level` loud, -dBov.
  void Speak(ProducerHandle who, uint8_t level = 30) {
    speaking_.at(who) = level;
    Report(who, 2);
    Drain();
  }
  void BeQuiet(ProducerHandle who) { speaking_.at(who) = std::nullopt; }
  void FallSilent(ProducerHandle who) { speaking_.erase(who); }
  // A click: one packet.
  void Click(ProducerHandle who) {
    AudioLevels levels{.producer = who, .packets = 1, .samples = 1, .slot_count = 1};
    levels.slots[0] = 60;
    selector_.HandleLevels(sim_.now(), levels);
    Drain();
  }
  void Run(TimeDelta time) { sim_.RunFor(time); }

  const std::vector<ProducerHandle>& selected() const { return selected_; }
  std::vector<ProducerHandle> heard() const {  // By somebody who says nothing himself.
    return {selected_.begin(), selected_.begin() + std::min<ptrdiff_t>(limit_, std::ssize(selected_))};
  }
  int TakeChanges() { return std::exchange(changes_, 0); }
  Timestamp next_timeout() const { return selector_.NextTimeout(); }
  Timestamp now() const { return sim_.now(); }

 private:
  static constexpr TimeDelta kReport = TimeDelta::Millis(100);

  void Report(ProducerHandle who, uint8_t slots) {
    AudioLevels levels{.producer = who, .packets = slots, .samples = slots, .slot_count = slots};
    const std::optional<uint8_t> level = speaking_.at(who);
    for (int i = 0; i < slots; ++i) {
      const bool word = level && (slots == 2 || (sim_.now().ms() + who.value() * 70) % 400 < 340);
      levels.slots[i] = static_cast<uint8_t>(word ? *level + sim_.random()() % 6 : 75 + sim_.random()() % 8);
    }
    selector_.HandleLevels(sim_.now(), levels);
  }
  void Tick() {
    for (const auto& [who, speaks] : speaking_) Report(who, 5);
    selector_.HandleTimeout(sim_.now());
    Drain();
    sim_.After(kReport, [this] { Tick(); });
  }
  void Drain() {
    while (auto output = selector_.Poll()) {
      auto selection = std::get<AudioObserver::Selection>(*std::move(output));
      selected_ = std::move(selection.producers);
      limit_ = selection.limit;
      ++changes_;
    }
  }

  sim::Simulation sim_;
  AudioSelector selector_;
  std::map<ProducerHandle, std::optional<uint8_t>> speaking_;
  std::vector<ProducerHandle> selected_;
  uint16_t limit_ = 0;
  int changes_ = 0;
};

class AudioSelectorTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(AudioSelectorTest, AllAreForwardedWhileThereIsRoom) {
  Meeting meeting(GetParam(), /*limit=*/3, /*people=*/4);
  EXPECT_THAT(meeting.selected(), UnorderedElementsAre(kAnn, kBob, kCid, kDee)) << "one more than the limit";
  meeting.Run(TimeDelta::Seconds(20));
  meeting.Leave(kBob);
  EXPECT_THAT(meeting.selected(), UnorderedElementsAre(kAnn, kCid, kDee));
}

TEST_P(AudioSelectorTest, WhoBeginsToSpeakIsHeardAtOnce) {
  Meeting meeting(GetParam(), 3, 200);
  meeting.Run(TimeDelta::Seconds(5));
  for (uint32_t i = 20; i < 200; i += 30) {
    meeting.Speak(ProducerHandle(i));
    EXPECT_THAT(meeting.heard(), Contains(ProducerHandle(i))) << "with its second packet";
    meeting.Run(TimeDelta::Seconds(4));
    meeting.BeQuiet(ProducerHandle(i));
    meeting.Run(TimeDelta::Seconds(2));
  }
}

TEST_P(AudioSelectorTest, AQuietRoomDoesNotFlap) {
  Meeting meeting(GetParam(), 3, 100);
  meeting.Run(TimeDelta::Seconds(5));
  meeting.TakeChanges();
  meeting.Run(TimeDelta::Seconds(60));
  EXPECT_EQ(meeting.TakeChanges(), 0);
}

TEST_P(AudioSelectorTest, ManyWhoAreAlikeDoNotTakeTurns) {
  Meeting meeting(GetParam(), 3, 50);
  for (uint32_t i = 1; i <= 10; ++i) meeting.Speak(ProducerHandle(i), 30);
  meeting.Run(TimeDelta::Seconds(5));
  meeting.TakeChanges();
  meeting.Run(TimeDelta::Seconds(60));
  EXPECT_LE(meeting.TakeChanges(), 12) << "a change in five seconds";
}

TEST_P(AudioSelectorTest, PausesBetweenSentencesCostNobodyHisPlace) {
  Meeting meeting(GetParam(), 2, 50);
  meeting.Speak(kAnn);
  meeting.Speak(kBob);
  meeting.Run(TimeDelta::Seconds(3));
  for (int i = 0; i < 10; ++i) {
    meeting.BeQuiet(kAnn);
    meeting.Run(TimeDelta::Seconds(3));
    EXPECT_THAT(meeting.heard(), UnorderedElementsAre(kAnn, kBob));
    meeting.Speak(kAnn);
    meeting.Run(TimeDelta::Seconds(3));
  }
}

TEST_P(AudioSelectorTest, TheLouderOneTakesThePlaceOfTheWeakest) {
  Meeting meeting(GetParam(), 2, 50);
  meeting.Speak(kAnn, 25);
  meeting.Speak(kBob, 45);
  meeting.Speak(kCid, 48);
  meeting.Run(TimeDelta::Seconds(3));
  EXPECT_THAT(meeting.heard(), UnorderedElementsAre(kAnn, kBob));
  EXPECT_THAT(meeting.selected(), Contains(kCid)) << "for Ann and Bob themselves";
  meeting.Speak(kDee, 28);
  meeting.Run(TimeDelta::Seconds(3));
  EXPECT_THAT(meeting.heard(), UnorderedElementsAre(kAnn, kDee));
  EXPECT_THAT(meeting.selected(), Contains(kBob));
  EXPECT_THAT(meeting.selected(), Not(Contains(kCid)));
}

TEST_P(AudioSelectorTest, AClickTakesNoPlace) {
  Meeting meeting(GetParam(), 2, 50);
  for (ProducerHandle who : {kAnn, kBob, kCid}) meeting.Speak(who);
  meeting.Run(TimeDelta::Seconds(3));
  meeting.TakeChanges();
  for (int i = 0; i < 20; ++i) {
    meeting.Click(kDee);
    meeting.Run(TimeDelta::Millis(500));
  }
  EXPECT_THAT(meeting.selected(), Not(Contains(kDee)));
}

TEST_P(AudioSelectorTest, WhoStopsSendingLosesHisPlaceToTheNextWhoSpeaks) {
  Meeting meeting(GetParam(), 1, 20);
  meeting.Speak(kAnn, 10);
  meeting.Speak(kBob, 10);
  meeting.Run(TimeDelta::Seconds(2));
  meeting.FallSilent(kAnn);
  meeting.FallSilent(kBob);
  meeting.Run(TimeDelta::Seconds(5));
  meeting.Speak(kCid, 50);
  EXPECT_THAT(meeting.selected(), Contains(kCid));
}

TEST_P(AudioSelectorTest, APlaceThatBecomesFreeIsTaken) {
  Meeting meeting(GetParam(), 1, 3);
  meeting.Speak(kAnn);
  meeting.Speak(kBob);
  meeting.Run(TimeDelta::Seconds(2));
  EXPECT_THAT(meeting.selected(), UnorderedElementsAre(kAnn, kBob));
  meeting.Leave(kAnn);
  EXPECT_THAT(meeting.selected(), UnorderedElementsAre(kBob, kCid));
  meeting.Leave(kBob);
  meeting.Leave(kCid);
  EXPECT_THAT(meeting.selected(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, AudioSelectorTest, ::testing::Values(1, 2, 3, 4));

TEST(AudioSelectorIdleTest, HasNoTimeoutsWhereNobodyIsHeard) {
  AudioSelector selector({.limit = 2});
  Timestamp now = Timestamp::Seconds(1'000);
  selector.AddProducer(now, kAnn);
  EXPECT_TRUE(selector.NextTimeout().IsNever());
  AudioLevels levels{.producer = kAnn, .packets = 1, .samples = 1, .slot_count = 1};
  levels.slots[0] = 20;
  selector.HandleLevels(now, levels);
  EXPECT_FALSE(selector.NextTimeout().IsNever());
  for (int i = 0; i < 100 && !selector.NextTimeout().IsNever(); ++i) {
    now = std::max(now, selector.NextTimeout());
    selector.HandleTimeout(now);
  }
  EXPECT_TRUE(selector.NextTimeout().IsNever());
}

}  // namespace
}  // namespace sluice::router
