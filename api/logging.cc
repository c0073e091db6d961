#include "api/logging.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>

namespace sluice::api {
namespace {

constexpr std::array<std::string_view, 4> kLevels = {"debug", "warn", "error", "none"};
constexpr std::array<std::string_view, 13> kTags = {"info", "ice",  "dtls",   "rtp",   "srtp",
                                                    "rtcp", "rtx",  "bwe",    "score", "simulcast",
                                                    "svc",  "sctp", "message"};

std::atomic<LogLevel> log_level{LogLevel::kError};
std::atomic<uint32_t> log_tags{0};

spdlog::logger& Logger() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = spdlog::stderr_color_mt("sluice");
    made->set_level(spdlog::level::trace);
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
    return made;
  }();
  return *logger;
}

template <typename Enum, size_t kCount>
std::optional<Enum> Lookup(const std::array<std::string_view, kCount>& names, std::string_view name) {
  for (size_t i = 0; i < kCount; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::optional<LogLevel> LogLevelOf(std::string_view name) { return Lookup<LogLevel>(kLevels, name); }
std::optional<LogTag> LogTagOf(std::string_view name) { return Lookup<LogTag>(kTags, name); }

void SetLogLevel(LogLevel level) { log_level = level; }

void SetLogTags(const std::vector<LogTag>& tags) {
  uint32_t bits = 0;
  for (LogTag tag : tags) bits |= 1u << static_cast<int>(tag);
  log_tags = bits;
}

bool IsLogged(LogTag tag, LogLevel level) {
  if (level < log_level.load(std::memory_order_relaxed)) return false;
  if (log_level.load(std::memory_order_relaxed) == LogLevel::kNone) return false;
  return level == LogLevel::kError || (log_tags.load(std::memory_order_relaxed) >> static_cast<int>(tag) & 1);
}

void WriteLog(LogTag tag, LogLevel level, std::string_view message) {
  constexpr std::array<spdlog::level::level_enum, 3> kSpdlogLevels = {
      spdlog::level::debug, spdlog::level::warn, spdlog::level::err};
  Logger().log(kSpdlogLevels[static_cast<size_t>(level)], "[{}] {}", kTags[static_cast<size_t>(tag)],
               message);
}

}  // namespace sluice::api
