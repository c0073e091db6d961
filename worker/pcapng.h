// What of pcapng (draft-ietf-opsawg-pcapng) a capture of one transport consists of: a section header, one
// interface of raw IP packets, and enhanced packets. RTP and RTCP get IP and UDP headers of their own making,
// whatever carried them.
//
// Little-endian throughout, times in µs since 1970.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "rtp/bytes.h"
#include "transports/endpoint.h"

namespace sluice::worker {

// A packet to be written down.
struct CapturedPacket {
  int64_t unix_us = 0;
  transports::Endpoint from;
  transports::Endpoint to;
  bool incoming = false;
  Bytes packet;  // RTP or RTCP.
};

// The section header and the description of the interface: a file begins with these. `snap_length` is of
// RTP and RTCP.
std::vector<uint8_t> PcapngFileHeader(std::string_view application, std::string_view interface,
                                      size_t snap_length);

// An enhanced packet block in three pieces, of which the middle one is part of the packet itself.
class PcapngPacketBlock {
 public:
  // Keeps at most `snap_length` bytes of the packet, which outlives the block.
  PcapngPacketBlock(const CapturedPacket& packet, size_t snap_length);

  Bytes head() const { return Bytes(head_).first(head_size_); }
  Bytes body() const { return body_; }
  Bytes tail() const { return Bytes(tail_).first(tail_size_); }
  size_t size() const { return head_size_ + body_.size() + tail_size_; }

 private:
  static constexpr size_t kBlockHead = 28;
  static constexpr size_t kMaxIpUdp = 48;

  std::array<uint8_t, kBlockHead + kMaxIpUdp> head_{};
  size_t head_size_ = 0;
  Bytes body_;
  std::array<uint8_t, 3 + 12 + 4> tail_{};  // Padding, options, the block's size again.
  size_t tail_size_ = 0;
};

}  // namespace sluice::worker
