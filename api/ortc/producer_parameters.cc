#include "api/ortc/producer_parameters.h"

#include <algorithm>
#include <utility>

#include "api/json_rpc/json_reader.h"
#include "api/json_rpc/text.h"
#include "api/ortc/codec_matching.h"
#include "api/ortc/red_format.h"
#include "api/ortc/rtp_parameters_check.h"
#include "rtp/header_extension.h"

namespace sluice::api {
namespace {

const RtpCodecCapability* FindRtx(const RtpCapabilities& router, PayloadType media) {
  for (const RtpCodecCapability& codec : router.codecs) {
    if (codec.IsRtx() && codec.IntegerParameter("apt") == media.value()) return &codec;
  }
  return nullptr;
}

const RtpCodecCapability* FindMedia(const RtpCapabilities& router, const RtpCodecParameters& codec) {
  for (const RtpCodecCapability& candidate : router.codecs) {
    if (!candidate.IsRtx() && SameCodecAndProfile(codec, candidate)) return &candidate;
  }
  return nullptr;
}

void AnswerH264Level(const RtpCodecCapability& capability, RtpCodecParameters* codec) {
  if (!codec->Is("video/H264")) return;
  if (std::optional<std::string> answer = H264AnswerProfileLevelId(*codec, capability)) {
    codec->parameters["profile-level-id"] = std::move(*answer);
  } else {
    codec->parameters.erase("profile-level-id");
  }
}

// The router's payload type for the producer's `payload_type`, which has been mapped.
PayloadType Mapped(const RtpMapping& mapping, int64_t payload_type) {
  for (const CodecMapping& codec : mapping.codecs) {
    if (codec.payload_type.value() == payload_type) return codec.mapped_payload_type;
  }
  return PayloadType();
}

// One producer against one router; the steps run in the order of the functions.
class Negotiation {
 public:
  Negotiation(const RtpCapabilities& router, std::string codecs_path, ProducerParameters* out)
      : router_(router), codecs_path_(std::move(codecs_path)), out_(out) {}

  std::optional<RpcError> MapMediaCodecs() {
    std::vector<RtpCodecParameters>& codecs = out_->rtp_parameters.codecs;
    for (size_t i = 0; i < codecs.size(); ++i) {
      if (!codecs[i].IsMedia()) continue;
      const RtpCodecCapability* capability = FindMedia(router_, codecs[i]);
      if (capability == nullptr) return Unsupported(codecs[i], i);
      AnswerH264Level(*capability, &codecs[i]);
      Map(codecs[i], *capability);
      AddConsumable(codecs[i], *capability);
    }
    return std::nullopt;
  }

  // Of one that does not say what it repeats consumers are told what the router's RED does.
  std::optional<RpcError> MapRedCodecs() {
    const std::vector<RtpCodecParameters>& codecs = out_->rtp_parameters.codecs;
    for (size_t i = 0; i < codecs.size(); ++i) {
      if (!codecs[i].IsRed()) continue;
      const RtpCodecCapability* capability = FindMedia(router_, codecs[i]);
      if (capability == nullptr) return Unsupported(codecs[i], i);
      Map(codecs[i], *capability);
      std::vector<PayloadType> blocks = *RedBlocks(codecs[i]);
      for (PayloadType& block : blocks) block = Mapped(out_->rtp_mapping, block.value());
      AddConsumable(codecs[i], *capability);
      if (blocks.empty()) blocks = *RedBlocks(*capability);
      SetRedBlocks(blocks, &out_->consumable.codecs.back());
    }
    return std::nullopt;
  }

  std::optional<RpcError> MapRtxCodecs() {
    const std::vector<RtpCodecParameters>& codecs = out_->rtp_parameters.codecs;
    for (size_t i = 0; i < codecs.size(); ++i) {
      if (!codecs[i].IsRtx()) continue;
      PayloadType media = Mapped(out_->rtp_mapping, codecs[i].IntegerParameter("apt").value_or(-1));
      const RtpCodecCapability* capability = FindRtx(router_, media);
      if (capability == nullptr) return Unsupported(codecs[i], i);
      Map(codecs[i], *capability);
    }
    return std::nullopt;
  }

  void AddHeaderExtensions(MediaKind kind) {
    for (const RtpHeaderExtension& extension : router_.header_extensions) {
      if (extension.kind != kind || !IsSent(extension)) continue;
      out_->consumable.header_extensions.push_back(
          {extension.uri, extension.preferred_id, extension.preferred_encrypt, {}});
    }
  }

  void MapEncodings(Ssrc first_mapped_ssrc) {
    uint32_t mapped_ssrc = first_mapped_ssrc.value();
    for (const RtpEncodingParameters& encoding : out_->rtp_parameters.encodings) {
      out_->rtp_mapping.encodings.push_back({encoding.ssrc, encoding.rid, Ssrc(mapped_ssrc)});
      RtpEncodingParameters consumable = encoding;
      consumable.ssrc = Ssrc(mapped_ssrc++);
      consumable.rid.reset();
      consumable.rtx_ssrc.reset();
      consumable.codec_payload_type.reset();
      out_->consumable.encodings.push_back(std::move(consumable));
    }
  }

 private:
  RpcError Unsupported(const RtpCodecParameters& codec, size_t index) const {
    return RpcError::Unsupported(Concat("the router has no codec ", codec.mime_type, " like this"),
                                 JoinPath(codecs_path_, index));
  }

  void Map(const RtpCodecParameters& codec, const RtpCodecCapability& capability) {
    out_->rtp_mapping.codecs.push_back({codec.payload_type, *capability.preferred_payload_type});
  }

  // The codec in the router's name with the producer's parameters, and the router's RTX for it.
  void AddConsumable(const RtpCodecParameters& codec, const RtpCodecCapability& capability) {
    PayloadType payload_type = *capability.preferred_payload_type;
    RtpCodecParameters media;
    static_cast<CodecDescription&>(media) = capability;
    media.parameters = codec.parameters;
    media.payload_type = payload_type;
    out_->consumable.codecs.push_back(std::move(media));
    const RtpCodecCapability* rtx_capability = FindRtx(router_, payload_type);
    if (rtx_capability == nullptr) return;
    RtpCodecParameters rtx;
    static_cast<CodecDescription&>(rtx) = *rtx_capability;
    rtx.payload_type = *rtx_capability->preferred_payload_type;
    out_->consumable.codecs.push_back(std::move(rtx));
  }

  // Whether consumers can have it. abs-capture-time is only passed on, never made: without a producer that
  // sends it, receivers would wait for it.
  bool IsSent(const RtpHeaderExtension& extension) const {
    if (extension.direction != ExtensionDirection::kSendRecv &&
        extension.direction != ExtensionDirection::kSendOnly) {
      return false;
    }
    return extension.uri != rtp::ExtensionUri(rtp::ExtensionKind::kAbsCaptureTime) ||
           out_->rtp_parameters.HasHeaderExtension(extension.uri);
  }

  const RtpCapabilities& router_;
  const std::string codecs_path_;
  ProducerParameters* const out_;
};

}  // namespace

Result<ProducerParameters> NegotiateProducer(MediaKind kind, RtpParameters parameters,
                                             const RtpCapabilities& router, Ssrc first_mapped_ssrc,
                                             std::string_view path) {
  if (parameters.encodings.empty()) parameters.encodings.emplace_back().dtx = false;
  if (auto error = CheckRtpParameters(kind, parameters, path)) return *error;
  Result<ProducerType> type = ProducerTypeOf(parameters, path);
  if (!type.ok()) return type.error();

  ProducerParameters producer;
  producer.type = *type;
  producer.rtp_parameters = std::move(parameters);
  Negotiation negotiation(router, JoinPath(path, "codecs"), &producer);
  if (auto error = negotiation.MapMediaCodecs()) return *error;
  if (auto error = negotiation.MapRedCodecs()) return *error;
  if (auto error = negotiation.MapRtxCodecs()) return *error;
  negotiation.AddHeaderExtensions(kind);
  negotiation.MapEncodings(first_mapped_ssrc);
  producer.consumable.rtcp.cname = producer.rtp_parameters.rtcp.cname;
  producer.consumable.msid = producer.rtp_parameters.msid;
  return producer;
}

}  // namespace sluice::api
