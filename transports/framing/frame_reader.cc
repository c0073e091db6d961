#include "transports/framing/frame_reader.h"

#include <algorithm>
#include <utility>

namespace sluice::transports {

MutableBytes FrameReader::Space() {
  if (in_header()) return MutableBytes(header_).subspan(header_size_);
  if (packet_) return packet_->storage().subspan(filled_, missing());
  return MutableBytes(waste_).first(std::min(missing(), waste_.size()));
}

SlabRef FrameReader::Commit(size_t size) {
  if (in_header()) {
    header_size_ += size;
    if (!in_header()) Begin();
    return SlabRef();
  }
  filled_ += size;
  if (missing() > 0) return SlabRef();
  SlabRef packet = std::move(packet_);
  if (packet) packet->Resize(length_);
  BeginNext();
  return packet;
}

void FrameReader::Begin() {
  length_ = LoadU16(header_.data());
  if (length_ == 0) {
    ++skipped_.empty;
    BeginNext();
  } else if (length_ > Slab::kCapacity) {
    ++skipped_.too_long;
  } else if (packet_ = pool_->Acquire(); !packet_) {
    ++skipped_.no_memory;
  }
}

void FrameReader::BeginNext() { header_size_ = length_ = filled_ = 0; }

void FrameReader::Feed(Bytes bytes, absl::FunctionRef<void(SlabRef packet)> handler) {
  while (!bytes.empty()) {
    const bool skipping = !in_header() && !packet_;
    const size_t size = std::min(bytes.size(), skipping ? missing() : Space().size());
    if (!skipping) std::copy_n(bytes.begin(), size, Space().begin());
    if (SlabRef packet = Commit(size)) handler(std::move(packet));
    bytes = bytes.subspan(size);
  }
}

}  // namespace sluice::transports
