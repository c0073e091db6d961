#include "transports/sctp/crc32c.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace sluice::transports {
namespace {

Bytes Of(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

TEST(Crc32cTest, HasTheKnownValues) {
  EXPECT_EQ(Crc32c({}), 0u);
  EXPECT_EQ(Crc32c(Of("123456789")), 0xe3069283u);
  EXPECT_EQ(Crc32c(std::vector<uint8_t>(32, 0)), 0x8a9136aau);     // RFC 3720 §B.4
  EXPECT_EQ(Crc32c(std::vector<uint8_t>(32, 0xff)), 0x62a8ab43u);  // likewise
  EXPECT_EQ(PortableCrc32c(Of("123456789")), 0xe3069283u);
}

TEST(Crc32cTest, IsTheSameWithAndWithoutTheInstruction) {
  std::vector<uint8_t> bytes(300);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 7 + 3);
  for (size_t size = 0; size <= bytes.size(); ++size) {
    ASSERT_EQ(Crc32c(Bytes(bytes).first(size)), PortableCrc32c(Bytes(bytes).first(size))) << size;
  }
}

TEST(Crc32cTest, GoesOnWhereItStopped) {
  const Bytes whole = Of("a message in two parts");
  EXPECT_EQ(Crc32c(whole.subspan(9), Crc32c(whole.first(9))), Crc32c(whole));
  EXPECT_EQ(PortableCrc32c(whole.subspan(9), PortableCrc32c(whole.first(9))), Crc32c(whole));
}

}  // namespace
}  // namespace sluice::transports
