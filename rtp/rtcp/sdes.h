// Source description (RFC 3550 §6.5): chunks of an SSRC and items, of which only CNAME matters here.
//
//   |                              SSRC                             |
//   |    CNAME=1    |     length    | text …
//   … further items, a zero octet, then zeros up to the next word
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "rtp/bytes.h"
#include "rtp/ids.h"
#include "rtp/rtcp/block_view.h"
#include "rtp/rtcp/compound_writer.h"

namespace sluice::rtp::rtcp {

class Sdes {
 public:
  struct Chunk {
    Ssrc source;
    std::string_view cname;  // Empty when the chunk has none.
  };

  // Checks every chunk and item.
  static std::optional<Sdes> Parse(const BlockView& block);

  // Calls `visit(Chunk)` for each chunk, in order.
  template <typename Visit>
  void ForEachChunk(Visit&& visit) const {
    ByteReader reader(chunks_);
    for (uint8_t i = 0; i < count_; ++i) {
      if (std::optional<Chunk> chunk = ReadChunk(reader)) visit(*chunk);
    }
  }

 private:
  Sdes(uint8_t count, Bytes chunks) : count_(count), chunks_(chunks) {}
  static std::optional<Chunk> ReadChunk(ByteReader& reader);

  uint8_t count_;
  Bytes chunks_;
};

// One chunk with its CNAME. False: does not fit, or a name of more than 255 bytes.
[[nodiscard]] bool WriteSdes(CompoundWriter& writer, Ssrc source, std::string_view cname);

}  // namespace sluice::rtp::rtcp
