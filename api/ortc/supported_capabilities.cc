#include "api/ortc/supported_capabilities.h"

#include <initializer_list>
#include <utility>

#include "rtp/header_extension.h"

namespace sluice::api {
namespace {

using rtp::ExtensionKind;

std::vector<RtcpFeedback> VideoFeedback() {
  return {{"nack", ""}, {"nack", "pli"}, {"ccm", "fir"}, {"goog-remb", ""}, {"transport-cc", ""}};
}

RtpCodecCapability Video(std::string mime_type, ParameterMap parameters = {}) {
  RtpCodecCapability codec;
  codec.kind = MediaKind::kVideo;
  codec.mime_type = std::move(mime_type);
  codec.clock_rate = 90'000;
  codec.parameters = std::move(parameters);
  codec.rtcp_feedback = VideoFeedback();
  return codec;
}

RtpCodecCapability Audio(std::string mime_type, uint32_t clock_rate, uint8_t channels = 1) {
  RtpCodecCapability codec;
  codec.kind = MediaKind::kAudio;
  codec.mime_type = std::move(mime_type);
  codec.clock_rate = clock_rate;
  codec.channels = channels;
  return codec;
}

RtpCodecCapability Speech(std::string mime_type, uint32_t clock_rate) {
  RtpCodecCapability codec = Audio(std::move(mime_type), clock_rate);
  codec.rtcp_feedback = {{"transport-cc", ""}};
  return codec;
}

RtpCodecCapability Static(RtpCodecCapability codec, uint8_t payload_type) {
  codec.preferred_payload_type = PayloadType(payload_type);
  return codec;
}

RtpCodecCapability Opus(std::string mime_type, uint8_t channels, ParameterMap parameters = {}) {
  RtpCodecCapability codec = Audio(std::move(mime_type), 48'000, channels);
  codec.parameters = std::move(parameters);
  codec.rtcp_feedback = {{"nack", ""}, {"transport-cc", ""}};
  return codec;
}

RtpCodecCapability MultiOpus(uint8_t channels, std::string mapping, int64_t streams, int64_t coupled) {
  return Opus(
      "audio/multiopus", channels,
      {{"channel_mapping", std::move(mapping)}, {"num_streams", streams}, {"coupled_streams", coupled}});
}

std::vector<RtpCodecCapability> Codecs() {
  std::vector<RtpCodecCapability> codecs = {
      Opus("audio/opus", 2),
      MultiOpus(4, "0,1,2,3", 2, 2),
      MultiOpus(6, "0,4,1,2,3,5", 4, 2),
      MultiOpus(8, "0,6,1,2,3,4,5,7", 5, 3),
      Opus("audio/red", 2),
      Static(Speech("audio/PCMU", 8'000), 0),
      Static(Speech("audio/PCMA", 8'000), 8),
      Speech("audio/ISAC", 32'000),
      Speech("audio/ISAC", 16'000),
      Static(Speech("audio/G722", 8'000), 9),
      Speech("audio/iLBC", 8'000),
  };
  for (uint32_t rate : {24'000, 16'000, 12'000, 8'000}) codecs.push_back(Speech("audio/SILK", rate));
  for (uint32_t rate : {32'000, 16'000, 8'000}) codecs.push_back(Static(Audio("audio/CN", rate), 13));
  for (uint32_t rate : {48'000, 32'000, 16'000, 8'000})
    codecs.push_back(Audio("audio/telephone-event", rate));
  codecs.push_back(Video("video/VP8"));
  codecs.push_back(Video("video/VP9"));
  codecs.push_back(Video("video/H264", {{"level-asymmetry-allowed", int64_t{1}}}));
  codecs.push_back(Video("video/H265"));
  codecs.push_back(Video("video/AV1"));
  return codecs;
}

std::vector<RtpHeaderExtension> HeaderExtensions() {
  constexpr auto kBothWays = ExtensionDirection::kSendRecv;
  constexpr auto kFromClients = ExtensionDirection::kRecvOnly;
  constexpr auto kAudio = MediaKind::kAudio;
  constexpr auto kVideo = MediaKind::kVideo;
  std::vector<RtpHeaderExtension> extensions;
  auto add = [&](uint8_t id, ExtensionKind extension, MediaKind kind, ExtensionDirection direction) {
    extensions.push_back({kind, std::string(rtp::ExtensionUri(extension)), id, false, direction});
  };
  add(1, ExtensionKind::kMid, kAudio, kBothWays);
  add(1, ExtensionKind::kMid, kVideo, kBothWays);
  add(2, ExtensionKind::kRid, kVideo, kFromClients);
  add(3, ExtensionKind::kRepairedRid, kVideo, kFromClients);
  add(4, ExtensionKind::kAbsSendTime, kAudio, kBothWays);
  add(4, ExtensionKind::kAbsSendTime, kVideo, kBothWays);
  add(5, ExtensionKind::kTransportSequenceNumber, kAudio, kFromClients);
  add(5, ExtensionKind::kTransportSequenceNumber, kVideo, kBothWays);
  add(6, ExtensionKind::kAudioLevel, kAudio, kBothWays);
  add(7, ExtensionKind::kDependencyDescriptor, kVideo, kBothWays);
  add(8, ExtensionKind::kVideoOrientation, kVideo, kBothWays);
  add(9, ExtensionKind::kTransmissionOffset, kVideo, kBothWays);
  add(10, ExtensionKind::kAbsCaptureTime, kAudio, kBothWays);
  add(10, ExtensionKind::kAbsCaptureTime, kVideo, kBothWays);
  add(11, ExtensionKind::kPlayoutDelay, kAudio, kBothWays);
  add(11, ExtensionKind::kPlayoutDelay, kVideo, kBothWays);
  add(13, ExtensionKind::kVideoLayersAllocation, kVideo, kFromClients);  // 12 is mediasoup's packet id.
  return extensions;
}

}  // namespace

const RtpCapabilities& SupportedCapabilities() {
  static const RtpCapabilities capabilities{Codecs(), HeaderExtensions()};
  return capabilities;
}

}  // namespace sluice::api
