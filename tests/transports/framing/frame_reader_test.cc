#include "transports/framing/frame_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sluice::transports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Framed(const std::string& packet) {
  std::string framed = {static_cast<char>(packet.size() >> 8), static_cast<char>(packet.size())};
  return framed + packet;
}

Bytes AsBytes(const std::string& text) {
  return Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

std::string AsText(const SlabRef& packet) {
  return std::string(packet->bytes().begin(), packet->bytes().end());
}

class FrameReaderTest : public ::testing::Test {
 protected:
  // As from a socket that has `portion` octets at a time and is read no further than Space().
  void Read(const std::string& stream, size_t portion) {
    for (size_t at = 0; at < stream.size();) {
      MutableBytes space = reader_.Space();
      size_t size = std::min({space.size(), portion, stream.size() - at});
      std::copy_n(stream.begin() + static_cast<std::ptrdiff_t>(at), size, space.begin());
      at += size;
      if (SlabRef packet = reader_.Commit(size)) packets_.push_back(AsText(packet));
    }
  }
  void Feed(const std::string& stream) {
    reader_.Feed(AsBytes(stream), [&](SlabRef packet) { packets_.push_back(AsText(packet)); });
  }

  SlabPool pool_;
  FrameReader reader_{&pool_};
  std::vector<std::string> packets_;
};

TEST_F(FrameReaderTest, PacketsComeOutWhateverThePortions) {
  const std::string long_packet(1200, 'x');
  for (size_t portion : {1, 2, 3, 7, 1000, 5000}) {
    packets_.clear();
    Read(Framed("first") + Framed(long_packet) + Framed("z"), portion);
    EXPECT_THAT(packets_, ElementsAre("first", long_packet, "z")) << portion;
  }
}

TEST_F(FrameReaderTest, FedAndReadOctetsContinueEachOther) {
  const std::string stream = Framed("first") + Framed("second") + Framed("third");
  for (size_t cut = 0; cut <= stream.size(); ++cut) {
    packets_.clear();
    Read(stream.substr(0, cut), 1000);
    Feed(stream.substr(cut));
    EXPECT_THAT(packets_, ElementsAre("first", "second", "third")) << cut;
  }
}

TEST_F(FrameReaderTest, NoReadGoesBeyondThePacket) {
  Read(Framed("first").substr(0, 2), 2);
  EXPECT_EQ(reader_.Space().size(), 5u);
  Read("fir", 3);
  EXPECT_EQ(reader_.Space().size(), 2u);
}

TEST_F(FrameReaderTest, EmptyPacketsAreSkipped) {
  Feed(Framed("") + Framed("a") + Framed("") + Framed("") + Framed("b"));
  EXPECT_THAT(packets_, ElementsAre("a", "b"));
  EXPECT_EQ(reader_.skipped().empty, 3u);
}

TEST_F(FrameReaderTest, APacketLongerThanASlabIsSkippedAndTheNextIsFound) {
  const std::string stream = Framed(std::string(65535, 'x')) + Framed("a") +
                             Framed(std::string(Slab::kCapacity + 1, 'y')) + Framed("b");
  Feed(stream);
  Read(stream, 10'000);
  EXPECT_THAT(packets_, ElementsAre("a", "b", "a", "b"));
  EXPECT_EQ(reader_.skipped().too_long, 4u);
}

TEST_F(FrameReaderTest, APacketMayFillItsSlab) {
  const std::string packet(Slab::kCapacity, 'x');
  Feed(Framed(packet) + Framed("a"));
  EXPECT_THAT(packets_, ElementsAre(packet, "a"));
}

// A length that promises more than comes holds one slab, and the following octets are taken for the packet.
TEST_F(FrameReaderTest, ALyingLengthHoldsOneSlab) {
  SlabPool small(128);
  FrameReader reader(&small);
  std::vector<FrameReader> others(127, FrameReader(&small));
  auto nothing = [](SlabRef) { ADD_FAILURE(); };
  const std::string lie = std::string{0x04, 0x00} + "much less than promised";
  reader.Feed(AsBytes(lie), nothing);
  for (FrameReader& other : others) other.Feed(AsBytes(lie), nothing);
  EXPECT_FALSE(small.Acquire());  // 128 readers, 128 slabs.
}

TEST_F(FrameReaderTest, WithoutMemoryPacketsAreSkippedInStep) {
  SlabPool pool(128);
  FrameReader reader(&pool);
  std::vector<SlabRef> taken;
  for (int i = 0; i < 128; ++i) taken.push_back(pool.Acquire());
  std::vector<std::string> packets;
  auto handler = [&](SlabRef packet) { packets.push_back(AsText(packet)); };
  reader.Feed(AsBytes(Framed("lost") + Framed("lo")), handler);
  reader.Feed(AsBytes(Framed("los").substr(0, 4)), handler);
  EXPECT_THAT(packets, IsEmpty());
  taken.pop_back();
  reader.Feed(AsBytes("s" + Framed("found")), handler);
  EXPECT_THAT(packets, ElementsAre("found"));
  EXPECT_EQ(reader.skipped().no_memory, 3u);
}

}  // namespace
}  // namespace sluice::transports
