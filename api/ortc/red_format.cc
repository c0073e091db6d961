#include "api/ortc/red_format.h"

#include <charconv>
#include <string>
#include <string_view>
#include <variant>

namespace sluice::api {
namespace {

constexpr char kBlocks[] = "";
constexpr size_t kMaxBlocks = 32;

std::optional<PayloadType> ParsePayloadType(std::string_view text) {
  uint8_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > 127) return std::nullopt;
  return PayloadType(value);
}

}  // namespace

std::optional<std::vector<PayloadType>> RedBlocks(const CodecDescription& red) {
  std::vector<PayloadType> blocks;
  auto parameter = red.parameters.find(kBlocks);
  if (parameter == red.parameters.end()) return blocks;
  const std::string* text = std::get_if<std::string>(&parameter->second);
  if (text == nullptr) return std::nullopt;
  std::string_view rest = *text;
  while (true) {
    const size_t slash = rest.find('/');
    std::optional<PayloadType> block = ParsePayloadType(rest.substr(0, slash));
    if (!block || blocks.size() == kMaxBlocks) return std::nullopt;
    blocks.push_back(*block);
    if (slash == std::string_view::npos) return blocks;
    rest.remove_prefix(slash + 1);
  }
}

void SetRedBlocks(const std::vector<PayloadType>& blocks, CodecDescription* red) {
  std::string text;
  for (PayloadType block : blocks) {
    if (!text.empty()) text += '/';
    text += std::to_string(block.value());
  }
  red->parameters[kBlocks] = std::move(text);
}

bool CanCarry(const CodecDescription& red, const CodecDescription& media) {
  return media.IsMedia() && media.clock_rate == red.clock_rate && media.channels == red.channels;
}

}  // namespace sluice::api
