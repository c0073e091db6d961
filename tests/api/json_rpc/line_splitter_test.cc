#include "api/json_rpc/line_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace sluice::api {
namespace {

using ::testing::ElementsAre;

constexpr char kTooLong[] = "<too long>";

// The lines that came out, too long ones as kTooLong.
class Lines {
 public:
  void Feed(LineSplitter* splitter, std::string_view chunk) {
    splitter->Feed(chunk, [this](std::optional<std::string_view> line) { Add(line); });
  }
  void Finish(LineSplitter* splitter) {
    splitter->Finish([this](std::optional<std::string_view> line) { Add(line); });
  }
  std::vector<std::string> Take() { return std::exchange(lines_, {}); }

 private:
  void Add(std::optional<std::string_view> line) { lines_.emplace_back(line.value_or(kTooLong)); }

  std::vector<std::string> lines_;
};

TEST(LineSplitterTest, OneChunkHoldsSeveralLinesAndTheBeginningOfAnother) {
  LineSplitter splitter;
  Lines lines;
  lines.Feed(&splitter, "one\ntwo\nthr");
  EXPECT_THAT(lines.Take(), ElementsAre("one", "two"));
  EXPECT_EQ(splitter.buffered_bytes(), 3u);
  lines.Feed(&splitter, "ee\n");
  EXPECT_THAT(lines.Take(), ElementsAre("three"));
}

TEST(LineSplitterTest, TheCutsOfTheChunksDoNotMatter) {
  const std::string text = "{\"a\":1}\n\n[1,2]\r\n   \t\nlonger than ten\nlast\n";
  for (size_t size = 1; size <= text.size(); ++size) {
    LineSplitter splitter(/*max_line_bytes=*/10);
    Lines lines;
    for (size_t i = 0; i < text.size(); i += size) {
      lines.Feed(&splitter, std::string_view(text).substr(i, size));
    }
    EXPECT_THAT(lines.Take(), ElementsAre("{\"a\":1}", "[1,2]\r", kTooLong, "last")) << "chunks of " << size;
  }
}

TEST(LineSplitterTest, BlankLinesAreIgnored) {
  LineSplitter splitter;
  Lines lines;
  lines.Feed(&splitter, "\n\r\n \t \n");
  EXPECT_THAT(lines.Take(), ElementsAre());
}

TEST(LineSplitterTest, ALineOfExactlyTheLimitPasses) {
  LineSplitter splitter(4);
  Lines lines;
  lines.Feed(&splitter, "abcd\nabcde\n");
  EXPECT_THAT(lines.Take(), ElementsAre("abcd", kTooLong));
  lines.Feed(&splitter, "ab");
  lines.Feed(&splitter, "cd\n");
  EXPECT_THAT(lines.Take(), ElementsAre("abcd"));
}

TEST(LineSplitterTest, ALineThatIsTooLongIsReportedOnceBeforeItEnds) {
  LineSplitter splitter(4);
  Lines lines;
  lines.Feed(&splitter, "abc");
  EXPECT_THAT(lines.Take(), ElementsAre());
  lines.Feed(&splitter, "de");
  EXPECT_THAT(lines.Take(), ElementsAre(kTooLong));
  lines.Feed(&splitter, "more and more");
  lines.Feed(&splitter, "and the end\nok\n");
  EXPECT_THAT(lines.Take(), ElementsAre("ok"));
}

TEST(LineSplitterTest, EndlessLineDoesNotGrowMemory) {
  LineSplitter splitter(64 << 10);
  Lines lines;
  const std::string chunk(4096, 'x');
  for (int i = 0; i < 1000; ++i) {
    lines.Feed(&splitter, chunk);
    ASSERT_LE(splitter.buffered_bytes(), size_t{64} << 10);
  }
  EXPECT_THAT(lines.Take(), ElementsAre(kTooLong));
  EXPECT_LT(splitter.buffer_capacity(), 100u);
}

TEST(LineSplitterTest, BufferOfALargeLineIsReleased) {
  LineSplitter splitter;
  Lines lines;
  lines.Feed(&splitter, std::string(1 << 20, 'x'));
  lines.Feed(&splitter, "\n");
  EXPECT_EQ(lines.Take().size(), 1u);
  EXPECT_LE(splitter.buffer_capacity(), size_t{64} << 10);
}

TEST(LineSplitterTest, LastLineNeedsNoNewline) {
  LineSplitter splitter(8);
  Lines lines;
  lines.Feed(&splitter, "first\nlast");
  lines.Finish(&splitter);
  EXPECT_THAT(lines.Take(), ElementsAre("first", "last"));
  lines.Finish(&splitter);
  EXPECT_THAT(lines.Take(), ElementsAre());
}

TEST(LineSplitterTest, EndOfInputInsideASkippedLineIsSilent) {
  LineSplitter splitter(4);
  Lines lines;
  lines.Feed(&splitter, "too long");
  EXPECT_THAT(lines.Take(), ElementsAre(kTooLong));
  lines.Finish(&splitter);
  EXPECT_THAT(lines.Take(), ElementsAre());
}

}  // namespace
}  // namespace sluice::api
