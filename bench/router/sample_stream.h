// Streams for the benchmarks of router/: what an encoder of a model would send, read once as a producer's
// worker would have read it, then played over and over with numbers that go on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "router/config.h"
#include "rtp/codec.h"
#include "rtp/header_extension.h"
#include "rtp/payload/frame_reader.h"
#include "tests/rtp/dependency_elements.h"
#include "tests/rtp/model_encoder.h"
#include "tests/rtp/rtp_packets.h"
#include "tests/rtp/vp9_payload.h"

namespace sluice::router {

constexpr uint8_t kSamplePayloadType = 96;
constexpr size_t kVideoPayload = 1150;
constexpr size_t kAudioPayload = 120;

// With the ids that a browser gives them.
inline rtp::ExtensionMap SampleExtensions() {
  rtp::ExtensionMap map;
  map.Register(rtp::ExtensionKind::kMid, 1);
  map.Register(rtp::ExtensionKind::kAbsSendTime, 2);
  map.Register(rtp::ExtensionKind::kTransportSequenceNumber, 3);
  map.Register(rtp::ExtensionKind::kVideoOrientation, 4);
  map.Register(rtp::ExtensionKind::kAudioLevel, 5);
  map.Register(rtp::ExtensionKind::kDependencyDescriptor, 6);
  return map;
}

enum class SampleKind { kOpus, kH264, kVp8, kVp9, kAv1 };

class SampleStream {
 public:
  struct Sample {
    rtp::Octets packet;
    rtp::ReceivedPacket info;
  };

  SampleStream(SampleKind kind, const rtp::ScalabilityMode& mode, int packets_per_frame = 1)
      : kind_(kind), mode_(mode), packets_per_frame_(packets_per_frame) {
    rtp::ModelEncoder encoder(mode);
    rtp::DependencyDescriber describer(mode);
    for (int picture = 0; picture < 1 + kLoopPictures; ++picture) {
      if (picture == 1) loop_begin_ = samples_.size();
      for (const rtp::ModelFrame& frame : encoder.Next(picture == 0)) {
        for (int i = 0; i < packets_per_frame; ++i)
          AddPacket(frame, describer, i == 0, i + 1 == packets_per_frame);
      }
    }
  }

  SampleKind kind() const { return kind_; }
  const rtp::ScalabilityMode& mode() const { return mode_; }
  rtp::Codec codec() const {
    constexpr rtp::Codec kCodecs[] = {rtp::Codec::kOpus, rtp::Codec::kH264, rtp::Codec::kVp8,
                                      rtp::Codec::kVp9, rtp::Codec::kAv1};
    return kCodecs[static_cast<size_t>(kind_)];
  }
  bool audio() const { return kind_ == SampleKind::kOpus; }

  // The first picture is a key picture; the others follow one another for ever.
  const std::vector<Sample>& samples() const { return samples_; }
  size_t loop_begin() const { return loop_begin_; }

  // What `info`, a copy of a sample's, is in the given turn of the loop.
  void MoveOn(int64_t turn, rtp::ReceivedPacket* info) const {
    const int64_t pictures = turn * kLoopPictures;
    info->timestamp += static_cast<uint32_t>(pictures) * ClockStep();
    info->frame.ids.picture_id += pictures;
    info->frame.ids.tl0_picture_index =
        static_cast<uint8_t>(info->frame.ids.tl0_picture_index + turn * (kLoopPictures / BasePeriod()));
    info->frame.dependencies.frame_number += pictures * mode_.spatial;
  }

 private:
  static constexpr int kLoopPictures = 16;  // A multiple of every pattern of temporal layers.

  uint32_t ClockStep() const { return audio() ? 960 : 3000; }
  int BasePeriod() const { return mode_.temporal == 3 ? 4 : mode_.temporal; }

  void AddPacket(const rtp::ModelFrame& frame, rtp::DependencyDescriber& describer, bool start, bool end) {
    rtp::RtpPacket packet{.payload_type = kSamplePayloadType,
                          .marker = end && frame.last_in_picture,
                          .sequence = static_cast<uint16_t>(samples_.size()),
                          .timestamp = static_cast<uint32_t>(frame.picture) * ClockStep(),
                          .ssrc = 1,
                          .profile = 0xbede,
                          .payload = PayloadOf(frame, start, end)};
    packet.extension = {0x10, '0', 0x22, 1, 2, 3, 0x31, 4, 5};
    const rtp::Octets own = audio() ? rtp::Octets{0x50, 0xa0} : rtp::Octets{0x40, 0x00};
    packet.extension.insert(packet.extension.end(), own.begin(), own.end());
    if (kind_ == SampleKind::kAv1)
      AddDescriptor(describer.Describe(frame, start, end).Encode(describer.templates()), &packet);
    Sample sample{.packet = packet.Encode(), .info = {}};
    sample.info = rtp::ReadPacket(*rtp::PacketView::Parse(sample.packet), SampleExtensions());
    if (!audio()) sample.info.frame = Read(sample);
    samples_.push_back(std::move(sample));
  }

  // In the two-byte form where it brings a structure along.
  static void AddDescriptor(const rtp::Octets& element, rtp::RtpPacket* packet) {
    rtp::Octets& out = packet->extension;
    if (element.size() <= 16) {
      out.push_back(static_cast<uint8_t>(0x60 | (element.size() - 1)));
    } else {
      packet->profile = 0x1000;
      out = {1, 1, '0', 2, 3, 1, 2, 3, 3, 2, 4, 5, 4, 1, 0, 6, static_cast<uint8_t>(element.size())};
    }
    out.insert(out.end(), element.begin(), element.end());
  }

  rtp::FrameInfo Read(const Sample& sample) {
    const Bytes packet = sample.packet;
    return reader_.Read({.codec = codec(),
                         .payload = packet.subspan(sample.info.payload_offset, sample.info.payload_size),
                         .dependency_descriptor =
                             sample.info.extensions.Data(packet, rtp::ExtensionKind::kDependencyDescriptor),
                         .timestamp = sample.info.timestamp,
                         .marker = sample.info.marker});
  }

  rtp::Octets PayloadOf(const rtp::ModelFrame& frame, bool start, bool end) {
    rtp::Octets payload = HeadOf(frame, start, end);
    payload.resize(audio() ? kAudioPayload : kVideoPayload, 0x11);
    return payload;
  }
  rtp::Octets HeadOf(const rtp::ModelFrame& frame, bool start, bool end) {
    switch (kind_) {
      case SampleKind::kOpus:
        return {0x78};
      case SampleKind::kH264:  // Slices, of an IDR picture or another, whole or in fragments.
        if (packets_per_frame_ == 1) return {static_cast<uint8_t>(frame.key_picture ? 0x65 : 0x61), 0x88};
        return {0x7c,
                static_cast<uint8_t>((start ? 0x80 : 0) | (end ? 0x40 : 0) | (frame.key_picture ? 5 : 1)),
                0x88};
      case SampleKind::kVp8: {
        if (frame.layers.temporal == 0 && start) ++tl0_;
        const auto picture = static_cast<uint16_t>(0x8000 | frame.picture);
        return {static_cast<uint8_t>(start ? 0x90 : 0x80),
                0xe0,
                static_cast<uint8_t>(picture >> 8),
                static_cast<uint8_t>(picture),
                tl0_,
                static_cast<uint8_t>(frame.layers.temporal << 6 | 0x20),
                static_cast<uint8_t>(frame.key_picture ? 0 : 1)};
      }
      case SampleKind::kVp9: {
        rtp::Vp9Payload payload = rtp::Vp9Payload::Of(frame, mode_, /*flexible=*/false);
        if (frame.layers == rtp::Layers() && start) ++tl0_;
        payload.tl0 = tl0_;
        payload.start = start;
        payload.end = end;
        return payload.Encode();
      }
      case SampleKind::kAv1:  // A frame OBU with a size.
        return {static_cast<uint8_t>((start ? 0 : 0x80) | 0x10), 0x30};
    }
    return {};
  }

  SampleKind kind_;
  rtp::ScalabilityMode mode_;
  int packets_per_frame_;
  uint8_t tl0_ = 0;
  rtp::FrameReader reader_;
  std::vector<Sample> samples_;
  size_t loop_begin_ = 0;
};

}  // namespace sluice::router
