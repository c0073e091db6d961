// The process's log: lines on standard error with time, level and tag (spdlog). Never on the control pipe,
// and never for a packet: workers report by events and counters.
//
//   Log(LogTag::kDtls, LogLevel::kWarn, "transport {}: DTLS failed", id);
//
// Any thread.
#pragma once

#include <spdlog/fmt/fmt.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::api {

enum class LogLevel { kDebug, kWarn, kError, kNone };

// mediasoup's tags. Errors are logged whatever the tag.
enum class LogTag {
  kInfo,
  kIce,
  kDtls,
  kRtp,
  kSrtp,
  kRtcp,
  kRtx,
  kBwe,
  kScore,
  kSimulcast,
  kSvc,
  kSctp,
  kMessage
};

std::optional<LogLevel> LogLevelOf(std::string_view name);
std::optional<LogTag> LogTagOf(std::string_view name);

void SetLogLevel(LogLevel level);
void SetLogTags(const std::vector<LogTag>& tags);
bool IsLogged(LogTag tag, LogLevel level);
void WriteLog(LogTag tag, LogLevel level, std::string_view message);

template <typename... Args>
void Log(LogTag tag, LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (IsLogged(tag, level)) WriteLog(tag, level, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace sluice::api
