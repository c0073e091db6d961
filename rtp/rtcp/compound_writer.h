// Builds an RTCP datagram in memory of the caller. A block that does not fit is refused whole, and what was
// written before it stays valid: send that, and write the block into a fresh one.
//
//   std::array<uint8_t, CompoundWriter::kMaxSize> buffer;
//   CompoundWriter writer(buffer);
//   if (WriteReceiverReport(writer, ours, blocks) && WritePli(writer, {ours, media})) Send(writer.bytes());
#pragma once

#include <cstddef>
#include <cstdint>

#include "rtp/bytes.h"
#include "rtp/rtcp/block_view.h"

namespace sluice::rtp::rtcp {

class CompoundWriter {
 public:
  // What fits an Ethernet frame with IPv6, UDP and the SRTCP trailer (authentication tag and index).
  static constexpr size_t kMaxSize = 1'400;

  explicit CompoundWriter(MutableBytes buffer) : buffer_(buffer) {}

  // Appends a block's header and returns where its payload goes, or nullptr when it does not fit. A payload
  // size that is no multiple of four is padded (P bit).
  [[nodiscard]] uint8_t* Append(PacketType type, uint8_t count, size_t payload_size);

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  // Room for one more block's payload, its header already taken off.
  size_t PayloadRoom() const;
  Bytes bytes() const { return buffer_.first(size_); }
  void Clear() { size_ = 0; }

 private:
  MutableBytes buffer_;
  size_t size_ = 0;
};

}  // namespace sluice::rtp::rtcp
