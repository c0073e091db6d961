#include "router/speech_activity.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sluice::router {
namespace {

void Speak(SpeechActivity& activity, int slots, uint8_t level) {
  for (int i = 0; i < slots; ++i) activity.Add(level);
}

// Somebody who has been in the room for a while: its noise is known.
SpeechActivity InANoiseOf(uint8_t level) {
  SpeechActivity activity;
  Speak(activity, 200, level);
  return activity;
}

bool Near(double a, double b) { return std::abs(std::log(a / b)) < 1e-9; }

TEST(SpeechActivityTest, SilenceScoresTheLeast) {
  SpeechActivity::Scores scores = SpeechActivity().Evaluate();
  EXPECT_EQ(scores.immediate, 1e-10);
  EXPECT_EQ(scores.medium, 1e-10);
  EXPECT_EQ(scores.lasting, 1e-10);
}

TEST(SpeechActivityTest, SpeechRaisesOneSpanAfterTheOther) {
  SpeechActivity activity = InANoiseOf(90);
  Speak(activity, 1, 30);
  SpeechActivity::Scores word = activity.Evaluate();
  EXPECT_GT(word.immediate, 1);
  EXPECT_GT(word.medium, 1);
  EXPECT_EQ(word.lasting, 1e-10);
  Speak(activity, 49, 30);
  SpeechActivity::Scores sentence = activity.Evaluate();
  EXPECT_TRUE(Near(sentence.immediate, word.immediate));
  EXPECT_GT(sentence.medium, word.medium);
  EXPECT_GT(sentence.lasting, 100);
}

TEST(SpeechActivityTest, ACoughDoesNotLast) {
  SpeechActivity activity = InANoiseOf(90);
  Speak(activity, 4, 10);
  EXPECT_EQ(activity.Evaluate().lasting, 1e-10);
}

TEST(SpeechActivityTest, LouderSpeechScoresMoreAtOnce) {
  SpeechActivity loud = InANoiseOf(90), low = InANoiseOf(90);
  Speak(loud, 10, 10);
  Speak(low, 10, 70);
  EXPECT_GT(loud.Evaluate().immediate, low.Evaluate().immediate);
}

TEST(SpeechActivityTest, ASteadyNoiseIsNoSpeechHoweverLoud) {
  SpeechActivity activity = InANoiseOf(20);
  EXPECT_EQ(activity.Evaluate().immediate, 1e-10);
  EXPECT_EQ(activity.Evaluate().medium, 1e-10);
}

TEST(SpeechActivityTest, ANoiseThatGrowsLouderBecomesTheFloor) {
  SpeechActivity activity = InANoiseOf(100);
  Speak(activity, 200, 40);
  EXPECT_GT(activity.Evaluate().lasting, 1);
  Speak(activity, 750 * 20, 40);
  EXPECT_EQ(activity.Evaluate().lasting, 1e-10);
}

TEST(SpeechActivityTest, TakesAnyLevel) {
  SpeechActivity activity;
  for (int level = 0; level < 256; ++level) activity.Add(static_cast<uint8_t>(level));
  EXPECT_EQ(activity.Evaluate().immediate, 1e-10);
}

}  // namespace
}  // namespace sluice::router
