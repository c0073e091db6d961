#include "api/data_plane_config.h"

#include <algorithm>
#include <utility>

#include "api/ortc/produced_layers.h"
#include "rtp/codec.h"
#include "rtp/header_extension.h"

namespace sluice::api {
namespace {

bool HasFeedback(const RtpCodecParameters& codec, std::string_view type, std::string_view parameter = "") {
  return std::any_of(
      codec.rtcp_feedback.begin(), codec.rtcp_feedback.end(),
      [&](const RtcpFeedback& feedback) { return feedback.type == type && feedback.parameter == parameter; });
}

rtp::ExtensionMap MakeExtensionMap(const RtpParameters& parameters) {
  rtp::ExtensionMap map;
  for (const RtpHeaderExtensionParameters& extension : parameters.header_extensions) {
    if (auto kind = rtp::ExtensionKindOf(extension.uri)) map.Register(*kind, extension.id);
  }
  return map;
}

router::ProducerCodec MakeProducerCodec(const ProducerParameters& parameters,
                                        const RtpCodecParameters& codec) {
  router::ProducerCodec made{.codec = rtp::CodecOf(codec.mime_type),
                             .payload_type = codec.payload_type,
                             .mapped_payload_type = codec.payload_type,
                             .rtx_payload_type = std::nullopt,
                             .clock_rate = codec.clock_rate};
  for (const CodecMapping& mapping : parameters.rtp_mapping.codecs) {
    if (mapping.payload_type == codec.payload_type) made.mapped_payload_type = mapping.mapped_payload_type;
  }
  if (const RtpCodecParameters* rtx = parameters.rtp_parameters.FindRtxCodec(codec.payload_type)) {
    made.rtx_payload_type = rtx->payload_type;
  }
  return made;
}

router::ConsumerConfig MakeConsumerConfig(const Consumer& consumer, bool ignore_dtx) {
  const RtpParameters& parameters = consumer.rtp_parameters;
  const RtpCodecParameters& media = *parameters.FirstMediaCodec();
  const ProducedLayers layers = LayersOf(consumer.producer->parameters);
  router::ConsumerConfig config{
      .handle = consumer.handle,
      .producer = consumer.producer->handle,
      .kind = consumer.producer->kind,
      .codec = rtp::CodecOf(media.mime_type),
      .clock_rate = media.clock_rate,
      .ssrc = Ssrc(),
      .rtx_ssrc = std::nullopt,
      .rtx_payload_type = std::nullopt,
      .payload_types = {},
      .extensions = MakeExtensionMap(parameters),
      .mid = parameters.mid.value_or(""),
      .cname = parameters.rtcp.cname.value_or(""),
      .encodings = layers.encodings,
      .spatial_layers = layers.spatial,
      .temporal_layers = layers.temporal,
      .preferred_layers = consumer.preferred_layers.value_or(rtp::Layers{UINT8_MAX, UINT8_MAX}),
      .nack = HasFeedback(media, "nack"),
      .ignore_dtx = ignore_dtx,
      .paused = consumer.paused};
  for (const RtpCodecParameters& codec : parameters.codecs) {
    if (!codec.IsRtx()) config.payload_types.set(codec.payload_type.value());
  }
  if (const RtpCodecParameters* rtx = parameters.FindRtxCodec(media.payload_type)) {
    config.rtx_payload_type = rtx->payload_type;
  }
  return config;
}

}  // namespace

router::ProducerConfig MakeProducerConfig(const Producer& producer, TimeDelta key_frame_request_delay) {
  const RtpParameters& parameters = producer.parameters.rtp_parameters;
  const RtpCodecParameters& media = *parameters.FirstMediaCodec();
  router::ProducerConfig config{.handle = producer.handle,
                                .kind = producer.kind,
                                .mid = parameters.mid.value_or(""),
                                .codecs = {},
                                .encodings = {},
                                .extensions = MakeExtensionMap(parameters),
                                .nack = HasFeedback(media, "nack"),
                                .pli = HasFeedback(media, "nack", "pli"),
                                .fir = HasFeedback(media, "ccm", "fir"),
                                .transport_cc = HasFeedback(media, "transport-cc"),
                                .remb = HasFeedback(media, "goog-remb"),
                                .paused = producer.paused,
                                .key_frame_request_delay = key_frame_request_delay,
                                .audio_selector = {}};
  if (producer.is_selectable()) config.audio_selector = producer.transport->router->audio_selector;
  config.transport_cc &= config.extensions.Has(rtp::ExtensionKind::kTransportSequenceNumber);
  config.remb &= config.extensions.Has(rtp::ExtensionKind::kAbsSendTime);
  for (const RtpCodecParameters& codec : parameters.codecs) {
    if (!codec.IsRtx()) config.codecs.push_back(MakeProducerCodec(producer.parameters, codec));
  }
  for (const RtpEncodingParameters& encoding : parameters.encodings) {
    config.encodings.push_back(
        {.ssrc = encoding.ssrc, .rtx_ssrc = encoding.rtx_ssrc, .rid = encoding.rid.value_or("")});
  }
  return config;
}

std::vector<router::ConsumerConfig> MakeConsumerConfigs(const Consumer& consumer, bool ignore_dtx,
                                                        absl::FunctionRef<uint64_t()> new_numbers) {
  std::vector<router::ConsumerConfig> configs;
  const router::ConsumerConfig shared = MakeConsumerConfig(consumer, ignore_dtx);
  consumer.ForEachHandle([&](router::ConsumerHandle handle) {
    const RtpEncodingParameters& encoding = consumer.rtp_parameters.encodings[configs.size()];
    const uint64_t numbers = new_numbers();
    router::ConsumerConfig config = shared;
    config.handle = handle;
    config.ssrc = *encoding.ssrc;
    config.rtx_ssrc = encoding.rtx_ssrc;
    if (consumer.pipe) config.pipe_encoding = static_cast<uint8_t>(configs.size());
    config.first_sequence_number = SequenceNumber(static_cast<uint16_t>(numbers));
    config.first_rtx_sequence_number = SequenceNumber(static_cast<uint16_t>(numbers >> 16));
    configs.push_back(std::move(config));
  });
  return configs;
}

}  // namespace sluice::api
