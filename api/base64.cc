#include "api/base64.h"

#include "absl/strings/escaping.h"

namespace sluice::api {
namespace {

size_t PaddingOf(std::string_view text) {
  if (text.size() < 2 || text.back() != '=') return 0;
  return text[text.size() - 2] == '=' ? 2 : 1;
}

}  // namespace

// absl skips white space and does without padding; both show in the length.
std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  if (!absl::Base64Unescape({text.data(), text.size()}, &bytes)) return std::nullopt;
  if (bytes.size() != text.size() / 4 * 3 - PaddingOf(text)) return std::nullopt;
  return bytes;
}

std::string EncodeBase64(Bytes bytes) {
  std::string text;
  absl::Base64Escape({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, &text);
  return text;
}

}  // namespace sluice::api
