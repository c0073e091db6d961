// Header extensions on their way from a publisher to a subscriber: ids and forms are each side's own.
#include <gmock/gmock.h>

#include <array>
#include <utility>
#include <vector>

#include "tests/router/consumer_fixture.h"

namespace sluice::router {
namespace {

using rtp::ExtensionKind;
using ::testing::IsEmpty;

struct Element {
  ExtensionKind kind;
  Octets data;
};

// The largest and the smallest of what browsers send, one kind that no subscriber gets, and two that are
// each side's own.
const std::vector<Element> kElements = {
    {ExtensionKind::kMid, {'x'}},
    {ExtensionKind::kRid, {'q'}},
    {ExtensionKind::kAbsSendTime, {1, 2, 3}},
    {ExtensionKind::kTransportSequenceNumber, {0xab, 0xcd}},
    {ExtensionKind::kAudioLevel, {0x85}},
    {ExtensionKind::kVideoOrientation, {0x0b}},
    {ExtensionKind::kTransmissionOffset, {4, 5, 6}},
    // The second half is the offset between the clocks of the capturer and of the publisher. It holds for the
    // subscriber, too, whose sender reports tell the publisher's clock.
    {ExtensionKind::kAbsCaptureTime, {0, 1, 2, 3, 4, 5, 6, 7, 0xff, 0xff, 0xff, 0xfe, 8, 9, 10, 11}},
    {ExtensionKind::kPlayoutDelay, {0x01, 0x20, 0x34}},
};
const std::vector<ExtensionKind> kCarried = {ExtensionKind::kAudioLevel, ExtensionKind::kVideoOrientation,
                                             ExtensionKind::kTransmissionOffset,
                                             ExtensionKind::kAbsCaptureTime, ExtensionKind::kPlayoutDelay};

rtp::ExtensionMap IdsFrom(uint8_t first) {
  rtp::ExtensionMap map;
  for (size_t i = 0; i < rtp::kExtensionKinds; ++i)
    map.Register(static_cast<ExtensionKind>(i), static_cast<uint8_t>(first + i));
  return map;
}

class ConsumerExtensionsTest : public ConsumerFixture {
 protected:
  static ConsumerConfig ConfigWith(const rtp::ExtensionMap& extensions) {
    ConsumerConfig config = VideoConsumer();
    config.extensions = extensions;
    return config;
  }
  // A key frame with all the elements.
  void ReceiveElements(const rtp::ExtensionMap& ids, bool two_byte) {
    rtp::RtpPacket packet{.payload_type = kVp8, .ssrc = 1, .payload = KeyFrame()};
    packet.profile = two_byte ? 0x1005 : 0xbede;
    for (const auto& [kind, data] : kElements) {
      const auto size = static_cast<uint8_t>(data.size());
      if (two_byte) {
        packet.extension.insert(packet.extension.end(), {ids.IdOf(kind), size});
      } else {
        packet.extension.push_back(static_cast<uint8_t>(ids.IdOf(kind) << 4 | (size - 1)));
      }
      packet.extension.insert(packet.extension.end(), data.begin(), data.end());
    }
    SlabRef slab = rtp::Receive(pool_, packet.Encode(), ids);
    slab->packet().frame = {.key_frame = true, .frame_start = true};
    slab->packet().arrival = now_;
    fan_out_->HandlePacket(now_, slab);
  }
  static uint16_t Profile(const SentPacket& packet) { return LoadU16(packet.bytes.data() + 12); }
};

TEST_F(ConsumerExtensionsTest, PassInEitherFormFromEitherForm) {
  // Ids up to 14 fit into the one-byte form.
  for (const auto& [from, to] : {std::pair{1, 1}, {1, 3}, {3, 1}, {1, 100}, {200, 1}, {200, 100}}) {
    for (bool two_byte : {false, true}) {
      if (!two_byte && from > 14) continue;
      SCOPED_TRACE(::testing::Message() << from << " to " << to << (two_byte ? ", two-byte" : ""));
      const rtp::ExtensionMap subscriber = IdsFrom(static_cast<uint8_t>(to));
      Reset(ConfigWith(subscriber));
      ReceiveElements(IdsFrom(static_cast<uint8_t>(from)), two_byte);
      ASSERT_EQ(port_.rtp.size(), 1u);
      EXPECT_EQ(Profile(port_.rtp[0]), to > 14 ? 0x1000 : 0xbede);
      for (const auto& [kind, data] : kElements) {
        const bool carried = std::find(kCarried.begin(), kCarried.end(), kind) != kCarried.end();
        const Octets sent = port_.rtp[0].Extension(kind, subscriber.IdOf(kind));
        if (carried) EXPECT_EQ(sent, data) << ExtensionUri(kind);
      }
      EXPECT_EQ(port_.rtp[0].Extension(ExtensionKind::kMid, subscriber.IdOf(ExtensionKind::kMid)),
                Octets({'m'}));
      EXPECT_THAT(port_.rtp[0].Extension(ExtensionKind::kRid, subscriber.IdOf(ExtensionKind::kRid)),
                  IsEmpty());
    }
  }
}

TEST_F(ConsumerExtensionsTest, WhatTheSubscriberDidNotNegotiateIsLeftOut) {
  rtp::ExtensionMap subscriber;
  subscriber.Register(ExtensionKind::kPlayoutDelay, 4);
  Reset(ConfigWith(subscriber));
  ReceiveElements(IdsFrom(1), false);
  ASSERT_EQ(port_.rtp.size(), 1u);
  EXPECT_EQ(port_.rtp[0].Extension(ExtensionKind::kPlayoutDelay, 4), Octets({0x01, 0x20, 0x34}));
  // Profile, length, one element of three octets and nothing else.
  EXPECT_EQ(LoadU16(port_.rtp[0].bytes.data() + 14), 1);
}

// One count for the whole transport, without gaps, retransmissions included.
TEST_F(ConsumerExtensionsTest, TransportSequenceNumbersCountAllThatTheTransportSends) {
  rtp::ExtensionMap extensions;
  extensions.Register(ExtensionKind::kTransportSequenceNumber, 3);
  ConsumerConfig config = ConfigWith(extensions);
  Reset(config);
  config.ssrc = Ssrc(0xd0);
  config.rtx_ssrc = Ssrc(0xd1);
  Consumer other(config, fan_out_.get(), &sender_);
  fan_out_->Add(&other);
  Frame(1, true);
  Frame(2);
  consumer_->HandleNack(now_, SequenceNumber(100));
  Frame(3);
  fan_out_->Remove(&other);
  ASSERT_EQ(port_.rtp.size(), 7u);
  for (size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(port_.rtp[i].Extension(ExtensionKind::kTransportSequenceNumber, 3),
              Octets({0, static_cast<uint8_t>(i)}));
  }
  EXPECT_EQ(port_.rtp[4].ssrc, Ssrc(0xc1));
}

TEST_F(ConsumerExtensionsTest, TheSendTimeIsThatOfTheRepair) {
  rtp::ExtensionMap extensions;
  extensions.Register(ExtensionKind::kAbsSendTime, 2);
  Reset(ConfigWith(extensions));
  Frame(1, true);
  Wait(TimeDelta::Millis(700));
  consumer_->HandleNack(now_, SequenceNumber(100));
  ASSERT_EQ(port_.rtp.size(), 2u);
  const Octets sent = port_.rtp[1].Extension(ExtensionKind::kAbsSendTime, 2);
  Octets expected(3);
  StoreU24(expected.data(), rtp::AbsSendTime::At(now_).value());
  EXPECT_EQ(sent, expected);
  EXPECT_NE(sent, port_.rtp[0].Extension(ExtensionKind::kAbsSendTime, 2));
}

}  // namespace
}  // namespace sluice::router
