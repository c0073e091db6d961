// Drives the RFC 4571 reader: the input is a stream, taken in portions that its first octet seeds. However it
// is cut, by direct reads, by feeding or by both, the same packets must come out, and they must be those that
// a plain loop over the stream finds.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "transports/framing/frame_reader.h"

namespace sluice::transports {
namespace {

void Check(bool condition) {
  if (!condition) std::abort();
}

using Packets = std::vector<std::vector<uint8_t>>;

struct Expected {
  Packets packets;
  uint64_t empty = 0;
  uint64_t too_long = 0;  // Of those whose header came.
};

Expected Parse(Bytes stream) {
  Expected expected;
  while (stream.size() >= kFrameHeaderSize) {
    const size_t length = LoadU16(stream.data());
    stream = stream.subspan(kFrameHeaderSize);
    expected.empty += length == 0;
    expected.too_long += length > Slab::kCapacity;
    if (length > stream.size()) break;
    Bytes packet = stream.first(length);
    if (length > 0 && length <= Slab::kCapacity) expected.packets.emplace_back(packet.begin(), packet.end());
    stream = stream.subspan(length);
  }
  return expected;
}

class Portions {
 public:
  explicit Portions(uint32_t seed) : state_(seed) {}
  size_t Next(size_t most) {
    state_ = state_ * 1664525 + 1013904223;
    return std::min<size_t>(most, 1 + (state_ >> 24) * (state_ >> 16 & 3 ? 1 : 37));
  }

 private:
  uint32_t state_;
};

enum class Way { kRead, kFeed, kBoth };

void Run(Bytes stream, Way way, uint32_t seed) {
  static SlabPool pool;
  const Expected expected = Parse(stream);
  FrameReader reader(&pool);
  Portions portions(seed);
  Packets packets;
  auto handler = [&](SlabRef packet) {
    packets.emplace_back(packet->bytes().begin(), packet->bytes().end());
  };
  for (int turn = 0; !stream.empty(); ++turn) {
    size_t size = portions.Next(stream.size());
    if (way == Way::kFeed || (way == Way::kBoth && turn % 2)) {
      reader.Feed(stream.first(size), handler);
    } else {
      MutableBytes space = reader.Space();
      Check(!space.empty());
      size = std::min(size, space.size());
      std::copy_n(stream.begin(), size, space.begin());
      if (SlabRef packet = reader.Commit(size)) handler(std::move(packet));
    }
    stream = stream.subspan(size);
  }
  Check(packets == expected.packets);
  Check(reader.skipped().empty == expected.empty);
  Check(reader.skipped().too_long == expected.too_long);
  Check(reader.skipped().no_memory == 0);
}

}  // namespace
}  // namespace sluice::transports

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::transports;
  if (size == 0) return 0;
  sluice::Bytes stream(data + 1, size - 1);
  for (Way way : {Way::kRead, Way::kFeed, Way::kBoth}) Run(stream, way, data[0]);
  return 0;
}
