// SCTP packets for tests, chunk by chunk.
#pragma once

#include <initializer_list>
#include <utility>
#include <vector>

#include "rtp/bytes.h"
#include "transports/sctp/sctp_packet.h"

namespace sluice::transports {

class SctpPacketBuilder {
 public:
  explicit SctpPacketBuilder(uint32_t tag, uint16_t source = 5000, uint16_t destination = 5000) {
    packet_.resize(SctpPacket::kHeaderSize);
    StoreU16(packet_.data(), source);
    StoreU16(packet_.data() + 2, destination);
    StoreU32(packet_.data() + 4, tag);
  }
  SctpPacketBuilder& Chunk(SctpChunkType type, const std::vector<uint8_t>& value, uint8_t flags = 0) {
    packet_.push_back(static_cast<uint8_t>(type));
    packet_.push_back(flags);
    AppendU16(&packet_, value.size() + 4);
    packet_.insert(packet_.end(), value.begin(), value.end());
    packet_.resize((packet_.size() + 3) & ~size_t{3});
    return *this;
  }
  std::vector<uint8_t> Build() {
    StoreSctpChecksum(packet_);
    return packet_;
  }

  static void AppendU16(std::vector<uint8_t>* to, size_t value) {
    to->push_back(static_cast<uint8_t>(value >> 8));
    to->push_back(static_cast<uint8_t>(value));
  }
  static void AppendU32(std::vector<uint8_t>* to, uint32_t value) {
    AppendU16(to, value >> 16);
    AppendU16(to, value & 0xffff);
  }

 private:
  std::vector<uint8_t> packet_;
};

// The fixed part of an INIT or INIT ACK, and parameters behind it.
inline std::vector<uint8_t> InitValue(
    uint32_t tag, const std::vector<std::pair<uint16_t, std::vector<uint8_t>>>& parameters = {},
    uint16_t streams = 1024) {
  std::vector<uint8_t> value;
  SctpPacketBuilder::AppendU32(&value, tag);
  SctpPacketBuilder::AppendU32(&value, 100'000);  // Window.
  SctpPacketBuilder::AppendU16(&value, streams);
  SctpPacketBuilder::AppendU16(&value, streams);
  SctpPacketBuilder::AppendU32(&value, 1);  // First TSN.
  for (const auto& [type, content] : parameters) {
    SctpPacketBuilder::AppendU16(&value, type);
    SctpPacketBuilder::AppendU16(&value, content.size() + 4);
    value.insert(value.end(), content.begin(), content.end());
    value.resize((value.size() + 3) & ~size_t{3});
  }
  return value;
}

}  // namespace sluice::transports
