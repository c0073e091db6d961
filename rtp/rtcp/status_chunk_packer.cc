#include "rtp/rtcp/status_chunk_packer.h"

namespace sluice::rtp::rtcp {

bool StatusChunkPacker::CanAdd(int symbol) const {
  if (size_ < kTwoBitSymbols) return true;
  if (size_ < kOneBitSymbols && !has_large_ && symbol != 2) return true;
  return all_same_ && symbol == symbols_[0] && size_ < kMaxRun;
}

void StatusChunkPacker::Add(int symbol, int count) {
  if (size_ < kOneBitSymbols) symbols_[static_cast<size_t>(size_)] = static_cast<uint8_t>(symbol);
  size_ += count;
  all_same_ = all_same_ && symbol == symbols_[0];
  has_large_ = has_large_ || symbol == 2;
}

uint16_t StatusChunkPacker::TakeFirst() {
  if (all_same_) return TakeRun();
  return size_ == kOneBitSymbols ? TakeOneBit() : TakeTwoBit();
}

uint16_t StatusChunkPacker::TakeLast() {
  if (all_same_) return TakeRun();
  return size_ > kTwoBitSymbols ? TakeOneBit() : TakeTwoBit();
}

uint16_t StatusChunkPacker::TakeRun() {
  auto chunk = static_cast<uint16_t>(symbols_[0] << 13 | size_);
  DropFront(size_);
  return chunk;
}

uint16_t StatusChunkPacker::TakeOneBit() {
  int bits = 0;
  int count = std::min(size_, kOneBitSymbols);
  for (int i = 0; i < count; ++i) bits |= symbols_[static_cast<size_t>(i)] << (kOneBitSymbols - 1 - i);
  DropFront(count);
  return static_cast<uint16_t>(0x8000 | bits);
}

uint16_t StatusChunkPacker::TakeTwoBit() {
  int bits = 0;
  int count = std::min(size_, kTwoBitSymbols);
  for (int i = 0; i < count; ++i) bits |= symbols_[static_cast<size_t>(i)] << (2 * (kTwoBitSymbols - 1 - i));
  DropFront(count);
  return static_cast<uint16_t>(0xc000 | bits);
}

void StatusChunkPacker::DropFront(int count) {
  size_ -= count;
  all_same_ = true;
  has_large_ = false;
  for (int i = 0; i < size_; ++i) {
    uint8_t symbol = symbols_[static_cast<size_t>(i + count)];
    symbols_[static_cast<size_t>(i)] = symbol;
    all_same_ = all_same_ && symbol == symbols_[0];
    has_large_ = has_large_ || symbol == 2;
  }
}

}  // namespace sluice::rtp::rtcp
