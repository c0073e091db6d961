// Opus in RED (RFC 2198) from its publisher to two subscribers: one that takes RED, one that takes Opus
// alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "router/rtp_session.h"
#include "rtp/rtcp/nack.h"
#include "tests/router/session_fixture.h"

namespace sluice::router {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr uint8_t kRed = 63;
constexpr uint8_t kMappedOpus = 100, kMappedRed = 101;
constexpr Ssrc kOpusSubscriber(0xa0), kRedSubscriber(0xa1);

ProducerConfig RedProducer() {
  ProducerConfig config = AudioProducer();
  ProducerCodec red = config.codecs.front();
  config.codecs.front().mapped_payload_type = PayloadType(kMappedOpus);
  red.codec = rtp::Codec::kRed;
  red.payload_type = PayloadType(kRed);
  red.mapped_payload_type = PayloadType(kMappedRed);
  config.codecs.push_back(red);
  config.extensions.Register(rtp::ExtensionKind::kAudioLevel, 10);
  config.nack = true;
  return config;
}

ConsumerConfig Subscriber(Ssrc ssrc, uint8_t number) {
  ConsumerConfig config;
  config.handle = ConsumerHandle(number);
  config.producer = kAudioProducer;
  config.kind = MediaKind::kAudio;
  config.codec = rtp::Codec::kOpus;
  config.clock_rate = 48'000;
  config.ssrc = ssrc;
  config.payload_types.set(kMappedOpus);
  config.extensions.Register(rtp::ExtensionKind::kAudioLevel, 6);
  config.nack = true;
  config.first_sequence_number = SequenceNumber(500);
  return config;
}

// What Chromium sends: the frame before, and this one.
Octets RedPayload(uint8_t payload_type, const Octets& before, const Octets& now) {
  const uint32_t rest = 960u << 10 | static_cast<uint32_t>(before.size());
  return rtp::Concat({{static_cast<uint8_t>(0x80 | payload_type), static_cast<uint8_t>(rest >> 16),
                       static_cast<uint8_t>(rest >> 8), static_cast<uint8_t>(rest), payload_type},
                      before,
                      now});
}

Octets FrameOf(uint16_t sequence) { return Octets(20 + sequence % 7, static_cast<uint8_t>(sequence)); }

class RedTest : public SessionFixture {
 protected:
  RedTest() {
    Join(Subscriber(kOpusSubscriber, 1));
    ConsumerConfig red = Subscriber(kRedSubscriber, 2);
    red.payload_types.set(kMappedRed);
    Join(red);
  }
  ~RedTest() override {
    for (uint8_t i = 1; i <= 4; ++i) session_.RemoveConsumer(ConsumerHandle(i));
  }

  Consumer* Join(const ConsumerConfig& config) { return session_.AddConsumer(now_, config, &fan_out_); }

  void Red(uint16_t sequence, const Octets& payload, bool marker = false) {
    Receive(rtp::RtpPacket{.payload_type = kRed,
                           .marker = marker,
                           .sequence = sequence,
                           .timestamp = sequence * 960u,
                           .ssrc = kAudioSsrc.value(),
                           .profile = 0xbede,
                           .extension = {0xa0, 0x93, 0, 0},
                           .payload = payload}
                .Encode());
  }
  void Red(uint16_t sequence) {
    Red(sequence, RedPayload(kOpus, FrameOf(static_cast<uint16_t>(sequence - 1)), FrameOf(sequence)));
  }
  void Nack(Ssrc subscriber, uint16_t lost) {
    const std::vector<SequenceNumber> numbers = {SequenceNumber(lost)};
    ReceiveRtcp([&](auto& writer) { return rtp::rtcp::WriteNack(writer, Ssrc(1), subscriber, numbers) > 0; });
  }
  std::vector<SentPacket> SentTo(Ssrc subscriber) const {
    std::vector<SentPacket> packets;
    for (const SentPacket& packet : port_.rtp) {
      if (packet.ssrc == subscriber) packets.push_back(packet);
    }
    return packets;
  }

  FanOut fan_out_{kAudioProducer, MediaKind::kAudio, 1, &link_};
  Producer* producer_ = AddProducer();

 private:
  Producer* AddProducer() {
    Producer* producer = session_.AddProducer(now_, RedProducer());
    producer->AddSink(&fan_out_);
    return producer;
  }
};

TEST_F(RedTest, PassesAsItIsUnderTheRoutersNames) {
  Red(10);
  Red(11);
  const std::vector<SentPacket> sent = SentTo(kRedSubscriber);
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_EQ(sent[1].payload_type, kMappedRed);
  EXPECT_EQ(sent[1].payload, RedPayload(kMappedOpus, FrameOf(10), FrameOf(11)));
  EXPECT_EQ(sent[1].sequence, 501);
  EXPECT_EQ(sent[1].timestamp, 11 * 960u);
}

TEST_F(RedTest, WhoDoesNotTakeItGetsThePrimaryBlock) {
  Red(10);
  Red(11);
  const std::vector<SentPacket> sent = SentTo(kOpusSubscriber);
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_EQ(sent[1].payload_type, kMappedOpus);
  EXPECT_EQ(sent[1].payload, FrameOf(11));
  EXPECT_EQ(sent[1].sequence, 501);
  EXPECT_EQ(sent[1].timestamp, 11 * 960u);
}

TEST_F(RedTest, PublisherMayGoOverFromOneToTheOther) {
  Audio(10);
  Red(11);
  Audio(12);
  for (Ssrc subscriber : {kOpusSubscriber, kRedSubscriber}) {
    std::vector<uint16_t> numbers;
    for (const SentPacket& packet : SentTo(subscriber)) numbers.push_back(packet.sequence);
    EXPECT_THAT(numbers, ElementsAre(500, 501, 502));
  }
}

TEST_F(RedTest, PaddingAloneIsNothingToForward) {
  Red(10);
  Red(11, Octets());
  Red(12);
  EXPECT_EQ(session_.drops().rtp_malformed_red, 0);
  for (Ssrc subscriber : {kOpusSubscriber, kRedSubscriber}) {
    const std::vector<SentPacket> sent = SentTo(subscriber);
    ASSERT_THAT(sent, SizeIs(2));
    EXPECT_EQ(sent[1].sequence, 501);
  }
}

TEST_F(RedTest, AudioLevelGoesWithIt) {
  Red(10);
  for (Ssrc subscriber : {kOpusSubscriber, kRedSubscriber}) {
    EXPECT_EQ(SentTo(subscriber)[0].Extension(rtp::ExtensionKind::kAudioLevel, 6), Octets{0x93});
  }
}

TEST_F(RedTest, WhatASubscriberLostIsSentAgainToTheLastOctet) {
  Red(10);
  Red(11);
  Red(12);
  for (Ssrc subscriber : {kOpusSubscriber, kRedSubscriber}) {
    Nack(subscriber, 501);
    const std::vector<SentPacket> sent = SentTo(subscriber);
    ASSERT_THAT(sent, SizeIs(4));
    EXPECT_EQ(sent[3].bytes, sent[1].bytes);
  }
}

TEST_F(RedTest, WhatThePublisherLostAndSendsAgainFillsItsPlace) {
  Red(10);
  Red(12);
  Red(11);
  for (Ssrc subscriber : {kOpusSubscriber, kRedSubscriber}) {
    EXPECT_EQ(SentTo(subscriber)[2].sequence, 501);
  }
  EXPECT_EQ(SentTo(kOpusSubscriber)[2].payload, FrameOf(11));
}

TEST_F(RedTest, SilenceIsKnownByThePrimaryBlock) {
  ConsumerConfig config = Subscriber(Ssrc(0xa2), 3);
  config.ignore_dtx = true;
  Join(config);
  config = Subscriber(Ssrc(0xa3), 4);
  config.ignore_dtx = true;
  config.payload_types.set(kMappedRed);
  Join(config);
  Red(10);
  Red(11, RedPayload(kOpus, FrameOf(10), {0xf8}));
  Red(12);
  EXPECT_THAT(SentTo(kOpusSubscriber), SizeIs(3));
  for (Ssrc subscriber : {Ssrc(0xa2), Ssrc(0xa3)}) {
    const std::vector<SentPacket> sent = SentTo(subscriber);
    ASSERT_THAT(sent, SizeIs(2));
    EXPECT_EQ(sent[1].sequence, 501);
  }
}

TEST_F(RedTest, SenderReportsCountWhatWasSent) {
  Red(10);
  EXPECT_EQ(session_.FindConsumer(ConsumerHandle(1))->MakeSenderInfo(now_, 0)->octet_count,
            FrameOf(10).size());
  EXPECT_EQ(session_.FindConsumer(ConsumerHandle(2))->MakeSenderInfo(now_, 0)->octet_count,
            RedPayload(kOpus, FrameOf(9), FrameOf(10)).size());
}

TEST_F(RedTest, HostileHeadersAreDroppedAndCounted) {
  const std::vector<Octets> hostile = {{kOpus},
                                       {0x80 | kOpus},
                                       RedPayload(kOpus, FrameOf(1), {}),
                                       RedPayload(50, FrameOf(1), FrameOf(2)),    // Not negotiated.
                                       RedPayload(kRed, FrameOf(1), FrameOf(2)),  // RED in RED.
                                       Octets(1000, 0xff)};
  Red(9);
  port_.Clear();
  uint16_t sequence = 10;
  for (const Octets& payload : hostile) Red(sequence++, payload);
  EXPECT_THAT(port_.rtp, SizeIs(0));
  EXPECT_EQ(session_.drops().rtp_malformed_red, static_cast<int64_t>(hostile.size()));
}

}  // namespace
}  // namespace sluice::router
