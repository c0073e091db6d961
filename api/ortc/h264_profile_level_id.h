// H.264 profile-level-id (RFC 6184 §8.1): three bytes in hexadecimal, profile_idc, profile-iop, level_idc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::api {

enum class H264Profile : uint8_t {
  kConstrainedBaseline,
  kBaseline,
  kMain,
  kConstrainedHigh,
  kHigh,
  kPredictiveHigh444
};

// level_idc, ten times the level; 1b is its own (ITU-T H.264 table A-1).
enum class H264Level : uint8_t {
  k1b = 0,
  k1 = 10,
  k11 = 11,
  k12 = 12,
  k13 = 13,
  k2 = 20,
  k21 = 21,
  k22 = 22,
  k3 = 30,
  k31 = 31,
  k32 = 32,
  k4 = 40,
  k41 = 41,
  k42 = 42,
  k5 = 50,
  k51 = 51,
  k52 = 52,
};

struct H264ProfileLevelId {
  H264Profile profile = H264Profile::kConstrainedBaseline;
  H264Level level = H264Level::k31;

  bool operator==(const H264ProfileLevelId&) const = default;

  // nullopt: not three hexadecimal bytes, or a profile or level that is not known.
  static std::optional<H264ProfileLevelId> Parse(std::string_view text);
  // The canonical spelling; nullopt where level 1b does not exist for the profile.
  std::optional<std::string> ToString() const;
};

// The lower of the two levels; 1b stands between 1 and 1.1.
H264Level LowerLevel(H264Level a, H264Level b);

}  // namespace sluice::api
