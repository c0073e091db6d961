#include "api/ortc/codec_json.h"

#include <cmath>
#include <utility>

namespace sluice::api {
namespace {

using nlohmann::json;

constexpr Limits kMimeTypeLength{1, 128};
constexpr Limits kFeedbackLength{0, 64};
constexpr Limits kFeedbackCount{0, 64};

// The doubles that an int64_t holds: 2^63 is the first that it does not.
constexpr double kInt64Limit = 9223372036854775808.0;

std::optional<ParameterValue> ParameterValueOf(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_number()) return std::nullopt;
  if (value.is_number_integer() && !value.is_number_unsigned()) return value.get<int64_t>();
  if (value.is_number_unsigned() && value.get<uint64_t>() <= static_cast<uint64_t>(INT64_MAX)) {
    return static_cast<int64_t>(value.get<uint64_t>());
  }
  double number = value.get<double>();
  bool is_integer = number == std::floor(number) && number >= -kInt64Limit && number < kInt64Limit;
  if (is_integer) return static_cast<int64_t>(number);
  return number;
}

std::vector<RtcpFeedback> ReadFeedback(ObjectReader& codec) {
  std::vector<RtcpFeedback> feedback;
  for (ObjectReader& reader : codec.OptionalObjects("rtcpFeedback", kFeedbackCount, Fields::kOpen)) {
    std::string type = reader.RequiredString("type", {1, kFeedbackLength.max});
    feedback.push_back({std::move(type), reader.OptionalString("parameter", kFeedbackLength, "")});
  }
  return feedback;
}

// apt names a payload type (RFC 4588 §8.1) and is compared as a number.
void CheckApt(ObjectReader& codec) {
  std::optional<ObjectReader> parameters = codec.OptionalObject("parameters", Fields::kOpen);
  if (parameters) parameters->OptionalUint<uint8_t>("apt", 0, 127);
}

}  // namespace

ParameterMap ReadParameterMap(ObjectReader& owner, std::string_view field) {
  ParameterMap map;
  std::optional<ObjectReader> reader = owner.OptionalObject(field, Fields::kOpen);
  if (!reader) return map;
  for (const auto& [name, value] : reader->RawObject().items()) {
    std::optional<ParameterValue> parameter = ParameterValueOf(value);
    if (!parameter) {
      reader->Fail(RpcError::WrongType(reader->PathOf(name), "a string or a number"));
      return map;
    }
    map.emplace(name, std::move(*parameter));
  }
  return map;
}

void ReadCodecDescription(ObjectReader& reader, CodecDescription* codec) {
  codec->mime_type = reader.RequiredString("mimeType", kMimeTypeLength);
  std::optional<MediaKind> kind = KindOfMimeType(codec->mime_type);
  if (!kind) reader.Fail(RpcError::InvalidValue(reader.PathOf("mimeType"), "must be audio/… or video/…"));
  codec->clock_rate = reader.RequiredUint<uint32_t>("clockRate", 1);
  if (kind == MediaKind::kAudio) codec->channels = reader.OptionalUintOr<uint8_t>("channels", 1, 1);
  codec->parameters = ReadParameterMap(reader, "parameters");
  CheckApt(reader);
  codec->rtcp_feedback = ReadFeedback(reader);
}

json ToJson(const ParameterMap& parameters) {
  json object = json::object();
  for (const auto& [name, value] : parameters) {
    object[name] = std::visit([](const auto& v) { return json(v); }, value);
  }
  return object;
}

void AddCodecDescription(const CodecDescription& codec, json* json_codec) {
  json feedback = json::array();
  for (const RtcpFeedback& fb : codec.rtcp_feedback) {
    feedback.push_back({{"type", fb.type}, {"parameter", fb.parameter}});
  }
  (*json_codec)["mimeType"] = codec.mime_type;
  (*json_codec)["clockRate"] = codec.clock_rate;
  if (codec.channels) (*json_codec)["channels"] = *codec.channels;
  (*json_codec)["parameters"] = ToJson(codec.parameters);
  (*json_codec)["rtcpFeedback"] = std::move(feedback);
}

}  // namespace sluice::api
