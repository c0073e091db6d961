#include "rtp/bits.h"

#include <gmock/gmock.h>

#include "tests/rtp/dependency_elements.h"

namespace sluice::rtp {
namespace {

using ::testing::ElementsAre;

TEST(BitReaderTest, ReadsAcrossOctets) {
  const Octets octets = {0xa5, 0x0f, 0xff, 0x00, 0x12};
  BitReader reader(octets);
  EXPECT_EQ(reader.Read(3), 5u);
  EXPECT_EQ(reader.Read(9), 0x50u);
  EXPECT_TRUE(reader.Flag());
  EXPECT_EQ(reader.Read(0), 0u);
  EXPECT_EQ(reader.position(), 13);
  EXPECT_EQ(reader.Read(27), 0x7ff'0012u);
  EXPECT_EQ(reader.remaining(), 0);
  EXPECT_TRUE(reader.ok());
}

TEST(BitReaderTest, ReadsZerosPastTheEndAndSaysSo) {
  const Octets octets = {0xff};
  BitReader reader(octets);
  reader.Read(5);
  EXPECT_EQ(reader.Read(4), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.Read(1), 0u);
}

TEST(BitReaderTest, ReadsNumbersBelowALimit) {
  for (uint32_t limit = 1; limit <= 33; ++limit) {
    for (uint32_t value = 0; value < limit; ++value) {
      const Octets octets = BitString().Put(1, 1).PutBelow(value, limit).Put(0x55, 7).Done();
      BitReader reader(octets);
      reader.Read(1);
      EXPECT_EQ(reader.ReadBelow(limit), value) << limit;
      EXPECT_EQ(reader.Read(7), 0x55u) << limit;
    }
  }
}

TEST(BitWriterTest, WritesWhatAReaderReads) {
  uint8_t out[6];
  BitWriter writer(out);
  writer.Write(5, 3);
  writer.Write(0xffff'ffff, 32);
  writer.Write(0, 2);
  writer.Write(0x7ff, 4);  // The low bits count.
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(writer.size(), 6u);
  EXPECT_THAT(out, ElementsAre(0xbf, 0xff, 0xff, 0xff, 0xe7, 0x80));
}

TEST(BitWriterTest, RefusesWhatDoesNotFit) {
  uint8_t out[1];
  BitWriter writer(out);
  writer.Write(1, 7);
  EXPECT_TRUE(writer.ok());
  writer.Write(1, 2);
  EXPECT_FALSE(writer.ok());
}

TEST(BitWriterTest, CopiesAnyNumberOfBits) {
  const Octets octets = {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0x12};
  uint8_t out[9] = {};
  BitReader reader(octets);
  BitWriter writer(out);
  reader.Read(4);
  writer.Copy(reader, 68);
  EXPECT_THAT(out, ElementsAre(0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x20));
}

}  // namespace
}  // namespace sluice::rtp
