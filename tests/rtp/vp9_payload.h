// VP9 payloads (RFC 9628) for tests: composed octet by octet, independently of the code under test, and those
// that an encoder would write for the frames of a ModelEncoder.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/rtp/model_encoder.h"
#include "tests/rtp/rtp_packets.h"

namespace sluice::rtp {

struct Vp9Payload {
  std::optional<uint16_t> picture_id = {};
  bool long_id = true;
  bool predicted = false;
  std::optional<Layers> layers = {};
  bool up = false;
  bool inter_layer = false;
  bool flexible = false;
  uint8_t tl0 = 0;
  std::vector<uint8_t> diffs = {};
  bool start = true, end = true;
  bool not_for_upper = false;
  int spatial_layers = 0;  // Announced in a scalability structure; 0: none.
  Octets body = {0x82, 1, 2, 3};

  Octets Encode() const {
    Octets out = {static_cast<uint8_t>(
        (picture_id ? 0x80 : 0) | (predicted ? 0x40 : 0) | (layers ? 0x20 : 0) | (flexible ? 0x10 : 0) |
        (start ? 0x08 : 0) | (end ? 0x04 : 0) | (spatial_layers ? 0x02 : 0) | (not_for_upper ? 0x01 : 0))};
    if (picture_id && long_id) out.push_back(static_cast<uint8_t>(0x80 | (*picture_id >> 8 & 0x7f)));
    if (picture_id) out.push_back(static_cast<uint8_t>(long_id ? *picture_id : *picture_id & 0x7f));
    if (layers) {
      out.push_back(static_cast<uint8_t>(layers->temporal << 5 | (up ? 0x10 : 0) | layers->spatial << 1 |
                                         (inter_layer ? 0x01 : 0)));
      if (!flexible) out.push_back(tl0);
    }
    for (size_t i = 0; i < diffs.size(); ++i)
      out.push_back(static_cast<uint8_t>(diffs[i] << 1 | (i + 1 < diffs.size() ? 1 : 0)));
    if (spatial_layers) out.push_back(static_cast<uint8_t>((spatial_layers - 1) << 5));
    out.insert(out.end(), body.begin(), body.end());
    return out;
  }

  // In one packet. Flexible mode says what it refers to; the other one numbers the pictures of layer 0.
  static Vp9Payload Of(const ModelFrame& frame, const ScalabilityMode& mode, bool flexible) {
    Vp9Payload payload{.picture_id = static_cast<uint16_t>(frame.picture % 32'768),
                       .predicted = !frame.key_picture,
                       .layers = frame.layers,
                       .up = frame.layers.temporal < 2,
                       .inter_layer = !frame.first_in_picture && (frame.key_picture || !mode.key_only),
                       .flexible = flexible,
                       .not_for_upper = frame.last_in_picture || (mode.key_only && !frame.key_picture)};
    if (frame.key_picture && frame.first_in_picture) payload.spatial_layers = mode.spatial;
    if (flexible && !frame.key_picture)
      payload.diffs = {static_cast<uint8_t>((frame.number - frame.references[0]) / mode.spatial)};
    return payload;
  }
};

}  // namespace sluice::rtp
