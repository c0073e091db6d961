#include "bench/load/outgoing_stream.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "bench/load/codec.h"
#include "bench/load/payload_stamp.h"
#include "rtp/packet_view.h"
#include "rtp/payload/vp8_descriptor.h"

namespace sluice::load {
namespace {

constexpr Timestamp kNow = Timestamp::Seconds(1'000);

StreamPlan Video() {
  return {.id = "v",
          .kind = MediaKind::kVideo,
          .mid = "1",
          .cname = "c",
          .encodings = {{.ssrc = Ssrc(10), .rtx_ssrc = Ssrc(11)}}};
}

class OutgoingStreamTest : public ::testing::Test {
 protected:
  rtp::PacketView Parse(size_t size) { return *rtp::PacketView::Parse(Bytes(buffer_).first(size)); }
  rtp::PacketView Write(OutgoingStream& stream, const PacketShape& shape, Timestamp now = kNow) {
    return Parse(stream.WriteMedia(now, shape, 7, buffer_));
  }
  std::array<uint8_t, 1600> buffer_;
};

TEST_F(OutgoingStreamTest, WritesWhatAServerTakesForAKeyFrameAndItsRest) {
  OutgoingStream stream(Video(), 0, 1);
  rtp::PacketView first = Write(stream, {.payload_size = 900, .key_frame = true, .first = true});
  EXPECT_EQ(first.payload_type(), kVp8);
  EXPECT_EQ(first.ssrc(), Ssrc(10));
  EXPECT_EQ(first.payload().size(), 900u);
  EXPECT_FALSE(first.marker());
  EXPECT_TRUE(rtp::Vp8Descriptor::Parse(first.payload())->key_frame);
  const SequenceNumber sequence = first.sequence_number();
  const uint32_t timestamp = first.timestamp();
  rtp::PacketView last =
      Write(stream, {.payload_size = 901, .key_frame = true, .last = true}, kNow + TimeDelta::Millis(1));
  EXPECT_EQ(last.sequence_number(), sequence + 1);
  EXPECT_EQ(last.timestamp(), timestamp) << "the same frame";
  EXPECT_TRUE(last.marker());
  rtp::PacketView next = Write(stream, {.payload_size = 901, .first = true}, kNow + TimeDelta::Millis(40));
  EXPECT_EQ(next.timestamp(), timestamp + 40 * 90);
  EXPECT_FALSE(rtp::Vp8Descriptor::Parse(next.payload())->key_frame);
}

TEST_F(OutgoingStreamTest, StampsPayloadsAndHeaders) {
  OutgoingStream stream(Video(), 0, 1);
  rtp::PacketView packet = Write(stream, {.payload_size = 500, .first = true});
  EXPECT_EQ(PayloadStamp::Read(packet.payload()), (PayloadStamp{.sent = kNow, .packet = 0}));
  rtp::ExtensionMap ids;
  ids.Register(rtp::ExtensionKind::kMid, kMidId);
  ids.Register(rtp::ExtensionKind::kTransportSequenceNumber, kTransportSequenceNumberId);
  rtp::ExtensionTable table = rtp::ReadExtensions(packet, ids);
  EXPECT_EQ(LoadU16(table.Data(packet.datagram(), rtp::ExtensionKind::kTransportSequenceNumber).data()), 7);
  EXPECT_EQ(table.Data(packet.datagram(), rtp::ExtensionKind::kMid)[0], '1');
}

TEST_F(OutgoingStreamTest, RepeatsAPacketByRtx) {
  OutgoingStream stream(Video(), 0, 1);
  rtp::PacketView packet = Write(stream, {.payload_size = 700, .key_frame = true, .first = true});
  const SequenceNumber lost = packet.sequence_number();
  const uint32_t timestamp = packet.timestamp();
  const std::vector<uint8_t> payload(packet.payload().begin(), packet.payload().end());
  Write(stream, {.payload_size = 600, .last = true});
  rtp::PacketView repeat = Parse(stream.WriteRetransmission(kNow + TimeDelta::Millis(50), lost, 8, buffer_));
  EXPECT_EQ(repeat.ssrc(), Ssrc(11));
  EXPECT_EQ(repeat.payload_type(), kVp8Rtx);
  EXPECT_EQ(repeat.timestamp(), timestamp);
  EXPECT_EQ(SequenceNumber(LoadU16(repeat.payload().data())), lost);
  EXPECT_EQ(std::vector<uint8_t>(repeat.payload().begin() + 2, repeat.payload().end()), payload);
}

TEST_F(OutgoingStreamTest, HasNothingToRepeatOfWhatItNeverSentOrForgot) {
  OutgoingStream stream(Video(), 0, 1);
  const SequenceNumber first = Write(stream, {.payload_size = 100, .first = true}).sequence_number();
  EXPECT_EQ(stream.WriteRetransmission(kNow, first + 1, 8, buffer_), 0u);
  for (int i = 0; i < 512; ++i) Write(stream, {.payload_size = 100, .first = true});
  EXPECT_EQ(stream.WriteRetransmission(kNow, first, 8, buffer_), 0u);
}

TEST_F(OutgoingStreamTest, AudioHasNoMarkerAndNoRtx) {
  OutgoingStream stream({.kind = MediaKind::kAudio, .mid = "0", .encodings = {{.ssrc = Ssrc(20)}}}, 0, 1);
  rtp::PacketView packet = Write(stream, {.payload_size = 100, .first = true, .last = true});
  EXPECT_EQ(packet.payload_type(), kOpus);
  EXPECT_FALSE(packet.marker());
  EXPECT_EQ(packet.payload().size(), 100u);
  EXPECT_EQ(stream.WriteRetransmission(kNow, packet.sequence_number(), 8, buffer_), 0u);
}

}  // namespace
}  // namespace sluice::load
