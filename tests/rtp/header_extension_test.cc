#include "rtp/header_extension.h"

#include <gmock/gmock.h>

#include <set>
#include <utility>

namespace sluice::rtp {
namespace {

TEST(HeaderExtensionTest, EveryKindHasOneUri) {
  std::set<std::string_view> uris;
  for (size_t i = 0; i < kExtensionKinds; ++i) {
    auto kind = static_cast<ExtensionKind>(i);
    uris.insert(ExtensionUri(kind));
    EXPECT_EQ(ExtensionKindOf(ExtensionUri(kind)), kind);
  }
  EXPECT_EQ(uris.size(), kExtensionKinds);
  EXPECT_EQ(uris.count(""), 0u);
  EXPECT_EQ(ExtensionKindOf("urn:ietf:params:rtp-hdrext:sdes:mid"), ExtensionKind::kMid);
  EXPECT_EQ(ExtensionKindOf("urn:ietf:params:rtp-hdrext:sdes:mid2"), std::nullopt);
  EXPECT_EQ(ExtensionKindOf(""), std::nullopt);
}

TEST(ExtensionMapTest, MapsBothWays) {
  ExtensionMap map;
  EXPECT_FALSE(map.Has(ExtensionKind::kMid));
  map.Register(ExtensionKind::kMid, 255);
  map.Register(ExtensionKind::kRid, 1);
  EXPECT_EQ(map.IdOf(ExtensionKind::kMid), 255);
  EXPECT_EQ(map.KindOf(255), ExtensionKind::kMid);
  EXPECT_EQ(map.KindOf(1), ExtensionKind::kRid);
  EXPECT_EQ(map.KindOf(2), std::nullopt);
  EXPECT_EQ(map.KindOf(0), std::nullopt);
}

// Of the one-byte form's ids, the two-byte form's, and from one to the other.
TEST(ExtensionMapTest, StaysOneToOne) {
  for (const auto& [first, second] : {std::pair{1, 2}, {15, 16}, {16, 15}, {200, 255}, {255, 14}}) {
    const auto before = static_cast<uint8_t>(first), after = static_cast<uint8_t>(second);
    ExtensionMap map;
    map.Register(ExtensionKind::kMid, before);
    map.Register(ExtensionKind::kMid, after);
    EXPECT_EQ(map.KindOf(before), std::nullopt);
    EXPECT_EQ(map.KindOf(after), ExtensionKind::kMid);
    map.Register(ExtensionKind::kRid, after);
    EXPECT_FALSE(map.Has(ExtensionKind::kMid));
    EXPECT_EQ(map.KindOf(after), ExtensionKind::kRid);
    map.Register(ExtensionKind::kRid, after);
    EXPECT_EQ(map.IdOf(ExtensionKind::kRid), after);
    map.Register(ExtensionKind::kRid, 0);
    EXPECT_FALSE(map.Has(ExtensionKind::kRid));
    EXPECT_EQ(map.KindOf(after), std::nullopt);
  }
}

TEST(ExtensionTableTest, GivesTheElementsData) {
  const uint8_t packet[] = {10, 11, 12, 13};
  ExtensionTable table;
  EXPECT_FALSE(table[ExtensionKind::kMid]);
  EXPECT_TRUE(table.Data(packet, ExtensionKind::kMid).empty());
  table[ExtensionKind::kMid] = {.offset = 1, .size = 2};
  EXPECT_TRUE(table[ExtensionKind::kMid]);
  EXPECT_THAT(table.Data(packet, ExtensionKind::kMid), testing::ElementsAre(11, 12));
}

}  // namespace
}  // namespace sluice::rtp
