#include "rtp/packet_reader.h"

#include <gmock/gmock.h>

#include "rtp/audio_level.h"
#include "tests/rtp/rtp_packets.h"

namespace sluice::rtp {
namespace {

TEST(ReadPacketTest, RecordsWhatThePacketSays) {
  ExtensionMap map;
  map.Register(ExtensionKind::kAudioLevel, 3);
  map.Register(ExtensionKind::kMid, 1);
  const Octets octets = RtpPacket{.payload_type = 111,
                                  .marker = true,
                                  .profile = 0xbede,
                                  .extension = {0x30, 0x80 | 42, 0x10, '7'},
                                  .padding = 4}
                            .Encode();
  ReceivedPacket read = ReadPacket(*PacketView::Parse(octets), map);
  EXPECT_EQ(read.timestamp, 0x56789abcu);
  EXPECT_EQ(read.ssrc, Ssrc(0xdef01234));
  EXPECT_EQ(read.payload_type, PayloadType(111));
  EXPECT_TRUE(read.marker);
  EXPECT_TRUE(read.voice);
  EXPECT_EQ(read.audio_level, 42);
  EXPECT_EQ(read.payload_offset, 20);
  EXPECT_EQ(read.payload_size, 5);
  EXPECT_EQ(ToOctets(read.extensions.Data(octets, ExtensionKind::kMid)), FromText("7"));
}

TEST(ReadPacketTest, IsSilentWithoutAnAudioLevel) {
  const Octets octets = RtpPacket{}.Encode();
  ReceivedPacket read = ReadPacket(*PacketView::Parse(octets), ExtensionMap());
  EXPECT_FALSE(read.voice);
  EXPECT_EQ(read.audio_level, 127);
}

TEST(AudioLevelTest, AnEmptyElementSaysNothing) {
  EXPECT_FALSE(AudioLevel::Parse({}));
  EXPECT_EQ(AudioLevel::Parse(Octets{0x7f})->level, 127);
  EXPECT_FALSE(AudioLevel::Parse(Octets{0x7f})->voice);
}

}  // namespace
}  // namespace sluice::rtp
