// The whole source tree against the rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/lint/source_file.h"
#include "tests/lint/source_rules.h"

namespace sluice::lint {
namespace {

using ::testing::IsEmpty;

const std::vector<SourceFile>& Tree() {
  static const std::vector<SourceFile> tree = ReadSourceTree(SLUICE_SOURCE_DIR);
  return tree;
}

Faults CheckAll(Faults (*rule)(const SourceFile&)) {
  Faults all;
  for (const SourceFile& file : Tree()) {
    Faults faults = rule(file);
    all.insert(all.end(), faults.begin(), faults.end());
  }
  return all;
}

TEST(SourceTreeTest, IsRead) {
  for (const char* folder : {"rtp", "transports/dtls", "router", "worker", "api/methods", "tests/lint"}) {
    EXPECT_TRUE(std::any_of(Tree().begin(), Tree().end(), [&](const SourceFile& file) {
      return file.IsIn(folder) && !file.text.empty();
    })) << folder;
  }
}

TEST(SourceTreeTest, IncludesPointDownTheLayersAndLibrariesStayInTheirFolders) {
  EXPECT_THAT(CheckAll(CheckIncludes), IsEmpty());
}

TEST(SourceTreeTest, ClocksAndRandomnessStayInTheWorker) { EXPECT_THAT(CheckAll(CheckPurity), IsEmpty()); }

TEST(SourceTreeTest, FilesKeepTheirShape) { EXPECT_THAT(CheckAll(CheckShape), IsEmpty()); }

TEST(SourceTreeTest, TextStaysInTheRepository) { EXPECT_THAT(CheckAll(CheckText), IsEmpty()); }

TEST(SourceTreeTest, FoldersAreDescribed) { EXPECT_THAT(CheckReadmes(Tree()), IsEmpty()); }

}  // namespace
}  // namespace sluice::lint
