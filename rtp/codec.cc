#include "rtp/codec.h"

#include <absl/strings/ascii.h>

#include <algorithm>
#include <utility>

namespace sluice::rtp {
namespace {

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  auto same = [](char x, char y) {
    return absl::ascii_tolower(static_cast<unsigned char>(x)) ==
           absl::ascii_tolower(static_cast<unsigned char>(y));
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

}  // namespace

Codec CodecOf(std::string_view mime_type) {
  static constexpr std::pair<std::string_view, Codec> kCodecs[] = {
      {"audio/opus", Codec::kOpus}, {"audio/red", Codec::kRed},   {"video/VP8", Codec::kVp8},
      {"video/VP9", Codec::kVp9},   {"video/H264", Codec::kH264}, {"video/H265", Codec::kH265},
      {"video/AV1", Codec::kAv1},
  };
  for (const auto& [name, codec] : kCodecs) {
    if (EqualsIgnoreCase(name, mime_type)) return codec;
  }
  return Codec::kOther;
}

}  // namespace sluice::rtp
