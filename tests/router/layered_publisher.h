// What a publisher of layers sends, packet by packet, a frame in each: SVC of AV1 and VP9, temporal layers of
// VP8 and H.264, simulcast of any.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "router/config.h"
#include "tests/router/media.h"
#include "tests/rtp/dependency_elements.h"
#include "tests/rtp/model_encoder.h"
#include "tests/rtp/vp9_payload.h"

namespace sluice::router {

constexpr uint8_t kDescriptorId = 7;
constexpr Ssrc kLayeredSsrc(21);

class LayeredPublisher {
 public:
  struct Options {
    rtp::Codec codec = rtp::Codec::kVp8;
    rtp::ScalabilityMode mode;
    uint8_t encodings = 1;
    int64_t first_frame = 0, first_picture = 0;
    bool long_picture_ids = true;  // VP8 and VP9: 15 bits, else 7.
    bool flexible = true;          // VP9: says what it refers to, else counts the pictures of layer 0.
  };

  explicit LayeredPublisher(const Options& options)
      : options_(options),
        encoder_(options.mode, options.first_frame, options.first_picture),
        describer_(options.mode) {}

  ProducerConfig Config(ProducerHandle handle) const {
    ProducerConfig config;
    config.handle = handle;
    config.codecs = {{.codec = options_.codec,
                      .payload_type = PayloadType(kVp8),
                      .mapped_payload_type = PayloadType(kVp8),
                      .rtx_payload_type = {},
                      .clock_rate = 90'000}};
    for (uint8_t i = 0; i < options_.encodings; ++i)
      config.encodings.push_back({.ssrc = Ssrc(kLayeredSsrc.value() + i), .rtx_ssrc = {}, .rid = ""});
    config.extensions.Register(rtp::ExtensionKind::kDependencyDescriptor, kDescriptorId);
    config.nack = config.pli = true;
    return config;
  }

  // The packets of the next picture, of all encodings.
  std::vector<Octets> Next(bool key_picture) {
    std::vector<Octets> packets;
    for (const rtp::ModelFrame& frame : encoder_.Next(key_picture)) {
      for (uint8_t encoding = 0; encoding < options_.encodings; ++encoding)
        packets.push_back(PacketOf(frame, encoding));
    }
    return packets;
  }

 private:
  Octets PacketOf(const rtp::ModelFrame& frame, uint8_t encoding) {
    rtp::RtpPacket packet{.payload_type = kVp8,
                          .marker = frame.last_in_picture,
                          .sequence = sequences_[encoding]++,
                          .timestamp = static_cast<uint32_t>(3000 * frame.picture),
                          .ssrc = kLayeredSsrc.value() + encoding,
                          .payload = PayloadOf(frame, encoding)};
    if (options_.codec == rtp::Codec::kAv1) {
      const Octets element = describer_.Describe(frame, true, true).Encode(describer_.templates());
      packet.profile = 0x1000;
      packet.extension = {kDescriptorId, static_cast<uint8_t>(element.size())};
      packet.extension.insert(packet.extension.end(), element.begin(), element.end());
    }
    return packet.Encode();
  }

  Octets PayloadOf(const rtp::ModelFrame& frame, uint8_t encoding) {
    if (options_.codec == rtp::Codec::kAv1) return {0x10, 0x30, 1, 2, 3};
    if (options_.codec == rtp::Codec::kVp9) {
      rtp::Vp9Payload payload = rtp::Vp9Payload::Of(frame, encoder_.mode(), options_.flexible);
      payload.long_id = options_.long_picture_ids;
      payload.tl0 = BasePicture(frame, 0);
      return payload.Encode();
    }
    if (options_.codec == rtp::Codec::kH264) {
      const int unit =
          frame.key_picture ? 5 : 1;  // Of an IDR picture, or another; the highest layer is no reference.
      const bool discardable =
          options_.mode.temporal > 1 && frame.layers.temporal + 1 == options_.mode.temporal;
      return {static_cast<uint8_t>((discardable && !frame.key_picture ? 0 : 0x60) | unit), 0x88, 1, 2, 3};
    }
    // Encodings count each for itself.
    const auto picture = static_cast<uint16_t>(frame.picture + 1000 * encoding);
    Octets payload = {0x90, 0xe0};
    if (options_.long_picture_ids) payload.push_back(static_cast<uint8_t>(0x80 | picture >> 8));
    payload.push_back(static_cast<uint8_t>(options_.long_picture_ids ? picture : picture & 0x7f));
    payload.push_back(BasePicture(frame, encoding));
    payload.push_back(static_cast<uint8_t>(frame.layers.temporal << 6 | 0x20));
    payload.push_back(static_cast<uint8_t>(frame.key_picture ? 0 : 1));
    payload.resize(payload.size() + 4, static_cast<uint8_t>(frame.number));
    return payload;
  }
  // Counts the pictures of temporal layer 0.
  uint8_t BasePicture(const rtp::ModelFrame& frame, uint8_t encoding) {
    if (frame.layers == rtp::Layers() && frame.picture != base_picture_) {
      base_picture_ = frame.picture;
      ++base_pictures_;
    }
    return static_cast<uint8_t>(base_pictures_ + 70 * encoding);
  }

  Options options_;
  rtp::ModelEncoder encoder_;
  rtp::DependencyDescriber describer_;
  int64_t base_picture_ = -1;
  uint8_t base_pictures_ = 0;
  uint16_t sequences_[3] = {65'000, 100, 200};
};

}  // namespace sluice::router
