#include "rtp/payload/frame_reader.h"

#include "rtp/payload/av1_packet.h"
#include "rtp/payload/h264_packet.h"
#include "rtp/payload/h265_packet.h"
#include "rtp/payload/vp8_descriptor.h"

namespace sluice::rtp {
namespace {

// A picture of one of several temporal layers, and what its format says of going up.
struct TemporalPicture {
  uint8_t layer = 0;
  bool key = false;
  // Later pictures of this layer and above need none of these layers from before this one …
  bool switch_to_all = false;
  // … or those of this layer alone.
  bool switch_to_layer = false;
};

void SetTemporalLayer(const TemporalPicture& picture, FrameInfo& info) {
  info.layers = {0, picture.layer};
  if (picture.key) {
    info.switchable = LayerSet::All();
    return;
  }
  const bool sync = picture.switch_to_all || picture.switch_to_layer;
  const auto referred = static_cast<uint8_t>(sync && picture.layer > 0 ? picture.layer - 1 : picture.layer);
  info.needed = LayerSet::From(info.layers);
  info.decodable = LayerSet::From({0, referred});
  if (picture.switch_to_all) {
    info.switchable = LayerSet::From(info.layers);
  } else if (picture.switch_to_layer) {
    info.switchable = LayerSet::Temporal(picture.layer);
  }
}

FrameInfo ReadAv1(const FrameReader::Packet& packet) {
  auto av1 = Av1Packet::Parse(packet.payload);
  if (!av1) return {};
  FrameInfo info;
  info.key_frame = av1->new_coded_sequence || av1->has_sequence_header;
  info.frame_start = av1->frame_start;
  info.frame_end = packet.marker;
  const uint8_t spatial = av1->spatial_layer.value_or(0);
  info.picture_start = info.frame_start && spatial == 0;
  SetTemporalLayer({.layer = av1->temporal_layer.value_or(0), .key = info.key_frame}, info);
  info.layers.spatial = spatial;
  return info;
}

}  // namespace

FrameInfo FrameReader::Read(const Packet& packet) {
  if (packet.codec != codec_) *this = FrameReader();
  codec_ = packet.codec;
  FrameInfo info = ReadPayload(packet);
  auto descriptor = DependencyDescriptor::ParseMandatory(packet.dependency_descriptor);
  if (!descriptor) return info;
  if (!dependencies_) dependencies_ = std::make_unique<DependencyReader>();
  if (dependencies_->Read(packet.dependency_descriptor, packet.timestamp, info)) return info;
  info.key_frame = descriptor->frame_start && (info.key_frame || descriptor->has_structure);
  info.frame_start = descriptor->frame_start;
  info.picture_start = info.picture_start && descriptor->frame_start;
  return info;
}

FrameInfo FrameReader::ReadPayload(const Packet& packet) {
  switch (packet.codec) {
    case Codec::kVp8:
      return ReadVp8(packet);
    case Codec::kVp9:
      return vp9_.Read(packet.payload);
    case Codec::kH264:
      return ReadH264(packet);
    case Codec::kH265:
      return ReadH265(packet);
    case Codec::kAv1:
      return ReadAv1(packet);
    case Codec::kOpus:
    case Codec::kRed:
    case Codec::kOther:
      break;
  }
  return {};
}

FrameInfo FrameReader::ReadVp8(const Packet& packet) {
  auto descriptor = Vp8Descriptor::Parse(packet.payload);
  if (!descriptor) return {};
  FrameInfo info;
  info.key_frame = descriptor->key_frame;
  info.frame_start = info.picture_start = descriptor->frame_start();
  info.frame_end = packet.marker;
  SetTemporalLayer({.layer = descriptor->temporal_layer.value_or(0),
                    .key = descriptor->key_frame,
                    .switch_to_layer = descriptor->layer_sync},
                   info);
  if (descriptor->picture_id) {
    info.ids.picture_id = picture_ids_.Unwrap(*descriptor->picture_id, descriptor->long_picture_id ? 15 : 7);
    info.ids.picture_id_offset = descriptor->picture_id_offset;
    info.ids.long_picture_id = descriptor->long_picture_id;
  }
  if (descriptor->tl0_picture_index) {
    info.ids.tl0_picture_index = *descriptor->tl0_picture_index;
    info.ids.tl0_picture_index_offset = descriptor->tl0_picture_index_offset;
  }
  return info;
}

FrameInfo FrameReader::ReadH264(const Packet& packet) {
  auto h264 = H264Packet::Parse(packet.payload);
  if (!h264) return {};
  FrameInfo info;
  info.key_frame = h264->has_sps || h264->has_idr_start;
  info.frame_start = info.picture_start = h264->access_unit_start;
  info.frame_end = packet.marker;
  if (h264->temporal_layer) {
    prefix_temporal_layer_ = h264->temporal_layer;
    prefix_timestamp_ = packet.timestamp;
  }
  if (prefix_temporal_layer_ && prefix_timestamp_ == packet.timestamp) {
    // Hierarchical prediction begins anew at each picture of the lowest layer.
    SetTemporalLayer({.layer = *prefix_temporal_layer_,
                      .key = info.key_frame,
                      .switch_to_all = *prefix_temporal_layer_ == 0},
                     info);
  } else {
    // Nothing refers to the upper layer, so it can be left and taken up anywhere.
    SetTemporalLayer({.layer = static_cast<uint8_t>(h264->is_no_reference ? 1 : 0), .key = info.key_frame},
                     info);
    info.decodable = info.switchable = LayerSet::All();
  }
  return info;
}

FrameInfo FrameReader::ReadH265(const Packet& packet) {
  auto h265 = H265Packet::Parse(packet.payload);
  if (!h265) return {};
  FrameInfo info;
  info.key_frame = h265->has_parameter_set || h265->has_key_picture_start;
  info.frame_start = info.picture_start = h265->access_unit_start;
  info.frame_end = packet.marker;
  if (h265->temporal_nesting) temporal_nesting_ = *h265->temporal_nesting;
  const bool nested = temporal_nesting_ && h265->temporal_layer > 0;
  SetTemporalLayer({.layer = h265->temporal_layer,
                    .key = info.key_frame,
                    .switch_to_all = nested || h265->switch_to_all,
                    .switch_to_layer = h265->switch_to_layer},
                   info);
  return info;
}

}  // namespace sluice::rtp
