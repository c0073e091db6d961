#include "api/ortc/consumer_parameters.h"

#include <algorithm>
#include <utility>

#include "api/ortc/codec_matching.h"
#include "api/ortc/red_format.h"
#include "api/ortc/scalability_mode.h"
#include "api/ortc/supported_capabilities.h"
#include "rtp/header_extension.h"

namespace sluice::api {
namespace {

const RtpCodecCapability* FindCapability(const RtpCapabilities& client, const RtpCodecParameters& codec) {
  for (const RtpCodecCapability& candidate : client.codecs) {
    if (SameCodecAndProfile(candidate, codec)) return &candidate;
  }
  return nullptr;
}

bool IsPlainNack(const RtcpFeedback& feedback) {
  return feedback.type == "nack" && feedback.parameter.empty();
}

// What both have, in the client's order. Without RTX there is nothing to answer a NACK with.
std::vector<RtcpFeedback> CommonFeedback(const std::vector<RtcpFeedback>& ours,
                                         const std::vector<RtcpFeedback>& clients, bool enable_rtx) {
  std::vector<RtcpFeedback> common;
  for (const RtcpFeedback& feedback : clients) {
    if (!enable_rtx && IsPlainNack(feedback)) continue;
    if (std::find(ours.begin(), ours.end(), feedback) != ours.end()) common.push_back(feedback);
  }
  return common;
}

std::vector<RtpCodecParameters> CommonCodecs(const RtpParameters& consumable, const RtpCapabilities& client,
                                             bool enable_rtx) {
  std::vector<RtpCodecParameters> codecs;
  for (const RtpCodecParameters& codec : consumable.codecs) {
    if (codec.IsRtx() && !enable_rtx) continue;
    const RtpCodecCapability* capability = FindCapability(client, codec);
    if (capability == nullptr) continue;
    codecs.push_back(codec);
    codecs.back().rtcp_feedback = CommonFeedback(codec.rtcp_feedback, capability->rtcp_feedback, enable_rtx);
  }
  return codecs;
}

bool HasAllBlocks(const RtpParameters& parameters, const RtpCodecParameters& red) {
  const std::vector<PayloadType> blocks = RedBlocks(red).value_or(std::vector<PayloadType>());
  return std::all_of(blocks.begin(), blocks.end(),
                     [&](PayloadType block) { return parameters.FindCodec(block) != nullptr; });
}

bool IsOrphan(const RtpParameters& parameters, const RtpCodecParameters& codec) {
  if (codec.IsRed()) return !HasAllBlocks(parameters, codec);
  if (!codec.IsRtx()) return false;
  const int64_t apt = codec.IntegerParameter("apt").value_or(-1);
  return apt < 0 || apt > 127 || parameters.FindCodec(PayloadType(static_cast<uint8_t>(apt))) == nullptr;
}

// Leaves out the RTX and RED codecs whose media codec the client does not have.
void DropOrphans(RtpParameters* parameters) {
  std::vector<RtpCodecParameters> kept;
  for (const RtpCodecParameters& codec : parameters->codecs) {
    if (!IsOrphan(*parameters, codec)) kept.push_back(codec);
  }
  parameters->codecs = std::move(kept);
}

std::vector<RtpHeaderExtensionParameters> CommonHeaderExtensions(const RtpParameters& consumable,
                                                                 const RtpCapabilities& client) {
  std::vector<RtpHeaderExtensionParameters> common;
  for (const RtpHeaderExtensionParameters& extension : consumable.header_extensions) {
    bool is_known = std::any_of(client.header_extensions.begin(), client.header_extensions.end(),
                                [&](const RtpHeaderExtension& known) {
                                  return known.preferred_id == extension.id && known.uri == extension.uri;
                                });
    if (is_known) common.push_back(extension);
  }
  return common;
}

// Two bandwidth estimators would work against each other: the better one that is possible stays.
void ChooseBandwidthFeedback(RtpParameters* parameters) {
  using rtp::ExtensionKind;
  bool transport_cc =
      parameters->HasHeaderExtension(rtp::ExtensionUri(ExtensionKind::kTransportSequenceNumber));
  bool remb = !transport_cc && parameters->HasHeaderExtension(rtp::ExtensionUri(ExtensionKind::kAbsSendTime));
  for (RtpCodecParameters& codec : parameters->codecs) {
    std::erase_if(codec.rtcp_feedback, [&](const RtcpFeedback& feedback) {
      return (feedback.type == "transport-cc" && !transport_cc) || (feedback.type == "goog-remb" && !remb);
    });
  }
}

std::optional<std::string> ScalabilityModeFor(const std::vector<RtpEncodingParameters>& encodings) {
  auto given = std::find_if(encodings.begin(), encodings.end(),
                            [](const auto& encoding) { return encoding.scalability_mode.has_value(); });
  std::optional<std::string> mode = given == encodings.end() ? std::nullopt : given->scalability_mode;
  if (encodings.size() <= 1) return mode;
  return MakeScalabilityMode(encodings.size(), ParseScalabilityMode(mode.value_or("")).temporal_layers);
}

std::optional<DataRate> MaxBitrate(const std::vector<RtpEncodingParameters>& encodings) {
  DataRate max;
  for (const RtpEncodingParameters& encoding : encodings) {
    max = std::max(max, encoding.max_bitrate.value_or(DataRate::Zero()));
  }
  return max.IsZero() ? std::nullopt : std::optional<DataRate>(max);
}

RtpEncodingParameters ConsumerEncoding(const RtpParameters& consumable, Ssrc ssrc, bool has_rtx) {
  RtpEncodingParameters encoding;
  encoding.ssrc = ssrc;
  if (has_rtx) encoding.rtx_ssrc = Ssrc(ssrc.value() + 1);
  encoding.scalability_mode = ScalabilityModeFor(consumable.encodings);
  encoding.max_bitrate = MaxBitrate(consumable.encodings);
  return encoding;
}

std::vector<RtpEncodingParameters> PipeEncodings(const RtpParameters& consumable, Ssrc first, bool has_rtx) {
  std::vector<RtpEncodingParameters> encodings = consumable.encodings;
  const auto count = static_cast<uint32_t>(encodings.size());
  uint32_t ssrc = first.value();
  for (RtpEncodingParameters& encoding : encodings) {
    encoding.ssrc = Ssrc(ssrc);
    encoding.rtx_ssrc = has_rtx ? std::optional<Ssrc>(Ssrc(ssrc + count)) : std::nullopt;
    ++ssrc;
  }
  return encodings;
}

bool IsPipedFeedback(const RtcpFeedback& feedback, bool enable_rtx) {
  return feedback == RtcpFeedback{"nack", "pli"} || feedback == RtcpFeedback{"ccm", "fir"} ||
         (enable_rtx && IsPlainNack(feedback));
}

bool IsPipedExtension(const RtpHeaderExtensionParameters& extension) {
  using rtp::ExtensionKind;
  for (ExtensionKind kind :
       {ExtensionKind::kMid, ExtensionKind::kAbsSendTime, ExtensionKind::kTransportSequenceNumber}) {
    if (extension.uri == rtp::ExtensionUri(kind)) return false;
  }
  return true;
}

// In the order of the ids.
void AddDependencyDescriptor(std::vector<RtpHeaderExtensionParameters>* extensions) {
  const auto uri = rtp::ExtensionUri(rtp::ExtensionKind::kDependencyDescriptor);
  for (const RtpHeaderExtensionParameters& extension : *extensions) {
    if (extension.uri == uri) return;
  }
  for (const RtpHeaderExtension& supported : SupportedCapabilities().header_extensions) {
    if (supported.uri != uri) continue;
    auto at = std::find_if(extensions->begin(), extensions->end(),
                           [&](const auto& extension) { return extension.id > supported.preferred_id; });
    extensions->insert(at, {supported.uri, supported.preferred_id, false, {}});
    return;
  }
}

}  // namespace

bool CanConsume(const RtpParameters& consumable, const RtpCapabilities& client) {
  return std::any_of(consumable.codecs.begin(), consumable.codecs.end(), [&](const auto& codec) {
    return codec.IsMedia() && FindCapability(client, codec) != nullptr;
  });
}

Result<RtpParameters> NegotiateConsumer(const RtpParameters& consumable, const RtpCapabilities& client,
                                        const ConsumerOptions& options, std::string_view path) {
  if (!CanConsume(consumable, client)) {
    return RpcError::Unsupported("none of the producer's codecs is among the capabilities",
                                 std::string(path));
  }
  RtpParameters parameters;
  parameters.mid = options.mid;
  parameters.codecs = CommonCodecs(consumable, client, options.enable_rtx);
  DropOrphans(&parameters);
  parameters.header_extensions = CommonHeaderExtensions(consumable, client);
  ChooseBandwidthFeedback(&parameters);
  bool has_rtx = std::any_of(parameters.codecs.begin(), parameters.codecs.end(),
                             [](const auto& codec) { return codec.IsRtx(); });
  if (options.pipe) {
    parameters.encodings = PipeEncodings(consumable, options.ssrc, has_rtx);
  } else {
    parameters.encodings.push_back(ConsumerEncoding(consumable, options.ssrc, has_rtx));
  }
  parameters.rtcp = consumable.rtcp;
  parameters.msid = consumable.msid;
  return parameters;
}

RtpParameters PipeConsumerParameters(const RtpParameters& consumable, const ConsumerOptions& options) {
  RtpParameters parameters;
  bool has_rtx = false;
  for (const RtpCodecParameters& codec : consumable.codecs) {
    if (codec.IsRtx() && !options.enable_rtx) continue;
    has_rtx |= codec.IsRtx();
    parameters.codecs.push_back(codec);
    std::erase_if(parameters.codecs.back().rtcp_feedback, [&](const RtcpFeedback& feedback) {
      return !IsPipedFeedback(feedback, options.enable_rtx);
    });
  }
  for (const RtpHeaderExtensionParameters& extension : consumable.header_extensions) {
    if (IsPipedExtension(extension)) parameters.header_extensions.push_back(extension);
  }
  AddDependencyDescriptor(&parameters.header_extensions);
  parameters.encodings = PipeEncodings(consumable, options.ssrc, has_rtx);
  parameters.rtcp = consumable.rtcp;
  parameters.msid = consumable.msid;
  return parameters;
}

}  // namespace sluice::api
