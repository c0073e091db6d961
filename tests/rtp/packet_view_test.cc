#include "rtp/packet_view.h"

#include <gmock/gmock.h>

#include "tests/rtp/rtp_packets.h"

namespace sluice::rtp {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

TEST(PacketViewTest, ReadsTheFixedHeader) {
  const Octets octets = RtpPacket{.payload_type = 111, .marker = true}.Encode();
  auto view = PacketView::Parse(octets);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payload_type(), PayloadType(111));
  EXPECT_TRUE(view->marker());
  EXPECT_EQ(view->sequence_number(), SequenceNumber(0x1234));
  EXPECT_EQ(view->timestamp(), 0x56789abcu);
  EXPECT_EQ(view->ssrc(), Ssrc(0xdef01234));
  EXPECT_EQ(view->csrc_count(), 0u);
  EXPECT_FALSE(view->has_extension());
  EXPECT_EQ(view->extension_profile(), 0);
  EXPECT_THAT(view->extension_block(), IsEmpty());
  EXPECT_EQ(view->payload_offset(), 12u);
  EXPECT_THAT(view->payload(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(view->padding_size(), 0u);
}

TEST(PacketViewTest, FindsEveryPartOfAFullPacket) {
  const Octets octets = RtpPacket{.csrcs = {0xaabbccdd, 0x11223344},
                                  .profile = 0xbede,
                                  .extension = {0x10, 0x61, 0, 0},
                                  .payload = {9, 8, 7},
                                  .padding = 5}
                            .Encode();
  auto view = PacketView::Parse(octets);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->csrc_count(), 2u);
  EXPECT_EQ(view->csrc(0), Ssrc(0xaabbccdd));
  EXPECT_EQ(view->csrc(1), Ssrc(0x11223344));
  EXPECT_EQ(view->extension_profile(), 0xbede);
  EXPECT_EQ(view->extension_offset(), 24u);
  EXPECT_THAT(view->extension_block(), ElementsAre(0x10, 0x61, 0, 0));
  EXPECT_EQ(view->payload_offset(), 28u);
  EXPECT_THAT(view->payload(), ElementsAre(9, 8, 7));
  EXPECT_EQ(view->payload_size(), 3u);
  EXPECT_EQ(view->padding_size(), 5u);
}

TEST(PacketViewTest, PaddingMayBeAllThereIs) {
  const Octets octets = RtpPacket{.payload = {}, .padding = 255}.Encode();
  auto view = PacketView::Parse(octets);
  ASSERT_TRUE(view);
  EXPECT_THAT(view->payload(), IsEmpty());
  EXPECT_EQ(view->padding_size(), 255u);
}

TEST(PacketViewTest, RefusesPaddingOfNothingOrMoreThanThereIs) {
  Octets octets = RtpPacket{.payload = {0, 0, 0}, .padding = 1}.Encode();
  for (int padding = 1; padding <= 4; ++padding) {
    octets.back() = static_cast<uint8_t>(padding);
    EXPECT_TRUE(PacketView::Parse(octets)) << padding;
  }
  for (int padding : {0, 5, 16, 17, 255}) {
    octets.back() = static_cast<uint8_t>(padding);
    EXPECT_FALSE(PacketView::Parse(octets)) << padding;
  }
  // The padding bit of a packet that ends with its header.
  Octets bare = RtpPacket{.payload = {}}.Encode();
  bare[0] |= 0x20;
  bare.back() = 1;
  EXPECT_FALSE(PacketView::Parse(bare));
}

TEST(PacketViewTest, RefusesOtherVersions) {
  Octets octets = RtpPacket{}.Encode();
  for (uint8_t version : {0, 1, 3}) {
    octets[0] = static_cast<uint8_t>(version << 6);
    EXPECT_FALSE(PacketView::Parse(octets)) << int{version};
  }
}

TEST(PacketViewTest, RefusesEveryPrefixThatCutsTheHeader) {
  const Octets octets = RtpPacket{.csrcs = {1, 2, 3}, .profile = 0x1000, .extension = Octets(8, 0)}.Encode();
  const size_t header = octets.size() - 5;
  for (size_t size = 0; size <= octets.size(); ++size) {
    Octets prefix(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(PacketView::Parse(prefix).has_value(), size >= header) << size;
  }
}

TEST(PacketViewTest, RefusesAnExtensionLongerThanThePacket) {
  Octets octets = RtpPacket{.profile = 0xbede, .extension = Octets(4, 0)}.Encode();
  octets[14] = 0xff;
  octets[15] = 0xff;
  EXPECT_FALSE(PacketView::Parse(octets));
}

TEST(PacketViewTest, TheLargestDatagramParsesAndALargerOneDoesNot) {
  Octets octets = RtpPacket{.payload = Octets(PacketView::kMaxSize - 12, 0)}.Encode();
  auto view = PacketView::Parse(octets);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payload_size(), PacketView::kMaxSize - 12);
  octets.push_back(0);
  EXPECT_FALSE(PacketView::Parse(octets));
}

TEST(LooksLikeRtcpTest, TellsByThePacketType) {
  EXPECT_FALSE(LooksLikeRtcp(Octets{}));
  EXPECT_FALSE(LooksLikeRtcp(Octets{0x80}));
  for (int second = 0; second < 256; ++second) {
    Octets octets = {0x80, static_cast<uint8_t>(second)};
    EXPECT_EQ(LooksLikeRtcp(octets), second >= 192 && second <= 223) << second;
  }
}

class ReadExtensionsTest : public testing::Test {
 protected:
  ReadExtensionsTest() {
    map_.Register(ExtensionKind::kMid, 1);
    map_.Register(ExtensionKind::kAudioLevel, 2);
    map_.Register(ExtensionKind::kAbsSendTime, 14);
    map_.Register(ExtensionKind::kDependencyDescriptor, 15);
  }

  Octets Data(ExtensionKind kind) const { return ToOctets(table_.Data(octets_, kind)); }
  bool Has(ExtensionKind kind) const { return static_cast<bool>(table_[kind]); }

  void Read(uint16_t profile, Octets extension) {
    octets_ = RtpPacket{.csrcs = {7}, .profile = profile, .extension = std::move(extension)}.Encode();
    auto view = PacketView::Parse(octets_);
    ASSERT_TRUE(view);
    table_ = ReadExtensions(*view, map_);
  }

  ExtensionMap map_;
  Octets octets_;
  ExtensionTable table_;
};

TEST_F(ReadExtensionsTest, OneByteFormWithPaddingBetween) {
  Read(0xbede, {0x10, 'a', 0, 0, 0x20, 0x85, 0xe2, 1, 2, 3, 0x70, 9});
  EXPECT_EQ(Data(ExtensionKind::kMid), FromText("a"));
  EXPECT_THAT(Data(ExtensionKind::kAudioLevel), ElementsAre(0x85));
  EXPECT_THAT(Data(ExtensionKind::kAbsSendTime), ElementsAre(1, 2, 3));
  EXPECT_FALSE(Has(ExtensionKind::kRid));
}

TEST_F(ReadExtensionsTest, OneByteFormStopsAtId15) {
  Read(0xbede, {0x10, 'a', 0xf0, 1, 0x20, 0x85});
  EXPECT_TRUE(Has(ExtensionKind::kMid));
  EXPECT_FALSE(Has(ExtensionKind::kAudioLevel));
  EXPECT_FALSE(Has(ExtensionKind::kDependencyDescriptor));
}

TEST_F(ReadExtensionsTest, OneByteFormStopsAtPaddingWithALength) {
  Read(0xbede, {0x10, 'a', 0x01, 0, 0, 0x20, 0x85, 0});
  EXPECT_TRUE(Has(ExtensionKind::kMid));
  EXPECT_FALSE(Has(ExtensionKind::kAudioLevel));
}

TEST_F(ReadExtensionsTest, OneByteElementThatIsCutOffIsNotThere) {
  Read(0xbede, {0x10, 'a', 0x21, 0x85});
  EXPECT_TRUE(Has(ExtensionKind::kMid));
  EXPECT_FALSE(Has(ExtensionKind::kAudioLevel));
  Read(0xbede, {0x1f, 'a', 'b', 'c'});
  EXPECT_FALSE(Has(ExtensionKind::kMid));
  Read(0xbede, {0, 0, 0, 0x10});
  EXPECT_FALSE(Has(ExtensionKind::kMid));
}

TEST_F(ReadExtensionsTest, TwoByteFormTakesAnyAppbitsLongAndEmptyElements) {
  Octets dependencies(200, 0x5a);
  Read(0x100f, Concat({{1, 0}, {0, 0}, {15, 200}, dependencies, {2, 1, 0x7f}}));
  EXPECT_TRUE(Has(ExtensionKind::kMid));
  EXPECT_THAT(Data(ExtensionKind::kMid), IsEmpty());
  EXPECT_THAT(Data(ExtensionKind::kDependencyDescriptor), ElementsAreArray(dependencies));
  EXPECT_THAT(Data(ExtensionKind::kAudioLevel), ElementsAre(0x7f));
}

TEST_F(ReadExtensionsTest, TwoByteElementThatIsCutOffIsNotThere) {
  Read(0x1000, {1, 1, 'a', 2});
  EXPECT_TRUE(Has(ExtensionKind::kMid));
  EXPECT_FALSE(Has(ExtensionKind::kAudioLevel));
  Read(0x1000, {2, 3, 0, 0});
  EXPECT_FALSE(Has(ExtensionKind::kAudioLevel));
  Read(0x1000, {2, 255, 0, 0});
  EXPECT_FALSE(Has(ExtensionKind::kAudioLevel));
}

TEST_F(ReadExtensionsTest, TheFirstOfTwoCounts) {
  Read(0xbede, {0x10, 'a', 0x10, 'b'});
  EXPECT_EQ(Data(ExtensionKind::kMid), FromText("a"));
}

TEST_F(ReadExtensionsTest, OtherProfilesAndEmptyBlocksHaveNone) {
  Read(0xabcd, {0x10, 'a', 0, 0});
  EXPECT_FALSE(Has(ExtensionKind::kMid));
  Read(0x1010, {1, 1, 'a', 0});
  EXPECT_FALSE(Has(ExtensionKind::kMid));
  Read(0xbede, {});
  EXPECT_FALSE(Has(ExtensionKind::kMid));
}

}  // namespace
}  // namespace sluice::rtp
