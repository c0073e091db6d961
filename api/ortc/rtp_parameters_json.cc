#include "api/ortc/rtp_parameters_json.h"

#include <cstdint>
#include <string>
#include <utility>

#include "api/ortc/codec_json.h"

namespace sluice::api {
namespace {

using nlohmann::json;

constexpr Limits kCodecCount{0, 256};
constexpr Limits kExtensionCount{0, 256};
constexpr Limits kEncodingCount{0, 16};
constexpr Limits kUriLength{1, 256};
constexpr Limits kItemLength{0, 255};  // An SDES item or a header extension element holds no more.
constexpr Limits kMsidLength{0, 1024};
constexpr double kMaxDownscale = 1e6;

// A string that says nothing when it is empty.
std::optional<std::string> ReadName(ObjectReader& reader, std::string_view field,
                                    Limits length = kItemLength) {
  std::optional<std::string> text = reader.OptionalString(field, length);
  if (text && text->empty()) text.reset();
  return text;
}

RtpCodecParameters ReadCodec(ObjectReader& reader) {
  RtpCodecParameters codec;
  ReadCodecDescription(reader, &codec);
  codec.payload_type = PayloadType(reader.RequiredUint<uint8_t>("payloadType", 0, 127));
  return codec;
}

RtpHeaderExtensionParameters ReadHeaderExtension(ObjectReader& reader) {
  RtpHeaderExtensionParameters extension;
  extension.uri = reader.RequiredString("uri", kUriLength);
  extension.id = reader.RequiredUint<uint8_t>("id", 1);
  extension.encrypt = reader.OptionalBool("encrypt", false);
  extension.parameters = ReadParameterMap(reader, "parameters");
  return extension;
}

RtpEncodingParameters ReadEncoding(ObjectReader& reader) {
  RtpEncodingParameters encoding;
  if (auto ssrc = reader.OptionalUint<uint32_t>("ssrc", 1)) encoding.ssrc = Ssrc(*ssrc);
  encoding.rid = ReadName(reader, "rid");
  if (auto payload_type = reader.OptionalUint<uint8_t>("codecPayloadType", 0, 127)) {
    encoding.codec_payload_type = PayloadType(*payload_type);
  }
  if (auto rtx = reader.OptionalObject("rtx", Fields::kOpen)) {
    encoding.rtx_ssrc = Ssrc(rtx->RequiredUint<uint32_t>("ssrc", 1));
  }
  encoding.dtx = reader.OptionalBool("dtx", false);
  encoding.scalability_mode = ReadName(reader, "scalabilityMode");
  if (auto bps = reader.OptionalUint<uint64_t>("maxBitrate", 0, INT64_MAX)) {
    encoding.max_bitrate = DataRate::BitsPerSec(static_cast<int64_t>(*bps));
  }
  encoding.scale_resolution_down_by = reader.OptionalNumber("scaleResolutionDownBy", 1, kMaxDownscale);
  return encoding;
}

RtcpParameters ReadRtcp(ObjectReader& reader) {
  RtcpParameters rtcp;
  rtcp.cname = ReadName(reader, "cname");
  rtcp.reduced_size = reader.OptionalBool("reducedSize", true);
  return rtcp;
}

json ToJson(const CodecMapping& codec) {
  return {{"payloadType", codec.payload_type.value()},
          {"mappedPayloadType", codec.mapped_payload_type.value()}};
}

json ToJson(const EncodingMapping& encoding) {
  json object = {{"mappedSsrc", encoding.mapped_ssrc.value()}};
  if (encoding.ssrc) object["ssrc"] = encoding.ssrc->value();
  if (encoding.rid) object["rid"] = *encoding.rid;
  return object;
}

template <typename T>
json ToJsonArray(const std::vector<T>& elements) {
  json array = json::array();
  for (const T& element : elements) array.push_back(ToJson(element));
  return array;
}

}  // namespace

RtpParameters ReadRtpParameters(ObjectReader reader) {
  RtpParameters parameters;
  parameters.mid = ReadName(reader, "mid");
  for (ObjectReader& codec : reader.RequiredObjects("codecs", kCodecCount, Fields::kOpen)) {
    parameters.codecs.push_back(ReadCodec(codec));
  }
  for (ObjectReader& extension : reader.OptionalObjects("headerExtensions", kExtensionCount, Fields::kOpen)) {
    parameters.header_extensions.push_back(ReadHeaderExtension(extension));
  }
  for (ObjectReader& encoding : reader.OptionalObjects("encodings", kEncodingCount, Fields::kOpen)) {
    parameters.encodings.push_back(ReadEncoding(encoding));
  }
  if (auto rtcp = reader.OptionalObject("rtcp", Fields::kOpen)) parameters.rtcp = ReadRtcp(*rtcp);
  parameters.msid = ReadName(reader, "msid", kMsidLength);
  return parameters;
}

json ToJson(const RtpCodecParameters& codec) {
  json object = {{"payloadType", codec.payload_type.value()}};
  AddCodecDescription(codec, &object);
  return object;
}

json ToJson(const RtpHeaderExtensionParameters& extension) {
  return {{"uri", extension.uri},
          {"id", extension.id},
          {"encrypt", extension.encrypt},
          {"parameters", ToJson(extension.parameters)}};
}

json ToJson(const RtpEncodingParameters& encoding) {
  json object = json::object();
  if (encoding.ssrc) object["ssrc"] = encoding.ssrc->value();
  if (encoding.rid) object["rid"] = *encoding.rid;
  if (encoding.codec_payload_type) object["codecPayloadType"] = encoding.codec_payload_type->value();
  if (encoding.rtx_ssrc) object["rtx"] = {{"ssrc", encoding.rtx_ssrc->value()}};
  if (encoding.dtx) object["dtx"] = *encoding.dtx;
  if (encoding.scalability_mode) object["scalabilityMode"] = *encoding.scalability_mode;
  if (encoding.max_bitrate) object["maxBitrate"] = encoding.max_bitrate->bps();
  if (encoding.scale_resolution_down_by) object["scaleResolutionDownBy"] = *encoding.scale_resolution_down_by;
  return object;
}

json ToJson(const RtpMapping& mapping) {
  return {{"codecs", ToJsonArray(mapping.codecs)}, {"encodings", ToJsonArray(mapping.encodings)}};
}

json ToJson(const RtpParameters& parameters) {
  json rtcp = {{"reducedSize", parameters.rtcp.reduced_size}};
  if (parameters.rtcp.cname) rtcp["cname"] = *parameters.rtcp.cname;
  json object = {{"codecs", ToJsonArray(parameters.codecs)},
                 {"headerExtensions", ToJsonArray(parameters.header_extensions)},
                 {"encodings", ToJsonArray(parameters.encodings)},
                 {"rtcp", std::move(rtcp)}};
  if (parameters.mid) object["mid"] = *parameters.mid;
  if (parameters.msid) object["msid"] = *parameters.msid;
  return object;
}

}  // namespace sluice::api
