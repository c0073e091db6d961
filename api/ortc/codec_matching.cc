#include "api/ortc/codec_matching.h"

#include "api/json_rpc/text.h"
#include "api/ortc/h264_profile_level_id.h"

namespace sluice::api {
namespace {

constexpr char kProfileLevelId[] = "profile-level-id";

// Both have the parameter, or its default, with the same integer value.
bool SameInteger(const CodecDescription& a, const CodecDescription& b, std::string_view name,
                 int64_t otherwise) {
  auto value = [&](const CodecDescription& codec) {
    return codec.parameters.count(name) == 0 ? otherwise : codec.IntegerParameter(name);
  };
  std::optional<int64_t> of_a = value(a);
  return of_a.has_value() && of_a == value(b);
}

// Empty: not there. SDP parsers make a number of what has no letters in it ("640032").
std::string ProfileLevelIdText(const CodecDescription& codec) {
  auto parameter = codec.parameters.find(kProfileLevelId);
  if (parameter == codec.parameters.end()) return {};
  if (const std::string* text = std::get_if<std::string>(&parameter->second)) return *text;
  const int64_t* number = std::get_if<int64_t>(&parameter->second);
  std::string digits = number != nullptr ? std::to_string(*number) : "-";
  return digits.size() < 6 ? std::string(6 - digits.size(), '0') + digits : digits;
}

// Constrained Baseline 3.1 when the parameter is missing, as in WebRTC endpoints; nullopt: malformed.
std::optional<H264ProfileLevelId> ProfileLevelIdOf(const CodecDescription& codec) {
  std::string text = ProfileLevelIdText(codec);
  return text.empty() ? H264ProfileLevelId{} : H264ProfileLevelId::Parse(text);
}

bool SameH264Profile(const CodecDescription& a, const CodecDescription& b) {
  std::optional<H264ProfileLevelId> of_a = ProfileLevelIdOf(a);
  std::optional<H264ProfileLevelId> of_b = ProfileLevelIdOf(b);
  return of_a && of_b && of_a->profile == of_b->profile && SameInteger(a, b, "packetization-mode", 0);
}

// Both have the parameter, or its default, with the same text, whatever its case.
bool SameText(const CodecDescription& a, const CodecDescription& b, std::string_view name,
              std::string_view otherwise) {
  auto value = [&](const CodecDescription& codec) -> std::optional<std::string_view> {
    auto parameter = codec.parameters.find(name);
    if (parameter == codec.parameters.end()) return otherwise;
    const std::string* text = std::get_if<std::string>(&parameter->second);
    return text != nullptr ? std::optional<std::string_view>(*text) : std::nullopt;
  };
  std::optional<std::string_view> of_a = value(a);
  std::optional<std::string_view> of_b = value(b);
  return of_a && of_b && EqualsIgnoringCase(*of_a, *of_b);
}

// RFC 7798 §7.1: Main profile, main tier and one stream, unless it says otherwise. The level only bounds what a
// receiver decodes.
bool SameH265Profile(const CodecDescription& a, const CodecDescription& b) {
  return SameInteger(a, b, "profile-space", 0) && SameInteger(a, b, "profile-id", 1) &&
         SameInteger(a, b, "tier-flag", 0) && SameText(a, b, "tx-mode", "SRST");
}

bool AllowsLevelAsymmetry(const CodecDescription& codec) {
  return codec.IntegerParameter("level-asymmetry-allowed") == 1;
}

}  // namespace

bool SameCodec(const CodecDescription& a, const CodecDescription& b) {
  if (!a.Is(b.mime_type) || a.clock_rate != b.clock_rate || a.channels != b.channels) return false;
  if (!a.Is("audio/multiopus")) return true;
  return a.IntegerParameter("num_streams") == b.IntegerParameter("num_streams") &&
         a.IntegerParameter("coupled_streams") == b.IntegerParameter("coupled_streams");
}

bool SameCodecAndProfile(const CodecDescription& a, const CodecDescription& b) {
  if (!SameCodec(a, b)) return false;
  if (a.Is("video/H264")) return SameH264Profile(a, b);
  if (a.Is("video/H265")) return SameH265Profile(a, b);
  if (a.Is("video/VP9")) return SameInteger(a, b, "profile-id", 0);
  if (a.Is("video/AV1")) return SameInteger(a, b, "profile", 0);
  return true;
}

std::optional<std::string> H264AnswerProfileLevelId(const CodecDescription& local,
                                                    const CodecDescription& offered) {
  if (ProfileLevelIdText(local).empty() && ProfileLevelIdText(offered).empty()) return std::nullopt;
  std::optional<H264ProfileLevelId> answer = ProfileLevelIdOf(local);
  std::optional<H264ProfileLevelId> offer = ProfileLevelIdOf(offered);
  if (!answer || !offer) return std::nullopt;
  bool asymmetric = AllowsLevelAsymmetry(local) && AllowsLevelAsymmetry(offered);
  if (!asymmetric) answer->level = LowerLevel(answer->level, offer->level);
  return answer->ToString();
}

}  // namespace sluice::api
