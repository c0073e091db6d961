// Takes a TCP stream apart into the packets framed in it (RFC 4571 §2), straight into slabs.
//
//    0                   1
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-------------------
//   |            LENGTH             |  LENGTH octets: one packet
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-------------------
//
//   size_t size = read(fd, reader.Space().data(), reader.Space().size());
//   if (SlabRef packet = reader.Commit(size)) …
//
// A read of no more than Space() never goes past the end of a packet. Holds at most one slab, whatever is
// announced; a packet that does not fit into a slab is skipped, as is an empty one (a null packet, which says
// nothing), and the stream stays in step.
//
// Thread: that of the pool's owner.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "rtp/bytes.h"
#include "rtp/slab.h"

namespace sluice::transports {

// In front of each packet.
inline constexpr size_t kFrameHeaderSize = 2;

class FrameReader {
 public:
  struct Skipped {
    uint64_t empty = 0;
    uint64_t too_long = 0;  // Longer than a slab.
    uint64_t no_memory = 0;
  };

  // `pool` outlives the reader.
  explicit FrameReader(SlabPool* pool) : pool_(pool) {}

  // Where the stream's next octets belong; never empty. Valid until the next call of anything else.
  MutableBytes Space();
  // The first `size` octets of Space() have been written. The packet that they complete, if they do.
  [[nodiscard]] SlabRef Commit(size_t size);

  // All of `bytes`, by copying: for what was read beyond Space().
  void Feed(Bytes bytes, absl::FunctionRef<void(SlabRef packet)> handler);

  const Skipped& skipped() const { return skipped_; }

 private:
  // The header is complete: makes room for what it announces.
  void Begin();
  void BeginNext();
  bool in_header() const { return header_size_ < kFrameHeaderSize; }
  size_t missing() const { return length_ - filled_; }

  SlabPool* pool_;
  std::array<uint8_t, kFrameHeaderSize> header_{};
  size_t header_size_ = 0;
  size_t length_ = 0;  // As announced.
  size_t filled_ = 0;  // Of the packet.
  SlabRef packet_;     // Empty while a packet is skipped.
  std::array<uint8_t, 256> waste_{};
  Skipped skipped_;
};

}  // namespace sluice::transports
