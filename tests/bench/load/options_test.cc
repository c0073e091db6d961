#include "bench/load/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::load {
namespace {

using ::testing::HasSubstr;

LoadOptions Parse(std::vector<std::string> arguments) {
  auto parsed = ParseOptions(arguments);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? std::get<LoadOptions>(*parsed) : LoadOptions{};
}

std::string Refused(std::vector<std::string> arguments) {
  auto parsed = ParseOptions(arguments);
  EXPECT_FALSE(parsed.ok()) << ::testing::PrintToString(arguments);
  return parsed.ok() ? "" : std::string(parsed.status().message());
}

TEST(LoadOptionsTest, ReadsBothSpellingsAnywhere) {
  LoadOptions options =
      Parse({"--duration=2.5", "webinar", "5", "--workers", "3", "50", "--frame-packets", "8,9",
             "--equal-sizes", "true", "--srtp=AES_CM_128_HMAC_SHA1_80", "--server-flags=--a 1  --b"});
  EXPECT_EQ(options.duration, TimeDelta::Millis(2500));
  EXPECT_EQ(options.scenario.publishers, 5);
  EXPECT_EQ(options.scenario.subscribers, 50);
  EXPECT_EQ(options.workers, 3);
  EXPECT_EQ(options.media.video_shape.packets_per_frame, (std::vector<int>{8, 9}));
  EXPECT_TRUE(options.media.video_shape.equal_sizes);
  EXPECT_EQ(options.srtp, transports::SrtpProfile::kAesCm128HmacSha1_80);
  EXPECT_EQ(options.server_flags, (std::vector<std::string>{"--a", "1", "--b"}));
}

TEST(LoadOptionsTest, SaysWhatIsWrong) {
  EXPECT_EQ(Refused({"meeting", "3", "--bogus", "1"}), "unknown flag --bogus (see --help)");
  EXPECT_EQ(Refused({"meeting", "3", "--duration"}), "--duration needs a value");
  EXPECT_THAT(Refused({"meeting", "3", "--audio=false", "--video=false"}), HasSubstr("nothing to send"));
  EXPECT_THAT(Refused({}), HasSubstr("scenario"));
}

TEST(LoadOptionsTest, RefusesOddValues) {
  for (const char* flag : {"--duration=nan",
                           "--duration=-1",
                           "--duration=1e9",
                           "--duration=",
                           "--workers=0",
                           "--workers=1.5",
                           "--workers=x",
                           "--threads=65",
                           "--fps=0",
                           "--frame-packets=",
                           "--frame-packets=4,,5",
                           "--frame-packets=0",
                           "--frame-packets=999",
                           "--packet-size=10",
                           "--packet-size=9000",
                           "--audio=yes",
                           "--srtp=NULL",
                           "--simulcast=5",
                           "--json=",
                           "--key-frame-scale=0",
                           "--churn-interval=0"}) {
    EXPECT_THAT(Refused({"meeting", "3", flag}), HasSubstr("not a valid value")) << flag;
  }
}

TEST(LoadOptionsTest, HelpNamesEveryFlag) {
  auto parsed = ParseOptions({"--help"});
  ASSERT_TRUE(parsed.ok());
  EXPECT_THAT(std::get<HelpAsked>(*parsed).text, HasSubstr("--server-cpus"));
}

}  // namespace
}  // namespace sluice::load
