#include "api/json_rpc/structure_scan.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::api {
namespace {

TEST(StructureScanTest, DepthIsThatOfTheDeepestBracket) {
  EXPECT_EQ(ScanStructure("1").depth, 0u);
  EXPECT_EQ(ScanStructure("[]").depth, 1u);
  EXPECT_EQ(ScanStructure("[{},{\"a\":[1]}]").depth, 3u);
  EXPECT_EQ(ScanStructure("[[]][[]]").depth, 2u);
}

TEST(StructureScanTest, BracketsInStringsDoNotCount) {
  EXPECT_EQ(ScanStructure(R"({"a":"[[[{{{"})").depth, 1u);
  EXPECT_EQ(ScanStructure(R"({"a\"[[":"\\","b":[]})").depth, 2u);
  EXPECT_EQ(ScanStructure(R"(["\\\"[[[",[]])").depth, 2u);
}

TEST(StructureScanTest, UnbalancedTextIsScannedToItsEnd) {
  EXPECT_EQ(ScanStructure("]]]]").depth, 0u);
  EXPECT_EQ(ScanStructure("]][").depth, 1u);
  EXPECT_EQ(ScanStructure("[\"").depth, 1u);
  EXPECT_EQ(ScanStructure("\"abc\\").depth, 0u);
  EXPECT_EQ(ScanStructure(std::string(1'000'000, '[')).depth, 1'000'000u);
}

TEST(StructureScanTest, ValuesAreAnUpperBound) {
  EXPECT_GE(ScanStructure("[1,2,3]").values, 4u);
  EXPECT_GE(ScanStructure(R"({"a":1,"b":[]})").values, 3u);
  EXPECT_LE(ScanStructure(R"({"a":"1,2,3,4,5,6"})").values, 2u);
}

}  // namespace
}  // namespace sluice::api
