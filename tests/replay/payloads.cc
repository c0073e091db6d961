#include "tests/replay/payloads.h"

#include <cstddef>
#include <utility>

#include "tests/replay/bit_reader.h"

namespace sluice::replay {
namespace {

std::optional<PayloadInfo> ReadVp8(std::span<const uint8_t> payload) {
  BitReader bits(payload);
  PayloadInfo info;
  const bool extended = bits.ReadFlag();
  bits.Read(2);
  const bool starts_partition = bits.ReadFlag();
  bits.Read(1);
  const uint32_t partition = bits.Read(3);
  if (extended) {
    const bool has_id = bits.ReadFlag(), has_tl0 = bits.ReadFlag(), has_tid = bits.ReadFlag(),
               has_key_index = bits.ReadFlag();
    bits.Read(4);
    if (has_id) {
      info.picture_id_bits = bits.ReadFlag() ? 15 : 7;
      info.picture_id = static_cast<int>(bits.Read(info.picture_id_bits));
    }
    if (has_tl0) info.tl0 = static_cast<uint8_t>(bits.Read(8));
    if (has_tid || has_key_index) {
      info.temporal = static_cast<int>(bits.Read(2));
      info.switching_point = bits.ReadFlag();
      bits.Read(5);
    }
  }
  info.first_packet = starts_partition && partition == 0;
  if (info.first_packet) {
    bits.Read(7);
    info.key_frame = !bits.ReadFlag();
  }
  return bits.ok() ? std::optional(info) : std::nullopt;
}

PayloadInfo::GroupOfPictures ReadGroup(BitReader* bits) {
  PayloadInfo::GroupOfPictures group;
  const uint32_t pictures = bits->Read(8);
  for (uint32_t i = 0; i < pictures && bits->ok(); ++i) {
    group.temporal.push_back(static_cast<int>(bits->Read(3)));
    bits->Read(1);
    const uint32_t count = bits->Read(2);
    bits->Read(2);
    std::vector<int>& diffs = group.picture_diffs.emplace_back();
    for (uint32_t j = 0; j < count; ++j) diffs.push_back(static_cast<int>(bits->Read(8)));
  }
  return group;
}

std::optional<PayloadInfo> ReadVp9(std::span<const uint8_t> payload) {
  BitReader bits(payload);
  PayloadInfo info;
  const bool has_id = bits.ReadFlag();
  info.predicted = bits.ReadFlag();
  const bool has_layers = bits.ReadFlag(), flexible = bits.ReadFlag();
  info.first_packet = bits.ReadFlag();
  info.last_packet = bits.ReadFlag();
  const bool has_structure = bits.ReadFlag();
  bits.Read(1);
  if (has_id) {
    info.picture_id_bits = bits.ReadFlag() ? 15 : 7;
    info.picture_id = static_cast<int>(bits.Read(info.picture_id_bits));
  }
  if (has_layers) {
    info.temporal = static_cast<int>(bits.Read(3));
    info.switching_point = bits.ReadFlag();
    info.spatial = static_cast<int>(bits.Read(3));
    info.uses_lower_layer = bits.ReadFlag();
    if (!flexible) info.tl0 = static_cast<uint8_t>(bits.Read(8));
  }
  if (flexible) {
    info.picture_diffs.emplace();
    for (bool more = info.predicted; more && bits.ok();) {
      info.picture_diffs->push_back(static_cast<int>(bits.Read(7)));
      more = bits.ReadFlag();
    }
  }
  if (has_structure) {
    const uint32_t layers = bits.Read(3) + 1;
    const bool has_sizes = bits.ReadFlag(), has_group = bits.ReadFlag();
    bits.Read(3);
    for (uint32_t i = 0; has_sizes && i < layers; ++i) bits.Read(32);
    if (has_group) info.group = ReadGroup(&bits);
  }
  info.key_frame = info.first_packet && !info.predicted && !info.uses_lower_layer;
  return bits.ok() ? std::optional(info) : std::nullopt;
}

std::optional<PayloadInfo> ReadH264(std::span<const uint8_t> payload) {
  if (payload.empty()) return std::nullopt;
  PayloadInfo info;
  constexpr int kIdr = 5, kSps = 7, kStapA = 24, kFuA = 28;
  const int type = payload[0] & 0x1f;
  auto note = [&](int unit) { info.key_frame |= unit == kIdr || unit == kSps; };
  if (type == kStapA) {
    for (size_t at = 1; at + 2 < payload.size();) {
      const size_t size = static_cast<size_t>(payload[at]) << 8 | payload[at + 1];
      note(payload[at + 2] & 0x1f);
      at += 2 + size;
    }
  } else if (type == kFuA) {
    if (payload.size() < 2) return std::nullopt;
    note(payload[1] & 0x1f);
  } else {
    note(type);
  }
  return info;
}

std::optional<PayloadInfo> ReadH265(std::span<const uint8_t> payload) {
  if (payload.size() < 2) return std::nullopt;
  PayloadInfo info;
  constexpr int kFirstIrap = 16, kLastIrap = 23, kVps = 32, kSps = 33, kAggregation = 48, kFragment = 49;
  const int type = payload[0] >> 1 & 0x3f;
  info.temporal = (payload[1] & 7) - 1;
  auto note = [&](int unit) {
    info.key_frame |= (unit >= kFirstIrap && unit <= kLastIrap) || unit == kVps || unit == kSps;
  };
  if (type == kAggregation) {
    for (size_t at = 2; at + 3 < payload.size();) {
      const size_t size = static_cast<size_t>(payload[at]) << 8 | payload[at + 1];
      note(payload[at + 2] >> 1 & 0x3f);
      at += 2 + size;
    }
  } else if (type == kFragment) {
    if (payload.size() < 3) return std::nullopt;
    note(payload[2] & 0x3f);
  } else {
    note(type);
  }
  return info;
}

std::optional<PayloadInfo> ReadAv1(std::span<const uint8_t> payload) {
  if (payload.empty()) return std::nullopt;
  BitReader bits(payload);
  PayloadInfo info;
  info.continues = bits.ReadFlag();
  info.continued = bits.ReadFlag();
  bits.Read(2);
  info.key_frame = bits.ReadFlag();  // N: a coded video sequence begins.
  return info;
}

}  // namespace

std::optional<PayloadInfo> ReadPayload(Codec codec, std::span<const uint8_t> payload) {
  switch (codec) {
    case Codec::kVp8:
      return ReadVp8(payload);
    case Codec::kVp9:
      return ReadVp9(payload);
    case Codec::kH264:
      return ReadH264(payload);
    case Codec::kH265:
      return ReadH265(payload);
    case Codec::kAv1:
      return ReadAv1(payload);
  }
  return std::nullopt;
}

}  // namespace sluice::replay
