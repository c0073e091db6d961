#include "bench/load/payload_stamp.h"

namespace sluice::load {
namespace {
constexpr uint32_t kMagic = 0x736c7563;
}

void PayloadStamp::Write(MutableBytes payload) const {
  uint8_t* at = payload.data() + payload.size() - kSize;
  StoreU32(at, kMagic);
  StoreU64(at + 4, static_cast<uint64_t>(sent.us()));
  StoreU32(at + 12, packet);
}

std::optional<PayloadStamp> PayloadStamp::Read(Bytes payload) {
  if (payload.size() < kSize) return std::nullopt;
  const uint8_t* at = payload.data() + payload.size() - kSize;
  if (LoadU32(at) != kMagic) return std::nullopt;
  return PayloadStamp{Timestamp::Micros(static_cast<int64_t>(LoadU64(at + 4))), LoadU32(at + 12)};
}

}  // namespace sluice::load
