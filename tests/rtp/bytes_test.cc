#include "rtp/bytes.h"

#include <gmock/gmock.h>

#include <array>

namespace sluice {
namespace {

using ::testing::ElementsAre;

TEST(BytesTest, LoadsAndStoresInNetworkOrder) {
  std::array<uint8_t, 17> bytes{};
  StoreU16(&bytes[0], 0x0102);
  StoreU24(&bytes[2], 0x030405);
  StoreU32(&bytes[5], 0x06070809);
  StoreU64(&bytes[9], 0x0a0b0c0d0e0f1011);
  for (size_t i = 0; i < bytes.size(); ++i) EXPECT_EQ(bytes[i], i + 1);
  EXPECT_EQ(LoadU16(&bytes[0]), 0x0102);
  EXPECT_EQ(LoadU24(&bytes[2]), 0x030405u);
  EXPECT_EQ(LoadU32(&bytes[5]), 0x06070809u);
  EXPECT_EQ(LoadU64(&bytes[9]), 0x0a0b0c0d0e0f1011u);
}

TEST(BytesTest, HighBitsAreNotSignExtended) {
  const std::array<uint8_t, 8> ones = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe};
  EXPECT_EQ(LoadU16(ones.data()), 0xffff);
  EXPECT_EQ(LoadU24(ones.data()), 0xffffffu);
  EXPECT_EQ(LoadU32(ones.data()), 0xffffffffu);
  EXPECT_EQ(LoadU64(ones.data()), 0xfffffffffffffffeu);
}

TEST(ByteReaderTest, ReadsFrontToBackAndRefusesWhatIsNotThere) {
  const std::array<uint8_t, 12> bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.U8(), 0x01);
  EXPECT_EQ(reader.U16(), 0x0203);
  EXPECT_EQ(reader.U24(), 0x040506u);
  EXPECT_EQ(reader.U32(), 0x0708090au);
  EXPECT_EQ(reader.U24(), std::nullopt);
  EXPECT_EQ(reader.U64(), std::nullopt);
  EXPECT_EQ(reader.remaining(), 2u);  // A refused read takes nothing.
  EXPECT_EQ(reader.Read(3), std::nullopt);
  EXPECT_THAT(*reader.Read(2), ElementsAre(11, 12));
  EXPECT_TRUE(reader.rest().empty());
  EXPECT_EQ(reader.U8(), std::nullopt);
  EXPECT_TRUE(reader.Read(0)->empty());
}

}  // namespace
}  // namespace sluice
