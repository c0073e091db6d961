#include "api/ortc/h264_profile_level_id.h"

#include <algorithm>
#include <charconv>

#include "api/json_rpc/text.h"

namespace sluice::api {
namespace {

// The constraint_set3 flag of profile-iop makes level_idc 11 mean 1b for these profiles.
constexpr uint8_t kConstraintSet3 = 0x10;

// RFC 6184 table 5: which profile-iop bits decide about a profile_idc.
struct ProfilePattern {
  uint8_t idc;
  uint8_t iop_mask;
  uint8_t iop;
  H264Profile profile;
};
constexpr ProfilePattern kPatterns[] = {
    {0x42, 0x4f, 0x40, H264Profile::kConstrainedBaseline},
    {0x4d, 0x8f, 0x80, H264Profile::kConstrainedBaseline},
    {0x58, 0xcf, 0xc0, H264Profile::kConstrainedBaseline},
    {0x42, 0x4f, 0x00, H264Profile::kBaseline},
    {0x58, 0xcf, 0x80, H264Profile::kBaseline},
    {0x4d, 0xaf, 0x00, H264Profile::kMain},
    {0x64, 0xff, 0x00, H264Profile::kHigh},
    {0x64, 0xff, 0x0c, H264Profile::kConstrainedHigh},
    {0xf4, 0xff, 0x00, H264Profile::kPredictiveHigh444},
};

std::optional<H264Level> LevelOf(uint8_t level_idc, uint8_t iop) {
  constexpr uint8_t kLevels[] = {10, 11, 12, 13, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 52};
  if (std::find(std::begin(kLevels), std::end(kLevels), level_idc) == std::end(kLevels)) return std::nullopt;
  if (level_idc == 11 && (iop & kConstraintSet3) != 0) return H264Level::k1b;
  return static_cast<H264Level>(level_idc);
}

std::string_view CanonicalPrefix(H264Profile profile) {
  switch (profile) {
    case H264Profile::kConstrainedBaseline:
      return "42e0";
    case H264Profile::kBaseline:
      return "4200";
    case H264Profile::kMain:
      return "4d00";
    case H264Profile::kConstrainedHigh:
      return "640c";
    case H264Profile::kHigh:
      return "6400";
    case H264Profile::kPredictiveHigh444:
      return "f400";
  }
  return {};
}

std::optional<std::string> Level1bText(H264Profile profile) {
  switch (profile) {
    case H264Profile::kConstrainedBaseline:
      return "42f00b";
    case H264Profile::kBaseline:
      return "42100b";
    case H264Profile::kMain:
      return "4d100b";
    default:
      return std::nullopt;
  }
}

// 1b sorts between 1 and 1.1.
int Order(H264Level level) { return level == H264Level::k1b ? 21 : static_cast<int>(level) * 2; }

}  // namespace

std::optional<H264ProfileLevelId> H264ProfileLevelId::Parse(std::string_view text) {
  uint32_t bytes = 0;
  const char* end = text.data() + text.size();
  if (text.size() != 6 || std::from_chars(text.data(), end, bytes, 16).ptr != end) return std::nullopt;
  auto idc = static_cast<uint8_t>(bytes >> 16);
  auto iop = static_cast<uint8_t>(bytes >> 8);
  std::optional<H264Level> level = LevelOf(static_cast<uint8_t>(bytes), iop);
  if (!level) return std::nullopt;
  for (const ProfilePattern& pattern : kPatterns) {
    if (idc == pattern.idc && (iop & pattern.iop_mask) == pattern.iop) {
      return H264ProfileLevelId{pattern.profile, *level};
    }
  }
  return std::nullopt;
}

std::optional<std::string> H264ProfileLevelId::ToString() const {
  if (level == H264Level::k1b) return Level1bText(profile);
  constexpr char kHex[] = "0123456789abcdef";
  auto idc = static_cast<uint8_t>(level);
  return Concat(CanonicalPrefix(profile), std::string{kHex[idc >> 4], kHex[idc & 0xf]});
}

H264Level LowerLevel(H264Level a, H264Level b) { return Order(a) < Order(b) ? a : b; }

}  // namespace sluice::api
