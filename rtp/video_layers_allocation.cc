#include "rtp/video_layers_allocation.h"

namespace sluice::rtp {

std::optional<VideoLayersAllocation> VideoLayersAllocation::Parse(Bytes element) {
  ByteReader reader(element);
  auto header = reader.U8();
  if (!header) return std::nullopt;
  VideoLayersAllocation allocation;
  allocation.stream = *header >> 6;
  allocation.stream_count = static_cast<uint8_t>((*header >> 4 & 0x03) + 1);
  const uint8_t shared = *header & 0x0f;
  allocation.spatial_layers.fill(0);
  // A lone octet of zero: nothing is sent at all.
  if (*header == 0 && reader.remaining() == 0) return allocation;
  std::optional<uint8_t> pair;
  for (size_t i = 0; i < allocation.stream_count; ++i) {
    if (shared == 0 && i % 2 == 0) {
      pair = reader.U8();
      if (!pair) return std::nullopt;
    }
    const int layers = shared != 0 ? shared : i % 2 == 0 ? *pair >> 4 : *pair & 0x0f;
    allocation.spatial_layers[i] = static_cast<uint8_t>(layers);
  }
  return allocation;
}

}  // namespace sluice::rtp
