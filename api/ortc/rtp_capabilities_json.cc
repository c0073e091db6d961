#include "api/ortc/rtp_capabilities_json.h"

#include <utility>

#include "api/ortc/codec_json.h"

namespace sluice::api {
namespace {

using nlohmann::json;

constexpr Limits kCodecCount{0, 256};
constexpr Limits kExtensionCount{0, 256};
constexpr Limits kUriLength{1, 256};

constexpr std::pair<std::string_view, ExtensionDirection> kDirections[] = {
    {"sendrecv", ExtensionDirection::kSendRecv},
    {"sendonly", ExtensionDirection::kSendOnly},
    {"recvonly", ExtensionDirection::kRecvOnly},
    {"inactive", ExtensionDirection::kInactive},
};

RtpHeaderExtension ReadHeaderExtension(ObjectReader& reader) {
  RtpHeaderExtension extension;
  extension.kind =
      reader.RequiredChoice<MediaKind>("kind", {{"audio", MediaKind::kAudio}, {"video", MediaKind::kVideo}});
  extension.uri = reader.RequiredString("uri", kUriLength);
  extension.preferred_id = reader.RequiredUint<uint8_t>("preferredId", 1);
  extension.preferred_encrypt = reader.OptionalBool("preferredEncrypt", false);
  extension.direction = reader
                            .OptionalChoice<ExtensionDirection>(
                                "direction", {kDirections[0], kDirections[1], kDirections[2], kDirections[3]})
                            .value_or(ExtensionDirection::kSendRecv);
  return extension;
}

}  // namespace

RtpCodecCapability ReadRtpCodecCapability(ObjectReader& reader) {
  RtpCodecCapability codec;
  ReadCodecDescription(reader, &codec);
  codec.kind = KindOfMimeType(codec.mime_type).value_or(MediaKind::kAudio);
  if (auto payload_type = reader.OptionalUint<uint8_t>("preferredPayloadType", 0, 127)) {
    codec.preferred_payload_type = PayloadType(*payload_type);
  }
  return codec;
}

std::vector<RtpCodecCapability> ReadRtpCodecCapabilities(ObjectReader& owner, std::string_view field) {
  std::vector<RtpCodecCapability> codecs;
  for (ObjectReader& reader : owner.OptionalObjects(field, kCodecCount, Fields::kOpen)) {
    codecs.push_back(ReadRtpCodecCapability(reader));
  }
  return codecs;
}

RtpCapabilities ReadRtpCapabilities(ObjectReader reader) {
  RtpCapabilities capabilities;
  capabilities.codecs = ReadRtpCodecCapabilities(reader, "codecs");
  for (ObjectReader& extension : reader.OptionalObjects("headerExtensions", kExtensionCount, Fields::kOpen)) {
    capabilities.header_extensions.push_back(ReadHeaderExtension(extension));
  }
  return capabilities;
}

json ToJson(const RtpCodecCapability& codec) {
  json object = {{"kind", ToString(codec.kind)}};
  AddCodecDescription(codec, &object);
  if (codec.preferred_payload_type) object["preferredPayloadType"] = codec.preferred_payload_type->value();
  return object;
}

json ToJson(const RtpHeaderExtension& extension) {
  json object = {{"kind", ToString(extension.kind)},
                 {"uri", extension.uri},
                 {"preferredId", extension.preferred_id},
                 {"preferredEncrypt", extension.preferred_encrypt}};
  for (const auto& [name, direction] : kDirections) {
    if (direction == extension.direction) object["direction"] = name;
  }
  return object;
}

json ToJson(const RtpCapabilities& capabilities) {
  json codecs = json::array();
  for (const RtpCodecCapability& codec : capabilities.codecs) codecs.push_back(ToJson(codec));
  json extensions = json::array();
  for (const RtpHeaderExtension& extension : capabilities.header_extensions) {
    extensions.push_back(ToJson(extension));
  }
  return {{"codecs", std::move(codecs)}, {"headerExtensions", std::move(extensions)}};
}

}  // namespace sluice::api
