// What the tests of RTCP blocks share: wire bytes from hexadecimal text, and the only block of a datagram.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "rtp/bytes.h"
#include "rtp/rtcp/block_view.h"
#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/compound_writer.h"

namespace sluice::rtp::rtcp {

// "81cd 0003 …": blanks between digits mean nothing.
inline std::vector<uint8_t> FromHex(std::string_view text) {
  std::vector<uint8_t> bytes;
  int high = -1;
  for (char c : text) {
    if (c == ' ' || c == '\n') continue;
    int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<uint8_t>(high << 4 | digit));
      high = -1;
    }
  }
  return bytes;
}

// The first block; nullopt when the datagram is malformed.
inline std::optional<BlockView> FirstBlock(Bytes datagram) {
  std::optional<CompoundReader> reader = CompoundReader::Parse(datagram);
  return reader ? reader->Next() : std::nullopt;
}

// X::Parse() of the first block.
template <typename X>
std::optional<X> ParseFirst(Bytes datagram) {
  std::optional<BlockView> block = FirstBlock(datagram);
  return block ? X::Parse(*block) : std::nullopt;
}

// What is parsed points into its bytes: no temporaries.
template <typename X>
std::optional<X> ParseFirst(std::vector<uint8_t>&& datagram) = delete;

template <typename X>
bool Parses(const std::vector<uint8_t>& datagram) {
  return ParseFirst<X>(datagram).has_value();
}

// A writer with its buffer.
class TestDatagram {
 public:
  explicit TestDatagram(size_t capacity = CompoundWriter::kMaxSize)
      : writer_(MutableBytes(buffer_).first(capacity)) {}
  CompoundWriter& writer() { return writer_; }
  Bytes bytes() const { return writer_.bytes(); }
  std::vector<uint8_t> copy() const { return {bytes().begin(), bytes().end()}; }

 private:
  std::array<uint8_t, CompoundWriter::kMaxSize> buffer_{};
  CompoundWriter writer_;
};

}  // namespace sluice::rtp::rtcp
