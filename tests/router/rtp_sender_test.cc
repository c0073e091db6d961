#include "router/rtp_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/router/media.h"
#include "tests/router/recording_port.h"

namespace sluice::router {
namespace {

using rtp::ExtensionKind;

class RtpSenderTest : public ::testing::Test {
 protected:
  RtpSenderTest() : source_(ForwardedMedia{.payload = Octets(50, 7)}.In(pool_)) {
    rtp::ExtensionMap map;
    map.Register(ExtensionKind::kTransportSequenceNumber, 1);
    layout_ = rtp::ExtensionLayout(map);
  }

  OutgoingPacket Outgoing() const {
    OutgoingPacket packet;
    packet.source = source_.get();
    packet.extensions = &layout_;
    packet.header = {
        .ssrc = Ssrc(9), .sequence_number = SequenceNumber(4), .payload_type = PayloadType(kVp8)};
    return packet;
  }

  SlabPool pool_{128};
  SlabRef source_;
  RecordingPort port_;
  RtpSender sender_{&pool_, &port_};
  rtp::ExtensionLayout layout_;
  Timestamp now_ = Timestamp::Seconds(1);
};

TEST_F(RtpSenderTest, AnswersTheSizeOfWhatItSent) {
  size_t size = sender_.Send(now_, Outgoing());
  ASSERT_EQ(port_.rtp.size(), 1u);
  EXPECT_EQ(port_.rtp[0].bytes.size(), size);
  EXPECT_EQ(port_.rtp[0].payload, Octets(50, 7));
}

TEST_F(RtpSenderTest, NumbersAllPacketsOfTheTransportTogether) {
  sender_.Send(now_, Outgoing());
  OutgoingPacket other = Outgoing();
  other.header.ssrc = Ssrc(10);
  other.original = SequenceNumber(3);
  other.kind = MediaKind::kAudio;
  sender_.Send(now_, other);
  ASSERT_EQ(port_.rtp.size(), 2u);
  EXPECT_EQ(port_.rtp[0].Extension(ExtensionKind::kTransportSequenceNumber, 1), Octets({0, 0}));
  EXPECT_EQ(port_.rtp[1].Extension(ExtensionKind::kTransportSequenceNumber, 1), Octets({0, 1}));
  EXPECT_EQ(port_.rtp[1].kind, MediaKind::kAudio);
  EXPECT_EQ(port_.rtp[1].payload.size(), 52u);
}

TEST_F(RtpSenderTest, CountsWhatItHasNoMemoryFor) {
  std::vector<SlabRef> all;
  while (SlabRef slab = pool_.Acquire()) all.push_back(slab);
  EXPECT_EQ(sender_.Send(now_, Outgoing()), 0u);
  EXPECT_EQ(sender_.dropped(), 1);
  EXPECT_TRUE(port_.rtp.empty());
  all.clear();
  EXPECT_GT(sender_.Send(now_, Outgoing()), 0u);
  // The one that was not sent has no number: the receiver would take it for lost on the way.
  EXPECT_EQ(port_.rtp[0].Extension(ExtensionKind::kTransportSequenceNumber, 1), Octets({0, 0}));
}

TEST_F(RtpSenderTest, CountsWhatDoesNotFit) {
  source_ = ForwardedMedia{.payload = Octets(Slab::kCapacity - 12, 7)}.In(pool_);
  EXPECT_EQ(sender_.Send(now_, Outgoing()), 0u);
  EXPECT_EQ(sender_.dropped(), 1);
}

}  // namespace
}  // namespace sluice::router
