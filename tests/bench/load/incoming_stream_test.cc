#include "bench/load/incoming_stream.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/rtp/rtp_packets.h"

namespace sluice::load {
namespace {

class IncomingStreamTest : public ::testing::Test {
 protected:
  void Media(uint16_t sequence) {
    now_ += TimeDelta::Millis(1);
    rtp::Octets packet = rtp::RtpPacket{.sequence = sequence, .ssrc = 5}.Encode();
    stream_.HandleMedia(now_, *rtp::PacketView::Parse(packet), packet.size());
  }
  std::vector<uint16_t> AskedFor() {
    std::vector<uint16_t> asked;
    now_ += TimeDelta::Millis(20);
    stream_.nack().Poll(now_, TimeDelta::Millis(100),
                        [&](SequenceNumber lost) { asked.push_back(lost.value()); });
    return asked;
  }

  Counters counters_;
  IncomingStream stream_{{.ssrc = Ssrc(5), .nack = true}, &counters_};
  Timestamp now_ = Timestamp::Seconds(100);
};

TEST_F(IncomingStreamTest, CountsWhatWasExpectedAndWhatCame) {
  for (uint16_t sequence : {65'534, 65'535, 0, 3, 4}) Media(sequence);
  EXPECT_EQ(counters_.media_received, 5u);
  EXPECT_EQ(counters_.media_expected, 7u);
  EXPECT_EQ(AskedFor(), (std::vector<uint16_t>{1, 2}));
}

TEST_F(IncomingStreamTest, ReorderingIsNoLossAndARepeatNoPacket) {
  for (uint16_t sequence : {1, 3, 2, 2}) Media(sequence);
  EXPECT_EQ(counters_.media_received, 3u);
  EXPECT_EQ(counters_.media_expected, 3u);
  EXPECT_EQ(counters_.duplicates, 1u);
  EXPECT_EQ(AskedFor(), std::vector<uint16_t>());
}

TEST_F(IncomingStreamTest, ARepairFillsItsHoleAndIsNotCountedAsReceived) {
  for (uint16_t sequence : {10, 12}) Media(sequence);
  stream_.HandleRepair(now_, SequenceNumber(11));
  stream_.HandleRepair(now_, SequenceNumber(11));
  EXPECT_EQ(AskedFor(), std::vector<uint16_t>());
  EXPECT_EQ(counters_.media_received, 2u);
  EXPECT_EQ(counters_.media_expected, 3u);
  EXPECT_EQ(counters_.repaired, 1u);
  EXPECT_EQ(counters_.duplicates, 1u);
}

}  // namespace
}  // namespace sluice::load
