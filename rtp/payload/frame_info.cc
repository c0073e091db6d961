#include "rtp/payload/frame_info.h"

#include "rtp/payload/av1_packet.h"
#include "rtp/payload/dependency_descriptor.h"
#include "rtp/payload/h264_packet.h"
#include "rtp/payload/vp8_descriptor.h"
#include "rtp/payload/vp9_descriptor.h"

namespace sluice::rtp {
namespace {

FrameInfo ReadVp8(Bytes payload) {
  auto descriptor = Vp8Descriptor::Parse(payload);
  if (!descriptor) return {};
  return {.key_frame = descriptor->key_frame,
          .frame_start = descriptor->frame_start(),
          .temporal_layer = descriptor->temporal_layer.value_or(0)};
}

FrameInfo ReadVp9(Bytes payload) {
  auto descriptor = Vp9Descriptor::Parse(payload);
  if (!descriptor) return {};
  return {.key_frame = descriptor->key_frame(),
          .frame_start = descriptor->frame_start,
          .spatial_layer = descriptor->spatial_layer,
          .temporal_layer = descriptor->temporal_layer};
}

FrameInfo ReadH264(Bytes payload) {
  auto packet = H264Packet::Parse(payload);
  if (!packet) return {};
  return {.key_frame = packet->has_sps || packet->has_idr_start, .frame_start = packet->access_unit_start};
}

FrameInfo ReadAv1(Bytes payload) {
  auto packet = Av1Packet::Parse(payload);
  if (!packet) return {};
  return {.key_frame = packet->new_coded_sequence || packet->has_sequence_header,
          .frame_start = packet->frame_start,
          .spatial_layer = packet->spatial_layer.value_or(0),
          .temporal_layer = packet->temporal_layer.value_or(0)};
}

FrameInfo ReadPayload(Codec codec, Bytes payload) {
  switch (codec) {
    case Codec::kVp8:
      return ReadVp8(payload);
    case Codec::kVp9:
      return ReadVp9(payload);
    case Codec::kH264:
      return ReadH264(payload);
    case Codec::kAv1:
      return ReadAv1(payload);
    case Codec::kOpus:
    case Codec::kOther:
      break;
  }
  return {};
}

}  // namespace

FrameInfo ReadFrameInfo(Codec codec, Bytes payload, Bytes dependency_descriptor) {
  FrameInfo info = ReadPayload(codec, payload);
  if (auto descriptor = DependencyDescriptor::Parse(dependency_descriptor)) {
    info.frame_start = descriptor->frame_start;
    info.key_frame = descriptor->frame_start && (info.key_frame || descriptor->has_structure);
  }
  return info;
}

}  // namespace sluice::rtp
