// RED, redundant audio data (RFC 2198 §3): a payload of several blocks, of which the last is the primary one,
// what the packet is about, and those before it repeat earlier packets.
//
//    0                   1                    2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3  4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |1|   block PT  |  timestamp offset         |   block length    |  of each redundant block
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |0|   block PT  |                                                  of the primary block
//   +-+-+-+-+-+-+-+-+  then the data of all blocks in this order
#pragma once

#include <cstdint>
#include <optional>

#include "rtp/bytes.h"
#include "rtp/ids.h"

namespace sluice::rtp {

struct RedPacket {
  // As many as other implementations take.
  static constexpr uint8_t kMaxRedundantBlocks = 31;

  uint8_t redundant_blocks = 0;
  PayloadType primary_payload_type;
  uint16_t primary_size = 0;  // Its data end the payload. Never 0.

  // nullopt: cut off, with too many blocks, or without a primary block's data.
  static std::optional<RedPacket> Parse(Bytes payload);

  // Where the payload type of a block (redundant ones first, the primary one last) stands, beside the bit
  // that says whether another header follows.
  static constexpr size_t HeaderOffset(size_t block) { return kRedundantHeaderSize * block; }

 private:
  static constexpr size_t kRedundantHeaderSize = 4;
};

}  // namespace sluice::rtp
