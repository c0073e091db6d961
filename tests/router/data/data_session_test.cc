#include "router/data/data_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/router/data/recording_data_port.h"

namespace sluice::router {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr DataProducerHandle kChat{1};
constexpr uint16_t kChatStream = 5;
constexpr size_t kKilobyte = 1'000;

// A publisher's session, a subscriber's, and the fan-out between them, all on one worker.
class DataSessionTest : public ::testing::Test, public DataProducerLink {
 protected:
  DataSessionTest() { producer_->AddSink(&fan_out_); }
  ~DataSessionTest() override {
    while (!subscriber_.consumers().empty()) {
      subscriber_.RemoveConsumer(subscriber_.consumers().begin()->first);
    }
  }

  void SetHeld(DataProducerHandle producer, bool held) override {
    EXPECT_EQ(producer, kChat);
    publisher_.SetHeld(producer_, &fan_out_, held);
  }

  DataConsumer* Subscribe(uint32_t handle, DataConsumerConfig config = {}) {
    config.handle = DataConsumerHandle(handle);
    config.producer = kChat;
    config.stream = static_cast<uint16_t>(handle);
    return subscriber_.AddConsumer(config, &fan_out_);
  }
  void Publish(size_t size) { publisher_.HandleMessage(now_, kChatStream, 53, MakePayload(size)); }
  void PublishMessage(DataMessage message) {
    producer_->HandleMessage(now_, std::make_shared<const DataMessage>(std::move(message)));
  }
  void Advance(TimeDelta time) {
    now_ = now_ + time;
    subscriber_.HandleTimeout(now_);
  }
  size_t Received(uint32_t handle) { return down_.sent[DataConsumerHandle(handle)].size(); }

  Timestamp now_ = Timestamp::Seconds(100);
  RecordingDataPort up_;
  RecordingDataPort down_;
  DataSession publisher_{&up_};
  DataSession subscriber_{&down_};
  DataFanOut fan_out_{kChat, this};
  DataProducer* producer_ = publisher_.AddProducer({.handle = kChat, .stream = kChatStream});
};

TEST_F(DataSessionTest, EveryConsumerGetsTheSameBytes) {
  Subscribe(1);
  Subscribe(2);
  rtp::SharedBytes payload = MakePayload(kKilobyte);
  EXPECT_TRUE(publisher_.HandleMessage(now_, kChatStream, 51, payload));
  EXPECT_THAT(down_.sent[DataConsumerHandle(1)], ElementsAre(payload));
  EXPECT_THAT(down_.sent[DataConsumerHandle(2)], ElementsAre(payload));
  EXPECT_EQ(producer_->statistics().messages, 1);
  EXPECT_EQ(producer_->statistics().bytes, 1'000);
}

TEST_F(DataSessionTest, AMessageOnAStreamThatNobodyProducesOnIsDroppedAndCounted) {
  Subscribe(1);
  EXPECT_FALSE(publisher_.HandleMessage(now_, kChatStream + 1, 51, MakePayload(1)));
  EXPECT_EQ(publisher_.unknown_streams(), 1);
  EXPECT_EQ(Received(1), 0u);
}

TEST_F(DataSessionTest, NothingPassesWhileProducerOrConsumerIsPaused) {
  DataConsumer* consumer = Subscribe(1);
  producer_->set_paused(true);
  Publish(1);
  producer_->set_paused(false);
  consumer->set_paused(true);
  Publish(1);
  EXPECT_EQ(Received(1), 0u);
  consumer->set_paused(false);
  Publish(1);
  EXPECT_EQ(Received(1), 1u);
  EXPECT_EQ(producer_->statistics().messages, 3);
}

TEST_F(DataSessionTest, SubchannelsSelectWhomAMessageIsFor) {
  Subscribe(1, {.subchannels = {1, 2}});
  Subscribe(2, {.subchannels = {3}});
  Subscribe(3);
  DataMessage message = MakeMessage(1);
  message.subchannels = {2, 3};
  PublishMessage(message);  // Those in one of them.
  EXPECT_THAT((std::vector{Received(1), Received(2), Received(3)}), ElementsAre(1, 1, 0));
  message.required = 1;
  PublishMessage(message);
  EXPECT_THAT((std::vector{Received(1), Received(2), Received(3)}), ElementsAre(2, 1, 0));
  message = MakeMessage(1);
  message.ignored = 3;
  PublishMessage(message);
  EXPECT_THAT((std::vector{Received(1), Received(2), Received(3)}), ElementsAre(3, 1, 1));
}

TEST_F(DataSessionTest, ClosingResetsTheStream) {
  Subscribe(9);
  EXPECT_EQ(subscriber_.RemoveConsumer(DataConsumerHandle(9)), &fan_out_);
  EXPECT_TRUE(fan_out_.empty());
  publisher_.RemoveProducer(kChat);
  EXPECT_THAT(down_.reset_outgoing, ElementsAre(9));
  EXPECT_THAT(up_.reset_incoming, ElementsAre(kChatStream));
  EXPECT_FALSE(publisher_.HandleMessage(now_, kChatStream, 51, MakePayload(1)));
}

TEST_F(DataSessionTest, ASlowButLiveSubscriberHoldsThePublisherAndLosesNothing) {
  DataConsumer* consumer = Subscribe(1);
  size_t published = 0;
  for (int i = 0; i < 600; ++i) {  // A minute at 20 kB/s.
    while (!up_.held) {
      Publish(kKilobyte);
      ++published;
    }
    Advance(TimeDelta::Millis(100));
    down_.Drain(DataConsumerHandle(1), 2 * kKilobyte);
    subscriber_.HandleDrained();
  }
  EXPECT_EQ(Received(1), published);
  EXPECT_GT(published, 1'200u);
  EXPECT_EQ(consumer->statistics().dropped_full, 0);
  EXPECT_THAT(down_.full, IsEmpty());
}

TEST_F(DataSessionTest, AStalledSubscriberIsLeftBehindAndTheOthersGoOn) {
  DataConsumer* stalled = Subscribe(1);
  RecordingDataPort other_down;
  DataSession other(&other_down);
  const DataConsumer* live =
      other.AddConsumer({.handle = DataConsumerHandle(2), .producer = kChat}, &fan_out_);
  while (!up_.held) Publish(kKilobyte);
  Advance(DataConsumer::kProgressInterval - TimeDelta::Millis(1));
  EXPECT_TRUE(up_.held);
  other_down.Drain(DataConsumerHandle(2), RecordingDataPort::kLimit);
  other.HandleDrained();
  Advance(TimeDelta::Millis(1));
  EXPECT_FALSE(up_.held);
  for (int i = 0; i < 1'000; ++i) {
    Publish(kKilobyte);
    other_down.Drain(DataConsumerHandle(2), kKilobyte);
    ASSERT_FALSE(up_.held);
  }
  EXPECT_GT(stalled->statistics().dropped_full, 900);
  EXPECT_EQ(down_.full[DataConsumerHandle(1)], 1);  // Told once, until it takes messages again.
  EXPECT_EQ(live->statistics().dropped_full, 0);
  // Once it takes everything it is waited for again.
  down_.Drain(DataConsumerHandle(1), RecordingDataPort::kLimit);
  subscriber_.HandleDrained();
  for (int i = 0; i < 60; ++i) Publish(kKilobyte);
  EXPECT_TRUE(up_.held);
  other.RemoveConsumer(DataConsumerHandle(2));
}

TEST_F(DataSessionTest, AnUnreliableChannelDropsInsteadOfHolding) {
  Subscribe(1, {.reliability = {.ordered = false, .max_retransmits = 0}});
  for (int i = 0; i < 150; ++i) Publish(kKilobyte);
  EXPECT_FALSE(up_.held);
  EXPECT_EQ(Received(1), 100u);
  EXPECT_EQ(down_.full[DataConsumerHandle(1)], 1);
}

TEST_F(DataSessionTest, ASubscriberThatGoesLetsGo) {
  Subscribe(1);
  while (!up_.held) Publish(kKilobyte);
  subscriber_.RemoveConsumer(DataConsumerHandle(1));
  EXPECT_FALSE(up_.held);
  EXPECT_TRUE(subscriber_.NextTimeout().IsNever());
}

TEST_F(DataSessionTest, ThePublisherIsReadAgainOnlyWhenNoProducerOfItIsHeld) {
  DataProducer* other = publisher_.AddProducer({.handle = DataProducerHandle(2), .stream = 6});
  publisher_.SetHeld(other, nullptr, true);
  Subscribe(1);
  for (int i = 0; i < 60; ++i) Publish(kKilobyte);
  down_.Drain(DataConsumerHandle(1), RecordingDataPort::kLimit);
  subscriber_.HandleDrained();
  EXPECT_TRUE(up_.held);
  publisher_.RemoveProducer(DataProducerHandle(2));
  EXPECT_FALSE(up_.held);
}

TEST_F(DataSessionTest, WhatCannotBeSentIsCountedByReason) {
  DataConsumer* consumer = Subscribe(1);
  down_.max_message_size = 10;
  Publish(11);
  down_.closed = true;
  Publish(1);
  EXPECT_EQ(consumer->statistics().dropped_too_large, 1);
  EXPECT_EQ(consumer->statistics().dropped_closed, 1);
  EXPECT_EQ(consumer->statistics().messages, 0);
}

TEST_F(DataSessionTest, TheApplicationSendsToOneConsumerWhateverItsSubchannels) {
  DataConsumer* consumer = Subscribe(1, {.paused = true});
  Subscribe(2);
  EXPECT_EQ(consumer->Send(MakeMessage(10)), DataSendResult::kSent);
  EXPECT_EQ(consumer->buffered_amount(), 10u);
  EXPECT_EQ(Received(2), 0u);
}

}  // namespace
}  // namespace sluice::router
