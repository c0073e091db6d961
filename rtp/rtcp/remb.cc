#include "rtp/rtcp/remb.h"

namespace sluice::rtp::rtcp {
namespace {

constexpr uint32_t kIdentifier = 0x52454d42;  // "REMB"
constexpr size_t kFixedSize = 16;
constexpr int kMantissaBits = 18;
constexpr uint32_t kMantissaMask = (1 << kMantissaBits) - 1;
constexpr size_t kMaxSsrcs = 255;

std::optional<DataRate> DecodeRate(uint32_t exponent, uint32_t mantissa) {
  uint64_t rate = uint64_t{mantissa} << exponent;
  if (rate >> exponent != mantissa || rate > INT64_MAX) return std::nullopt;
  return DataRate::BitsPerSec(static_cast<int64_t>(rate));
}

}  // namespace

std::optional<Remb> Remb::Parse(const BlockView& block) {
  Bytes payload = block.payload();
  if (block.kind() != BlockKind::kRemb || payload.size() < kFixedSize) return std::nullopt;
  const uint8_t* p = payload.data();
  if (LoadU32(p + 8) != kIdentifier) return std::nullopt;
  size_t ssrcs_size = p[12] * SsrcRecord::kSize;
  if (payload.size() < kFixedSize + ssrcs_size) return std::nullopt;
  uint32_t scaled = LoadU24(p + 13);
  std::optional<DataRate> rate = DecodeRate(scaled >> kMantissaBits, scaled & kMantissaMask);
  if (!rate) return std::nullopt;
  return Remb{Ssrc(LoadU32(p)), *rate, SsrcList(payload.subspan(kFixedSize, ssrcs_size))};
}

bool WriteRemb(CompoundWriter& writer, Ssrc sender, DataRate bitrate, std::span<const Ssrc> media) {
  if (media.size() > kMaxSsrcs || bitrate < DataRate::Zero()) return false;
  uint8_t* p = writer.Append(PacketType::kPayloadFeedback, kApplicationFeedbackFormat,
                             kFixedSize + media.size() * SsrcRecord::kSize);
  if (!p) return false;
  uint64_t mantissa = static_cast<uint64_t>(bitrate.bps());
  uint32_t exponent = 0;
  for (; mantissa > kMantissaMask; mantissa >>= 1) ++exponent;
  StoreU32(p, sender.value());
  StoreU32(p + 4, 0);
  StoreU32(p + 8, kIdentifier);
  p[12] = static_cast<uint8_t>(media.size());
  StoreU24(p + 13, exponent << kMantissaBits | static_cast<uint32_t>(mantissa));
  p += kFixedSize;
  for (Ssrc ssrc : media) {
    StoreU32(p, ssrc.value());
    p += SsrcRecord::kSize;
  }
  return true;
}

}  // namespace sluice::rtp::rtcp
