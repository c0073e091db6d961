#include "api/ortc/router_capabilities.h"

#include <algorithm>
#include <bitset>
#include <optional>
#include <utility>

#include "api/json_rpc/json_reader.h"
#include "api/json_rpc/text.h"
#include "api/ortc/codec_matching.h"
#include "api/ortc/red_format.h"
#include "api/ortc/supported_capabilities.h"

namespace sluice::api {
namespace {

// Hands out each payload type once.
class PayloadTypes {
 public:
  bool Take(PayloadType payload_type) {
    if (taken_[payload_type.value()]) return false;
    taken_.set(payload_type.value());
    return true;
  }
  // The next dynamic one: 100…127, then 96…99.
  std::optional<PayloadType> TakeNext() {
    for (unsigned i = 0; i < 32; ++i) {
      PayloadType candidate(static_cast<uint8_t>(96 + (4 + i) % 32));
      if (Take(candidate)) return candidate;
    }
    return std::nullopt;
  }

 private:
  std::bitset<128> taken_;
};

RtpCodecCapability RtxFor(const RtpCodecCapability& media, PayloadType payload_type) {
  RtpCodecCapability rtx;
  rtx.kind = media.kind;
  rtx.mime_type = Concat(ToString(media.kind), "/rtx");
  rtx.preferred_payload_type = payload_type;
  rtx.clock_rate = media.clock_rate;
  rtx.parameters["apt"] = int64_t{media.preferred_payload_type->value()};
  return rtx;
}

// The supported codec with the wishes of `wanted`; its payload type is set if it is not a dynamic one.
std::optional<RtpCodecCapability> Support(const RtpCodecCapability& wanted) {
  const std::vector<RtpCodecCapability>& supported = SupportedCapabilities().codecs;
  auto match = std::find_if(supported.begin(), supported.end(),
                            [&](const auto& codec) { return SameCodec(wanted, codec); });
  if (match == supported.end()) return std::nullopt;
  RtpCodecCapability codec = *match;
  for (const auto& [name, value] : wanted.parameters) codec.parameters[name] = value;
  if (wanted.preferred_payload_type) codec.preferred_payload_type = wanted.preferred_payload_type;
  return codec;
}

bool IsRtcpRange(PayloadType payload_type) {
  return payload_type.value() >= 64 && payload_type.value() <= 95;
}

// Claims the payload types that are not free to choose, before any other is handed out.
std::optional<RpcError> TakeFixed(const RtpCodecCapability& codec, PayloadTypes* types,
                                  const std::string& path) {
  if (!codec.preferred_payload_type) return std::nullopt;
  std::string field = JoinPath(path, "preferredPayloadType");
  if (IsRtcpRange(*codec.preferred_payload_type)) {
    return RpcError::InvalidValue(std::move(field), "must not be from 64 to 95");
  }
  if (types->Take(*codec.preferred_payload_type)) return std::nullopt;
  return RpcError::InvalidValue(std::move(field), "is the payload type of another codec");
}

// Gives `codec` a payload type if it has none, and a video codec its RTX codec.
std::optional<RpcError> Add(RtpCodecCapability codec, PayloadTypes* types, std::string path,
                            RtpCapabilities* capabilities) {
  if (!codec.preferred_payload_type) codec.preferred_payload_type = types->TakeNext();
  bool needs_rtx = codec.kind == MediaKind::kVideo;
  std::optional<PayloadType> rtx = needs_rtx ? types->TakeNext() : std::nullopt;
  if (!codec.preferred_payload_type || (needs_rtx && !rtx)) {
    return RpcError::ResourceUnavailable("there is no payload type left", std::move(path));
  }
  capabilities->codecs.push_back(std::move(codec));
  if (rtx) capabilities->codecs.push_back(RtxFor(capabilities->codecs.back(), *rtx));
  return std::nullopt;
}

// RED repeats the first codec that it can, once, as browsers do.
std::optional<RpcError> NameRedBlocks(const std::string& path, std::vector<RtpCodecCapability>* codecs) {
  for (RtpCodecCapability& red : *codecs) {
    if (!red.IsRed()) continue;
    auto media =
        std::find_if(codecs->begin(), codecs->end(), [&](const auto& codec) { return CanCarry(red, codec); });
    if (media == codecs->end())
      return RpcError::Unsupported("there is no codec that audio/red could repeat", path);
    SetRedBlocks({*media->preferred_payload_type, *media->preferred_payload_type}, &red);
  }
  return std::nullopt;
}

}  // namespace

Result<RtpCapabilities> MakeRouterCapabilities(const std::vector<RtpCodecCapability>& media_codecs,
                                               std::string_view path) {
  std::vector<RtpCodecCapability> codecs;
  PayloadTypes types;
  for (const RtpCodecCapability& wanted : media_codecs) {
    std::string codec_path = JoinPath(path, codecs.size());
    std::optional<RtpCodecCapability> codec = Support(wanted);
    if (!codec) {
      return RpcError::Unsupported(Concat("the codec ", wanted.mime_type, " is not supported as described"),
                                   std::move(codec_path));
    }
    if (auto error = TakeFixed(*codec, &types, codec_path)) return *error;
    codecs.push_back(std::move(*codec));
  }
  RtpCapabilities capabilities;
  capabilities.header_extensions = SupportedCapabilities().header_extensions;
  for (size_t i = 0; i < codecs.size(); ++i) {
    if (auto error = Add(std::move(codecs[i]), &types, JoinPath(path, i), &capabilities)) return *error;
  }
  if (auto error = NameRedBlocks(std::string(path), &capabilities.codecs)) return *error;
  return capabilities;
}

}  // namespace sluice::api
