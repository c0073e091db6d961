#include "worker/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

namespace sluice::worker {
namespace {

TEST(RandomTest, StringsHaveTheirLengthAndOnlyTheAlphabet) {
  EXPECT_EQ(RandomString(0), "");
  std::string text = RandomString(1000, "ab");
  EXPECT_EQ(text.size(), 1000u);
  EXPECT_EQ(text.find_first_not_of("ab"), std::string::npos);
  EXPECT_NE(text.find('a'), std::string::npos);
  EXPECT_NE(text.find('b'), std::string::npos);
}

TEST(RandomTest, EveryCharacterOfAnAlphabetComesUpEvenly) {
  std::array<int, 256> counts{};
  for (char c : RandomString(62'000)) ++counts[static_cast<uint8_t>(c)];
  for (char c : kAlphanumeric) {
    // 1,000 expected with a standard deviation of 32; a modulo bias would show as 1.25 times for some.
    EXPECT_GT(counts[static_cast<uint8_t>(c)], 750) << c;
    EXPECT_LT(counts[static_cast<uint8_t>(c)], 1250) << c;
  }
}

TEST(RandomTest, UuidHasVersionAndVariant) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(UuidV4(), testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                                "[0-9a-f]{12}"));
  }
}

TEST(RandomTest, ValuesDoNotRepeat) {
  std::set<uint64_t> integers;
  std::set<std::string> uuids;
  for (int i = 0; i < 1000; ++i) {
    integers.insert(RandomUint64());
    uuids.insert(UuidV4());
  }
  EXPECT_EQ(integers.size(), 1000u);
  EXPECT_EQ(uuids.size(), 1000u);
  EXPECT_NE(RandomUint32() ^ RandomUint32() ^ RandomUint32(), 0u);
}

}  // namespace
}  // namespace sluice::worker
