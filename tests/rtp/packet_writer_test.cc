#include "rtp/packet_writer.h"

#include <gmock/gmock.h>

#include <array>

#include "tests/rtp/rtp_packets.h"

namespace sluice::rtp {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

ExtensionMap ProducerMap() {
  ExtensionMap map;
  map.Register(ExtensionKind::kMid, 1);
  map.Register(ExtensionKind::kRid, 2);
  map.Register(ExtensionKind::kRepairedRid, 3);
  map.Register(ExtensionKind::kTransportSequenceNumber, 4);
  map.Register(ExtensionKind::kAudioLevel, 5);
  map.Register(ExtensionKind::kVideoOrientation, 6);
  map.Register(ExtensionKind::kDependencyDescriptor, 7);
  return map;
}

// Ids that differ from the producer's.
ExtensionMap ConsumerMap() {
  ExtensionMap map;
  map.Register(ExtensionKind::kMid, 9);
  map.Register(ExtensionKind::kRid, 10);
  map.Register(ExtensionKind::kRepairedRid, 11);
  map.Register(ExtensionKind::kTransportSequenceNumber, 3);
  map.Register(ExtensionKind::kAbsSendTime, 2);
  map.Register(ExtensionKind::kAudioLevel, 1);
  map.Register(ExtensionKind::kDependencyDescriptor, 12);
  return map;
}

const OutgoingHeader kHeader = {.ssrc = Ssrc(0x01020304),
                                .sequence_number = SequenceNumber(0xfffe),
                                .timestamp = 0xa1a2a3a4,
                                .payload_type = PayloadType(100),
                                .marker = true};
const OutgoingStamp kStamp = {
    .mid = "v1", .transport_sequence_number = 0x7788, .abs_send_time = AbsSendTime::FromWire(0x123456)};

class PacketWriterTest : public testing::Test {
 protected:
  // What a consumer with the extensions `map` gets of `packet`; empty if it did not fit in `room`.
  Octets Forward(const RtpPacket& packet, const ExtensionMap& map, const OutgoingStamp& stamp = kStamp,
                 size_t room = Slab::kCapacity) {
    SlabRef slab = Receive(pool_, packet.Encode(), ProducerMap());
    Octets out(room, 0xcc);
    size_t size = WriteForwarded(*slab, ExtensionLayout(map), kHeader, stamp, out);
    EXPECT_LE(size, room);
    out.resize(size);
    return out;
  }

  Octets Data(const Octets& packet, const ExtensionMap& map, ExtensionKind kind) {
    return ToOctets(ReadExtensions(*PacketView::Parse(packet), map).Data(packet, kind));
  }

  SlabPool pool_;
};

TEST_F(PacketWriterTest, WritesTheConsumersHeaderAndTheProducersPayload) {
  const RtpPacket packet = {.payload_type = 96, .csrcs = {0x99, 0x98}, .payload = {1, 2, 3}, .padding = 8};
  Octets out = Forward(packet, ExtensionMap());
  EXPECT_THAT(out, ElementsAreArray(RtpPacket{
                       .payload_type = 100,
                       .marker = true,
                       .sequence = 0xfffe,
                       .timestamp = 0xa1a2a3a4,
                       .ssrc = 0x01020304,
                       .csrcs = {0x99, 0x98},
                       .payload = {1, 2,
                                   3}}.Encode()));
}

TEST_F(PacketWriterTest, LeavesOutTheBeginningOfThePayload) {
  OutgoingHeader header = kHeader;
  header.left_out = 3;
  SlabRef slab = Receive(pool_, RtpPacket{.payload = {1, 2, 3, 4, 5}}.Encode(), ProducerMap());
  Octets out(Slab::kCapacity);
  out.resize(WriteForwarded(*slab, ExtensionLayout(ExtensionMap()), header, kStamp, out));
  auto view = PacketView::Parse(out);
  ASSERT_TRUE(view);
  EXPECT_THAT(ToOctets(view->payload()), ElementsAre(4, 5));
}

TEST_F(PacketWriterTest, RebuildsTheExtensionBlockForTheConsumer) {
  const RtpPacket packet = {.profile = 0xbede,
                            .extension = {0x11, 'a',  'b',          // MID of the producer
                                          0x21, 'h',  'i',          // RID
                                          0x30, 'r',                // repaired RID
                                          0x41, 0,    1,            // transport sequence number
                                          0x50, 0x85,               // audio level
                                          0x60, 3,                  // orientation, which the consumer has not
                                          0x73, 0x80, 0,   9, 1}};  // dependency descriptor
  Octets out = Forward(packet, ConsumerMap());
  auto view = PacketView::Parse(out);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->extension_profile(), 0xbede);
  EXPECT_THAT(view->extension_block(), ElementsAre(0x31, 0x77, 0x88,        // transport sequence number
                                                   0x22, 0x12, 0x34, 0x56,  // abs-send-time
                                                   0x91, 'v', '1',          // MID
                                                   0x10, 0x85,              // audio level
                                                   0xc3, 0x80, 0, 9, 1, 0, 0, 0));  // DD and padding
  EXPECT_THAT(view->payload(), ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(PacketWriterTest, HasNoExtensionWhenThereIsNothingToSay) {
  const RtpPacket packet = {.profile = 0xbede, .extension = {0x50, 0x85, 0, 0}};
  ExtensionMap map;
  map.Register(ExtensionKind::kVideoOrientation, 4);  // The packet carries none.
  map.Register(ExtensionKind::kRid, 5);
  Octets out = Forward(packet, map);
  EXPECT_FALSE(PacketView::Parse(out)->has_extension());
  EXPECT_EQ(out.size(), 12u + 5u);
}

TEST_F(PacketWriterTest, LeavesOutAMidThatCannotBeWritten) {
  ExtensionMap map;
  map.Register(ExtensionKind::kMid, 1);
  EXPECT_FALSE(PacketView::Parse(Forward({}, map, {.mid = ""}))->has_extension());
  const std::string long_mid(256, 'm');
  EXPECT_FALSE(PacketView::Parse(Forward({}, map, {.mid = long_mid}))->has_extension());
}

TEST_F(PacketWriterTest, AnIdAbove14AsksForTheTwoByteForm) {
  for (int id : {1, 14, 15, 16, 255}) {
    ExtensionMap map = ConsumerMap();
    map.Register(ExtensionKind::kAudioLevel, static_cast<uint8_t>(id));
    Octets out = Forward({.profile = 0xbede, .extension = {0x50, 0x85, 0, 0}}, map);
    EXPECT_EQ(PacketView::Parse(out)->extension_profile(), id > 14 ? 0x1000 : 0xbede) << id;
    EXPECT_THAT(Data(out, map, ExtensionKind::kAudioLevel), ElementsAre(0x85));
    EXPECT_EQ(Data(out, map, ExtensionKind::kMid), FromText("v1"));
    EXPECT_THAT(Data(out, map, ExtensionKind::kTransportSequenceNumber), ElementsAre(0x77, 0x88));
    EXPECT_THAT(Data(out, map, ExtensionKind::kAbsSendTime), ElementsAre(0x12, 0x34, 0x56));
  }
}

TEST_F(PacketWriterTest, AnElementOfNothingOrMoreThan16OctetsAsksForTheTwoByteForm) {
  for (size_t size : {0, 1, 16, 17, 100, 255}) {
    Octets descriptor(size, 0xd5);
    RtpPacket packet = {.profile = 0x1000,
                        .extension = Concat({{7, static_cast<uint8_t>(size)}, descriptor, {5, 1, 0x11}})};
    Octets out = Forward(packet, ConsumerMap());
    auto view = PacketView::Parse(out);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->extension_profile(), size == 0 || size > 16 ? 0x1000 : 0xbede) << size;
    EXPECT_THAT(Data(out, ConsumerMap(), ExtensionKind::kDependencyDescriptor), ElementsAreArray(descriptor));
    EXPECT_TRUE(ReadExtensions(*view, ConsumerMap())[ExtensionKind::kDependencyDescriptor]);
    EXPECT_THAT(Data(out, ConsumerMap(), ExtensionKind::kAudioLevel), ElementsAre(0x11));
    EXPECT_THAT(view->payload(), ElementsAre(1, 2, 3, 4, 5));
  }
}

TEST_F(PacketWriterTest, WritesNothingThatDoesNotFit) {
  const RtpPacket packet = {.profile = 0xbede, .extension = {0x50, 0x85, 0, 0}};
  const Octets whole = Forward(packet, ConsumerMap());
  EXPECT_EQ(Forward(packet, ConsumerMap(), kStamp, whole.size()), whole);
  SlabRef slab = Receive(pool_, packet.Encode(), ProducerMap());
  for (size_t room = 0; room < whole.size(); ++room) {
    Octets out(room, 0xcc);
    EXPECT_EQ(WriteForwarded(*slab, ExtensionLayout(ConsumerMap()), kHeader, kStamp, out), 0u);
    EXPECT_EQ(out, Octets(room, 0xcc));
  }
}

TEST_F(PacketWriterTest, TouchesNothingBehindThePacket) {
  SlabRef slab = Receive(pool_, RtpPacket{}.Encode(), ProducerMap());
  Octets out(200, 0xcc);
  size_t size = WriteForwarded(*slab, ExtensionLayout(ConsumerMap()), kHeader, kStamp, out);
  ASSERT_GT(size, 0u);
  for (size_t i = size; i < out.size(); ++i) EXPECT_EQ(out[i], 0xcc);
}

TEST_F(PacketWriterTest, ARetransmissionIsThePacketBehindItsOriginalNumber) {
  const RtpPacket packet = {.csrcs = {5}, .profile = 0xbede, .extension = {0x50, 0x85, 0, 0}, .padding = 3};
  SlabRef slab = Receive(pool_, packet.Encode(), ProducerMap());
  const ExtensionLayout layout{ConsumerMap()};
  Octets forwarded(100), resent(100);
  forwarded.resize(WriteForwarded(*slab, layout, kHeader, kStamp, forwarded));
  resent.resize(WriteRetransmission(*slab, layout, kHeader, kStamp, SequenceNumber(0xabcd), resent));
  ASSERT_EQ(resent.size(), forwarded.size() + 2);
  EXPECT_THAT(PacketView::Parse(resent)->payload(), ElementsAre(0xab, 0xcd, 1, 2, 3, 4, 5));
  resent.erase(resent.end() - 7, resent.end() - 5);
  EXPECT_EQ(resent, forwarded);

  Octets tight(forwarded.size() + 1);
  EXPECT_EQ(WriteRetransmission(*slab, layout, kHeader, kStamp, SequenceNumber(1), tight), 0u);
}

TEST(ExtensionLayoutTest, KeepsRidsOutAndOwnValuesApart) {
  ExtensionMap all;
  for (size_t i = 0; i < kExtensionKinds; ++i) {
    all.Register(static_cast<ExtensionKind>(i), static_cast<uint8_t>(i + 1));
  }
  ExtensionLayout layout(all);
  EXPECT_EQ(layout.mid_id(), all.IdOf(ExtensionKind::kMid));
  EXPECT_EQ(layout.abs_send_time_id(), all.IdOf(ExtensionKind::kAbsSendTime));
  EXPECT_EQ(layout.transport_sequence_number_id(), all.IdOf(ExtensionKind::kTransportSequenceNumber));
  EXPECT_EQ(layout.copied().size(), kExtensionKinds - 5);
  for (const auto& [kind, id] : layout.copied()) {
    EXPECT_GE(kind, ExtensionKind::kAudioLevel);
    EXPECT_EQ(id, all.IdOf(kind));
  }
  EXPECT_THAT(ExtensionLayout().copied(), IsEmpty());
  EXPECT_EQ(ExtensionLayout().mid_id(), 0);
}

}  // namespace
}  // namespace sluice::rtp
