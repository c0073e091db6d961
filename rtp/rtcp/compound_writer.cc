#include "rtp/rtcp/compound_writer.h"

#include <cstring>

namespace sluice::rtp::rtcp {
namespace {

constexpr uint8_t kVersionBits = 2 << 6;
constexpr uint8_t kPaddingBit = 0x20;

}  // namespace

size_t CompoundWriter::PayloadRoom() const {
  size_t words = (buffer_.size() - size_) / 4;
  return words == 0 ? 0 : (words - 1) * 4;
}

uint8_t* CompoundWriter::Append(PacketType type, uint8_t count, size_t payload_size) {
  size_t padding = -payload_size % 4;
  size_t padded_size = payload_size + padding;
  if (padded_size > buffer_.size() || size_ + BlockView::kHeaderSize + padded_size > buffer_.size() ||
      padded_size / 4 > 0xffff) {
    return nullptr;
  }
  uint8_t* header = buffer_.data() + size_;
  header[0] = static_cast<uint8_t>(kVersionBits | (padding ? kPaddingBit : 0) | (count & 0x1f));
  header[1] = static_cast<uint8_t>(type);
  StoreU16(header + 2, static_cast<uint16_t>(padded_size / 4));

  uint8_t* payload = header + BlockView::kHeaderSize;
  if (padding) {
    std::memset(payload + payload_size, 0, padding);
    payload[padded_size - 1] = static_cast<uint8_t>(padding);
  }
  size_ += BlockView::kHeaderSize + padded_size;
  return payload;
}

}  // namespace sluice::rtp::rtcp
