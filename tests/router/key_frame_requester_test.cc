#include "router/key_frame_requester.h"

#include <gtest/gtest.h>

namespace sluice::router {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(100);
constexpr TimeDelta ms(int64_t n) { return TimeDelta::Millis(n); }

TEST(KeyFrameRequesterTest, AsksForNothingUnasked) {
  KeyFrameRequester requester(TimeDelta::Zero());
  EXPECT_TRUE(requester.NextTimeout().IsNever());
  EXPECT_FALSE(requester.Poll(kStart));
}

TEST(KeyFrameRequesterTest, AsksAtOnceTheFirstTime) {
  KeyFrameRequester requester(TimeDelta::Seconds(5));
  requester.Request(kStart);
  EXPECT_EQ(requester.NextTimeout(), kStart);
  EXPECT_TRUE(requester.Poll(kStart));
  EXPECT_FALSE(requester.Poll(kStart));
}

TEST(KeyFrameRequesterTest, OneKeyFrameOnItsWayServesAllWhoAskMeanwhile) {
  KeyFrameRequester requester(TimeDelta::Zero());
  requester.Request(kStart);
  ASSERT_TRUE(requester.Poll(kStart));
  for (int i = 1; i < 100; ++i) {
    requester.Request(kStart + ms(i));
    EXPECT_FALSE(requester.Poll(kStart + ms(i)));
  }
  requester.HandleKeyFrame(kStart + ms(100));
  EXPECT_TRUE(requester.NextTimeout().IsNever());
}

TEST(KeyFrameRequesterTest, ARequestThatWasLostIsRepeatedSoonerForALateComer) {
  KeyFrameRequester requester(TimeDelta::Zero());
  requester.Request(kStart);
  ASSERT_TRUE(requester.Poll(kStart));
  requester.Request(kStart + ms(500));
  EXPECT_TRUE(requester.Poll(kStart + ms(500)));
}

TEST(KeyFrameRequesterTest, AfterAKeyFrameTheNextRequestGoesAtOnce) {
  KeyFrameRequester requester(TimeDelta::Zero());
  requester.Request(kStart);
  ASSERT_TRUE(requester.Poll(kStart));
  requester.HandleKeyFrame(kStart + ms(30));
  requester.Request(kStart + ms(400));
  EXPECT_TRUE(requester.Poll(kStart + ms(400)));
}

TEST(KeyFrameRequesterTest, WaitsUntilThePublisherListensAgain) {
  KeyFrameRequester requester(TimeDelta::Zero());
  requester.Request(kStart);
  ASSERT_TRUE(requester.Poll(kStart));
  requester.HandleKeyFrame(kStart + ms(30));
  requester.Request(kStart + ms(31));
  EXPECT_FALSE(requester.Poll(kStart + ms(300)));
  EXPECT_EQ(requester.NextTimeout(), kStart + ms(350));
  EXPECT_TRUE(requester.Poll(kStart + ms(350)));
}

TEST(KeyFrameRequesterTest, WaitsAlsoWhereAnotherStreamWasAskedFor) {
  KeyFrameRequester requester(TimeDelta::Zero());
  requester.HandleSent(kStart);
  EXPECT_TRUE(requester.NextTimeout().IsNever());
  requester.Request(kStart + ms(100));
  EXPECT_EQ(requester.NextTimeout(), kStart + ms(350));
  requester.HandleSent(kStart + ms(200));
  EXPECT_EQ(requester.NextTimeout(), kStart + ms(550));
  requester.HandleKeyFrame(kStart + ms(260));
  EXPECT_TRUE(requester.NextTimeout().IsNever());
}

TEST(KeyFrameRequesterTest, KeepsTheMinimumIntervalEvenAfterAKeyFrame) {
  KeyFrameRequester requester(ms(3000));
  requester.Request(kStart);
  ASSERT_TRUE(requester.Poll(kStart));
  requester.HandleKeyFrame(kStart + ms(30));
  requester.Request(kStart + ms(31));
  EXPECT_EQ(requester.NextTimeout(), kStart + ms(3000));
  EXPECT_FALSE(requester.Poll(kStart + ms(2999)));
  EXPECT_TRUE(requester.Poll(kStart + ms(3000)));
}

TEST(KeyFrameRequesterTest, RepeatsUntilTheKeyFrameComes) {
  KeyFrameRequester requester(TimeDelta::Zero());
  requester.Request(kStart);
  ASSERT_TRUE(requester.Poll(kStart));
  EXPECT_EQ(requester.NextTimeout(), kStart + ms(1000));
  EXPECT_TRUE(requester.Poll(kStart + ms(1000)));
  EXPECT_TRUE(requester.Poll(kStart + ms(2000)));
  requester.HandleKeyFrame(kStart + ms(2100));
  EXPECT_FALSE(requester.Poll(kStart + ms(3000)));
}

TEST(KeyFrameRequesterTest, GivesUpOnADeafPublisherUntilAskedAgain) {
  KeyFrameRequester requester(TimeDelta::Zero());
  requester.Request(kStart);
  int sent = 0;
  for (int64_t t = 0; t < 60'000; t += 100) sent += requester.Poll(kStart + ms(t)) ? 1 : 0;
  EXPECT_EQ(sent, 10);
  EXPECT_TRUE(requester.NextTimeout().IsNever());
  requester.Request(kStart + ms(60'000));
  EXPECT_TRUE(requester.Poll(kStart + ms(60'000)));
}

}  // namespace
}  // namespace sluice::router
