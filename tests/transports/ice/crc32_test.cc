#include "transports/ice/crc32.h"

#include <gtest/gtest.h>

#include <string_view>

namespace sluice::transports {
namespace {

uint32_t CrcOf(std::string_view text) {
  return Crc32({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

TEST(Crc32Test, AgreesWithTheStandardCheckValues) {
  EXPECT_EQ(CrcOf(""), 0u);
  EXPECT_EQ(CrcOf("a"), 0xe8b7be43u);
  EXPECT_EQ(CrcOf("123456789"), 0xcbf43926u);
}

}  // namespace
}  // namespace sluice::transports
