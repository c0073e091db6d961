#include "rtp/rtcp/bye.h"

#include <cstring>

namespace sluice::rtp::rtcp {
namespace {

constexpr size_t kMaxSources = 31;
constexpr size_t kMaxReason = 255;

}  // namespace

std::optional<Bye> Bye::Parse(const BlockView& block) {
  if (block.type() != PacketType::kBye) return std::nullopt;
  ByteReader reader(block.payload());
  std::optional<Bytes> sources = reader.Read(block.count() * SsrcRecord::kSize);
  if (!sources) return std::nullopt;
  Bye bye{SsrcList(*sources), {}};
  if (std::optional<uint8_t> length = reader.U8()) {
    std::optional<Bytes> reason = reader.Read(*length);
    if (!reason) return std::nullopt;
    bye.reason = {reinterpret_cast<const char*>(reason->data()), reason->size()};
  }
  return bye;
}

bool WriteBye(CompoundWriter& writer, std::span<const Ssrc> sources, std::string_view reason) {
  if (sources.size() > kMaxSources || reason.size() > kMaxReason) return false;
  size_t sources_size = sources.size() * SsrcRecord::kSize;
  size_t reason_size = reason.empty() ? 0 : (1 + reason.size() + 3) / 4 * 4;
  uint8_t* p =
      writer.Append(PacketType::kBye, static_cast<uint8_t>(sources.size()), sources_size + reason_size);
  if (!p) return false;
  for (Ssrc source : sources) {
    StoreU32(p, source.value());
    p += SsrcRecord::kSize;
  }
  if (!reason.empty()) {
    std::memset(p, 0, reason_size);
    p[0] = static_cast<uint8_t>(reason.size());
    std::memcpy(p + 1, reason.data(), reason.size());
  }
  return true;
}

}  // namespace sluice::rtp::rtcp
