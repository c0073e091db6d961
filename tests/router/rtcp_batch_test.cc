#include "router/rtcp_batch.h"

#include <gtest/gtest.h>

#include <span>
#include <vector>

#include "rtp/rtcp/pli.h"
#include "rtp/rtcp/sdes.h"
#include "tests/router/recording_port.h"

namespace sluice::router {
namespace {

using rtp::rtcp::BlockKind;
using rtp::rtcp::CompoundWriter;
using rtp::rtcp::Pli;

bool WritePli(RtcpBatch& batch, uint32_t media) {
  return batch.Write([&](CompoundWriter& writer) {
    return rtp::rtcp::WritePli(writer, {.sender = Ssrc(1), .media = Ssrc(media)});
  });
}

class RtcpBatchTest : public ::testing::Test {
 protected:
  SlabPool pool_{128};
  RecordingPort port_;
};

TEST_F(RtcpBatchTest, SendsNothingWhenNothingWasWritten) {
  { RtcpBatch batch(&pool_, &port_); }
  EXPECT_TRUE(port_.rtcp.empty());
}

TEST_F(RtcpBatchTest, PutsBlocksIntoOnePacket) {
  {
    RtcpBatch batch(&pool_, &port_);
    EXPECT_TRUE(WritePli(batch, 5));
    EXPECT_TRUE(WritePli(batch, 6));
    EXPECT_TRUE(port_.rtcp.empty());
  }
  EXPECT_EQ(port_.rtcp.size(), 1u);
  EXPECT_EQ(port_.Blocks<Pli>(BlockKind::kPli).size(), 2u);
}

TEST_F(RtcpBatchTest, BeginsAnotherPacketWhenOneIsFullAndLosesNoBlock) {
  {
    RtcpBatch batch(&pool_, &port_);
    for (uint32_t i = 0; i < 300; ++i) EXPECT_TRUE(WritePli(batch, i));
  }
  EXPECT_EQ(port_.rtcp.size(), 3u);  // 116 of 12 octets each fit in 1400.
  auto plis = port_.Blocks<Pli>(BlockKind::kPli);
  ASSERT_EQ(plis.size(), 300u);
  for (uint32_t i = 0; i < 300; ++i) EXPECT_EQ(plis[i].media, Ssrc(i));
}

TEST_F(RtcpBatchTest, SaysThatABlockFitsNowhereAndKeepsTheRest) {
  {
    RtcpBatch batch(&pool_, &port_);
    EXPECT_TRUE(WritePli(batch, 5));
    EXPECT_FALSE(batch.Write(
        [](CompoundWriter& writer) { return rtp::rtcp::WriteSdes(writer, Ssrc(1), std::string(300, 'x')); }));
    EXPECT_TRUE(WritePli(batch, 6));
  }
  EXPECT_EQ(port_.Blocks<Pli>(BlockKind::kPli).size(), 2u);
}

TEST_F(RtcpBatchTest, WithoutMemoryNothingIsWritten) {
  std::vector<SlabRef> all;
  while (SlabRef slab = pool_.Acquire()) all.push_back(slab);
  RtcpBatch batch(&pool_, &port_);
  EXPECT_FALSE(WritePli(batch, 5));
}

}  // namespace
}  // namespace sluice::router
