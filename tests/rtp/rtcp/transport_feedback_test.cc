#include "rtp/rtcp/transport_feedback.h"

#include <gtest/gtest.h>

#include "tests/rtp/rtcp/test_blocks.h"

namespace sluice::rtp::rtcp {
namespace {

// Sequence and arrival in µs since the reference time; -1'000'000'000: not received.
using Packets = std::vector<std::pair<int, int64_t>>;
constexpr int64_t kLost = -1'000'000'000;

Packets PacketsOf(const TransportFeedback& feedback) {
  Packets packets;
  feedback.ForEachPacket([&](const TransportFeedback::Packet& packet) {
    packets.emplace_back(packet.sequence, packet.received ? packet.arrival.us() : kLost);
  });
  return packets;
}

TEST(TransportFeedbackTest, ReadsTheFixedFields) {
  auto bytes = FromHex("afcd 0005 11111111 22222222 0003 0001 fffffe 07 2001 0401");
  auto feedback = ParseFirst<TransportFeedback>(bytes);
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->sender(), Ssrc(0x11111111));
  EXPECT_EQ(feedback->media(), Ssrc(0x22222222));
  EXPECT_EQ(feedback->base_sequence(), 3);
  EXPECT_EQ(feedback->packet_count(), 1);
  EXPECT_EQ(feedback->feedback_number(), 7);
  EXPECT_EQ(feedback->reference_time(), -TimeDelta::Millis(128));  // Signed.
  EXPECT_EQ(PacketsOf(*feedback), (Packets{{3, 1'000}}));
}

TEST(TransportFeedbackTest, ReadsRunsOfEachSymbol) {
  // Two small deltas, three lost, one large.
  auto bytes = FromHex("8fcd 0007 11111111 22222222 fffe 0006 000000 00  2002 0003 4001  04 08 fff8 0000");
  auto feedback = ParseFirst<TransportFeedback>(bytes);
  ASSERT_TRUE(feedback);
  EXPECT_EQ(PacketsOf(*feedback),
            (Packets{{65'534, 1'000}, {65'535, 3'000}, {0, kLost}, {1, kLost}, {2, kLost}, {3, 1'000}}));
}

TEST(TransportFeedbackTest, ReadsOneBitVectors) {
  // 10 1010 0000 0000 01: the first, the third and the fourteenth.
  auto bytes = FromHex("8fcd 0006 11111111 22222222 0000 000e 000000 00  a801  010203 000000");
  auto feedback = ParseFirst<TransportFeedback>(bytes);
  ASSERT_TRUE(feedback);
  Packets packets = PacketsOf(*feedback);
  ASSERT_EQ(packets.size(), 14u);
  EXPECT_EQ(packets[0].second, 250);
  EXPECT_EQ(packets[1].second, kLost);
  EXPECT_EQ(packets[2].second, 750);
  EXPECT_EQ(packets[13].second, 1'500);
}

TEST(TransportFeedbackTest, ReadsTwoBitVectors) {
  // 11 01 00 10 01 00 00 10
  auto bytes = FromHex("8fcd 0006 11111111 22222222 0000 0007 000000 00  d242  04 7fff 04 8000");
  auto feedback = ParseFirst<TransportFeedback>(bytes);
  ASSERT_TRUE(feedback);
  EXPECT_EQ(PacketsOf(*feedback), (Packets{{0, 1'000},
                                           {1, kLost},
                                           {2, 1'000 + 32'767 * 250},
                                           {3, 2'000 + 32'767 * 250},
                                           {4, kLost},
                                           {5, kLost},
                                           {6, 2'000 - 250}}));
}

TEST(TransportFeedbackTest, SymbolsBeyondThePacketCountMeanNothing) {
  // A vector of seven whose last five, one of them reserved, are beyond the count of two.
  auto bytes = FromHex("8fcd 0005 11111111 22222222 0000 0002 000000 00  d7ff  0102");
  auto feedback = ParseFirst<TransportFeedback>(bytes);
  ASSERT_TRUE(feedback);
  EXPECT_EQ(PacketsOf(*feedback), (Packets{{0, 250}, {1, 750}}));
}

TEST(TransportFeedbackTest, MissingDeltasAndChunksAreRefused) {
  // One delta for a run of two; no chunk; chunks for seven of eight packets; a count of zero.
  EXPECT_FALSE(
      Parses<TransportFeedback>(FromHex("afcd 0005 11111111 22222222 0000 0002 000000 00  2002  0101")));
  EXPECT_FALSE(Parses<TransportFeedback>(FromHex("8fcd 0004 11111111 22222222 0000 0002 000000 00")));
  EXPECT_FALSE(
      Parses<TransportFeedback>(FromHex("8fcd 0005 11111111 22222222 0000 0008 000000 00  0003 0004")));
  EXPECT_FALSE(
      Parses<TransportFeedback>(FromHex("8fcd 0005 11111111 22222222 0000 0000 000000 00  0003 0004")));
  EXPECT_FALSE(Parses<TransportFeedback>(FromHex("8fcd 0003 11111111 22222222 00000001")));
}

TEST(TransportFeedbackTest, ReservedSymbolsAreRefused) {
  EXPECT_FALSE(Parses<TransportFeedback>(
      FromHex("8fcd 0006 11111111 22222222 0000 0001 000000 00  6001 00000000 0000")));  // A run.
  EXPECT_FALSE(Parses<TransportFeedback>(
      FromHex("8fcd 0006 11111111 22222222 0000 0007 000000 00  c003 00000000 0000")));  // In a vector.
}

TEST(TransportFeedbackTest, EmptyRunsDoNotHoldItUp) {
  auto bytes = FromHex("8fcd 0006 11111111 22222222 0000 0001 000000 00  0000 2000 2001  0100");
  auto feedback = ParseFirst<TransportFeedback>(bytes);
  ASSERT_TRUE(feedback);
  EXPECT_EQ(PacketsOf(*feedback), (Packets{{0, 250}}));
}

TEST(TransportFeedbackTest, ReferenceTimesCompareAcrossTheirWrap) {
  auto at = [](std::string_view reference_time) {
    auto bytes =
        FromHex("8fcd 0005 11111111 22222222 0000 0001" + std::string(reference_time) + "00 2001 0000");
    return *ParseFirst<TransportFeedback>(bytes);  // Only its fixed fields are read.
  };
  EXPECT_EQ(at("000001").ReferenceTimeSince(at("ffffff")), TimeDelta::Millis(128));
  EXPECT_EQ(at("800000").ReferenceTimeSince(at("7fffff")), TimeDelta::Millis(64));
  EXPECT_EQ(at("7fffff").ReferenceTimeSince(at("800000")), -TimeDelta::Millis(64));
}

}  // namespace
}  // namespace sluice::rtp::rtcp
