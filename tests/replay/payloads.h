// What one packet's payload says of itself, in the terms of a decoder: written from the payload formats
// (RFC 7741, RFC 6184, RFC 7798, RFC 9628, AV1 RTP payload format), apart from the product's readers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace sluice::replay {

enum class Codec : uint8_t { kVp8, kVp9, kH264, kH265, kAv1 };

struct PayloadInfo {
  bool first_packet = false;        // Of its frame; of H264, H265 and AV1 that is not said.
  std::optional<bool> last_packet;  // Not said: the marker says it.
  bool key_frame = false;           // Of the first packet.
  int spatial = 0;
  int temporal = 0;
  std::optional<int> picture_id;
  int picture_id_bits = 15;
  std::optional<uint8_t> tl0;    // TL0PICIDX.
  bool switching_point = false;  // VP8's Y: refers to the base layer only. VP9's U.
  // VP9: nullopt: it refers to what the group of pictures says. Else distances to other pictures.
  std::optional<std::vector<int>> picture_diffs;
  bool uses_lower_layer = false;  // VP9's D.
  bool predicted = false;         // VP9's P: refers to pictures before.
  struct GroupOfPictures {
    std::vector<int> temporal;
    std::vector<std::vector<int>> picture_diffs;
  };
  std::optional<GroupOfPictures> group;  // VP9's scalability structure.
  // AV1: whether the first and the last element go on from, and in, another packet.
  bool continues = false;
  bool continued = false;
};

// nullopt: malformed.
std::optional<PayloadInfo> ReadPayload(Codec codec, std::span<const uint8_t> payload);

}  // namespace sluice::replay
