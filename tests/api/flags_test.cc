#include "api/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"

namespace sluice::api {
namespace {

using ::testing::HasSubstr;

class FlagsTest : public ::testing::Test {
 protected:
  std::variant<ParsedFlags, PrintAndExit, FlagError> Parse(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "sluice");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    return ParseFlags(static_cast<int>(argv.size()), argv.data());
  }
  std::string ErrorOf(std::vector<std::string> arguments) {
    auto parsed = Parse(std::move(arguments));
    const FlagError* error = std::get_if<FlagError>(&parsed);
    return error ? error->message : "";
  }

  absl::FlagSaver saver_;  // Every test begins with the defaults.
};

TEST_F(FlagsTest, DefaultsAreAPipeOnStandardStreamsAndAWorkerACore) {
  EXPECT_TRUE(std::holds_alternative<ParsedFlags>(Parse({})));
  EXPECT_EQ(absl::GetFlag(FLAGS_workers), 0u);
  EXPECT_EQ(absl::GetFlag(FLAGS_control_fd), "0,1");
  EXPECT_EQ(absl::GetFlag(FLAGS_control_socket), "");
  EXPECT_EQ(absl::GetFlag(FLAGS_log_level), "error");
}

TEST_F(FlagsTest, LimitsAreThoseOfTheStructUnlessGiven) {
  Parse({});
  EXPECT_EQ(LimitsOfFlags().transports, ProcessLimits().transports);
  EXPECT_EQ(LimitsOfFlags().tcp.max_queue, ProcessLimits().tcp.max_queue);
  Parse({"--max-transports=7", "--max-ice-paths", "3", "--max-stun-errors=0", "--max-tcp-connections=4",
         "--max-tcp-unclaimed=5", "--max-tcp-queue=100000", "--max-tcp-attempts=6", "--max-captures=0",
         "--max-capture-bytes=5000", "--max-capture-seconds=9", "--max-history-bytes=2000000"});
  ProcessLimits limits = LimitsOfFlags();
  EXPECT_EQ(limits.transports, 7u);
  EXPECT_EQ(limits.ice_paths, 3u);
  EXPECT_EQ(limits.stun_errors, 0u);
  EXPECT_EQ(limits.history_bytes, 2'000'000u);
  EXPECT_EQ(limits.tcp.max_connections, 4u);
  EXPECT_EQ(limits.tcp.max_unclaimed, 5u);
  EXPECT_EQ(limits.tcp.max_queue, 100'000u);
  EXPECT_EQ(limits.tcp.max_attempts, 6);
  EXPECT_EQ(limits.captures, 0u);
  EXPECT_EQ(limits.capture_bytes, 5000u);
  EXPECT_EQ(limits.capture_duration, TimeDelta::Seconds(9));
  for (const char* wrong :
       {"--max-ice-paths=1", "--max-tcp-queue=1000", "--max-tcp-connections=0", "--max-transports=-1",
        "--max-capture-bytes=100", "--max-capture-seconds=0", "--max-history-bytes=1000"})
    EXPECT_THAT(ErrorOf({wrong}), HasSubstr("not a valid value"));
}

TEST_F(FlagsTest, ValuesFollowAnEqualsSignOrComeNext) {
  EXPECT_TRUE(std::holds_alternative<ParsedFlags>(Parse({"--workers=3", "--control_socket", "/tmp/x=y"})));
  EXPECT_EQ(absl::GetFlag(FLAGS_workers), 3u);
  EXPECT_EQ(absl::GetFlag(FLAGS_control_socket), "/tmp/x=y");
}

TEST_F(FlagsTest, NamesMayBeSpelledWithHyphens) {
  EXPECT_TRUE(std::holds_alternative<ParsedFlags>(
      Parse({"--log-level=debug", "--log_tags", "ice", "--dtls-certificate-file=a=b"})));
  EXPECT_EQ(absl::GetFlag(FLAGS_log_level), "debug");
  EXPECT_EQ(absl::GetFlag(FLAGS_log_tags), "ice");
  EXPECT_EQ(absl::GetFlag(FLAGS_dtls_certificate_file), "a=b");
}

TEST_F(FlagsTest, AValueMayBeEmptyButNotMissing) {
  EXPECT_TRUE(std::holds_alternative<ParsedFlags>(Parse({"--log-tags="})));
  EXPECT_EQ(absl::GetFlag(FLAGS_log_tags), "");
  EXPECT_THAT(ErrorOf({"--log-tags"}), HasSubstr("--log-tags needs a value"));
}

TEST_F(FlagsTest, WhatIsWrongIsNamed) {
  EXPECT_THAT(ErrorOf({"--speed=9"}), HasSubstr("--speed"));
  EXPECT_THAT(ErrorOf({"fast"}), HasSubstr("fast"));
  EXPECT_THAT(ErrorOf({"-w"}), HasSubstr("-w"));
  EXPECT_THAT(ErrorOf({"--"}), HasSubstr("--"));
  EXPECT_THAT(ErrorOf({"--workers=x"}), HasSubstr("--workers"));
  EXPECT_THAT(ErrorOf({"--workers=-1"}), HasSubstr("-1"));
  EXPECT_THAT(ErrorOf({"--workers=4294967296"}), HasSubstr("4294967296"));
}

TEST_F(FlagsTest, FlagsOfLibrariesAreNotOurs) {
  EXPECT_THAT(ErrorOf({"--flagfile=/dev/null"}), HasSubstr("unknown flag"));
  EXPECT_THAT(ErrorOf({"--gtest_filter=x"}), HasSubstr("unknown flag"));
}

TEST_F(FlagsTest, HelpNamesEveryFlagWithItsDefault) {
  auto parsed = Parse({"--help"});
  const PrintAndExit* help = std::get_if<PrintAndExit>(&parsed);
  ASSERT_TRUE(help);
  for (const char* flag : {"--workers", "--control-fd", "--control-socket", "--log-level", "--log-tags",
                           "--dtls-certificate-file", "--dtls-private-key-file", "Default: 0,1."}) {
    EXPECT_THAT(help->text, HasSubstr(flag));
  }
}

TEST_F(FlagsTest, HelpDoesNotChangeWithWhatStandsBeforeIt) {
  auto plain = Parse({"--help"});
  auto after = Parse({"--workers=3", "-h"});
  ASSERT_TRUE(std::holds_alternative<PrintAndExit>(after));
  EXPECT_EQ(std::get<PrintAndExit>(after).text, std::get<PrintAndExit>(plain).text);
}

}  // namespace
}  // namespace sluice::api
