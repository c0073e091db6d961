// What subscribers want of a producer: of each encoding the highest layers in its stream, or nothing of it.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "rtp/layers.h"

namespace sluice::router {

class WantedLayers {
 public:
  // nullopt: nobody wants it.
  using Encoding = std::optional<rtp::Layers>;
  static constexpr size_t kMaxEncodings = 16;

  // All layers of so many encodings.
  static WantedLayers Everything(size_t encodings);
  // What satisfies both.
  static Encoding Most(Encoding a, Encoding b);

  Encoding Of(size_t encoding) const {
    return encoding < kMaxEncodings ? encodings_[encoding] : std::nullopt;
  }
  bool empty() const { return *this == WantedLayers(); }
  bool operator==(const WantedLayers&) const = default;

  // An encoding beyond the last that there is room for is ignored.
  void Set(size_t encoding, Encoding wanted);
  // These, too.
  void Add(size_t encoding, rtp::Layers layers) { Set(encoding, Most(Of(encoding), layers)); }
  void Add(const WantedLayers& others);

 private:
  std::array<Encoding, kMaxEncodings> encodings_;
};

}  // namespace sluice::router
