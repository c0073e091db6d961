#include "api/ortc/codec.h"

#include <charconv>

#include "api/json_rpc/text.h"

namespace sluice::api {
namespace {

std::optional<int64_t> ParseInteger(std::string_view text) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

bool CodecDescription::IsRtx() const { return Is("video/rtx") || Is("audio/rtx"); }

bool CodecDescription::IsRed() const { return Is("audio/red"); }

bool CodecDescription::IsMedia() const { return !IsRtx() && !IsRed(); }

bool CodecDescription::Is(std::string_view mime) const { return EqualsIgnoringCase(mime_type, mime); }

std::optional<int64_t> CodecDescription::IntegerParameter(std::string_view name) const {
  auto parameter = parameters.find(name);
  if (parameter == parameters.end()) return std::nullopt;
  if (const int64_t* value = std::get_if<int64_t>(&parameter->second)) return *value;
  if (const std::string* text = std::get_if<std::string>(&parameter->second)) return ParseInteger(*text);
  return std::nullopt;
}

std::optional<MediaKind> KindOfMimeType(std::string_view mime_type) {
  constexpr size_t kPrefix = std::string_view("audio/").size();
  if (mime_type.size() <= kPrefix) return std::nullopt;
  std::string_view prefix = mime_type.substr(0, kPrefix);
  if (EqualsIgnoringCase(prefix, "audio/")) return MediaKind::kAudio;
  if (EqualsIgnoringCase(prefix, "video/")) return MediaKind::kVideo;
  return std::nullopt;
}

std::string_view ToString(MediaKind kind) { return kind == MediaKind::kAudio ? "audio" : "video"; }

}  // namespace sluice::api
