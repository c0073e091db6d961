#include "api/logging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sluice::api {
namespace {

using ::testing::HasSubstr;

class LoggingTest : public ::testing::Test {
 protected:
  ~LoggingTest() override {
    SetLogLevel(LogLevel::kError);
    SetLogTags({});
  }
};

TEST_F(LoggingTest, NamesAreThoseOfTheApi) {
  EXPECT_EQ(LogLevelOf("debug"), LogLevel::kDebug);
  EXPECT_EQ(LogLevelOf("none"), LogLevel::kNone);
  EXPECT_EQ(LogLevelOf("Debug"), std::nullopt);
  EXPECT_EQ(LogLevelOf(""), std::nullopt);
  EXPECT_EQ(LogTagOf("info"), LogTag::kInfo);
  EXPECT_EQ(LogTagOf("message"), LogTag::kMessage);
  EXPECT_EQ(LogTagOf("tea"), std::nullopt);
}

TEST_F(LoggingTest, BelowErrorsTheTagDecides) {
  SetLogLevel(LogLevel::kDebug);
  SetLogTags({LogTag::kIce, LogTag::kMessage});
  EXPECT_TRUE(IsLogged(LogTag::kIce, LogLevel::kDebug));
  EXPECT_TRUE(IsLogged(LogTag::kMessage, LogLevel::kWarn));
  EXPECT_FALSE(IsLogged(LogTag::kDtls, LogLevel::kWarn));
  EXPECT_TRUE(IsLogged(LogTag::kDtls, LogLevel::kError));
}

TEST_F(LoggingTest, TheLevelIsTheLeastThatIsLogged) {
  SetLogTags({LogTag::kIce});
  SetLogLevel(LogLevel::kWarn);
  EXPECT_FALSE(IsLogged(LogTag::kIce, LogLevel::kDebug));
  EXPECT_TRUE(IsLogged(LogTag::kIce, LogLevel::kWarn));
  SetLogLevel(LogLevel::kError);
  EXPECT_FALSE(IsLogged(LogTag::kIce, LogLevel::kWarn));
  SetLogLevel(LogLevel::kNone);
  EXPECT_FALSE(IsLogged(LogTag::kIce, LogLevel::kError));
}

TEST_F(LoggingTest, ALineGoesToStandardErrorWithLevelAndTag) {
  SetLogLevel(LogLevel::kWarn);
  SetLogTags({LogTag::kDtls});
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Log(LogTag::kDtls, LogLevel::kWarn, "transport {}: {}", "t", 3);
  Log(LogTag::kIce, LogLevel::kWarn, "not {}", "this");
  std::string errors = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  EXPECT_THAT(errors, HasSubstr("warning [dtls] transport t: 3\n"));
  EXPECT_EQ(errors.find("not this"), std::string::npos);
}

}  // namespace
}  // namespace sluice::api
