#include "worker/pcapng.h"

#include <algorithm>
#include <cstring>

namespace sluice::worker {
namespace {

constexpr uint32_t kSectionHeader = 0x0a0d0d0a;
constexpr uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr uint32_t kInterfaceDescription = 1;
constexpr uint32_t kEnhancedPacket = 6;
constexpr uint16_t kLinkTypeRaw = 101;  // IPv4 or IPv6, by the first four bits.
constexpr uint16_t kOptionEnd = 0;
constexpr uint16_t kOptionInterfaceName = 2;
constexpr uint16_t kOptionUserApplication = 4;
constexpr uint16_t kOptionFlags = 2;
constexpr uint32_t kInbound = 1;
constexpr uint32_t kOutbound = 2;

constexpr size_t kUdpHeader = 8;
constexpr size_t kIpv4Header = 20;
constexpr size_t kIpv6Header = 40;
constexpr uint8_t kUdp = 17;

size_t PaddedTo4(size_t size) { return (size + 3) & ~size_t{3}; }

void PutU16(uint8_t* p, uint16_t v) {
  p[0] = static_cast<uint8_t>(v);
  p[1] = static_cast<uint8_t>(v >> 8);
}
void PutU32(uint8_t* p, uint32_t v) {
  PutU16(p, static_cast<uint16_t>(v));
  PutU16(p + 2, static_cast<uint16_t>(v >> 16));
}

class BlockBuilder {
 public:
  explicit BlockBuilder(uint32_t type) {
    U32(type);
    U32(0);  // The size, at the end.
  }
  void U16(uint16_t v) { PutU16(Grow(2), v); }
  void U32(uint32_t v) { PutU32(Grow(4), v); }
  void Option(uint16_t code, std::string_view value) {
    U16(code);
    U16(static_cast<uint16_t>(value.size()));
    std::memcpy(Grow(PaddedTo4(value.size())), value.data(), value.size());
  }
  std::vector<uint8_t> Finish() {
    U32(kOptionEnd);
    const auto size = static_cast<uint32_t>(block_.size() + 4);
    PutU32(&block_[4], size);
    U32(size);
    return std::move(block_);
  }

 private:
  uint8_t* Grow(size_t size) {
    block_.resize(block_.size() + size);
    return block_.data() + block_.size() - size;
  }
  std::vector<uint8_t> block_;
};

// RFC 1071, over an even number of bytes but for the last piece.
uint32_t SumOf(Bytes bytes, uint32_t sum = 0) {
  size_t i = 0;
  for (; i + 1 < bytes.size(); i += 2) sum += LoadU16(&bytes[i]);
  if (i < bytes.size()) sum += static_cast<uint32_t>(bytes[i] << 8);
  return sum;
}

uint16_t ChecksumOf(uint32_t sum) {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

// RFC 768. The checksum may be left out over IPv4 (0), but not over IPv6 (RFC 8200 §8.1).
void WriteUdp(const CapturedPacket& packet, size_t size, uint8_t* out) {
  StoreU16(out, packet.from.port);
  StoreU16(out + 2, packet.to.port);
  StoreU16(out + 4, static_cast<uint16_t>(size));
}

// RFC 791 §3.1.
void WriteIpv4(const CapturedPacket& packet, size_t udp_size, uint8_t* out) {
  out[0] = 0x45;
  StoreU16(out + 2, static_cast<uint16_t>(kIpv4Header + udp_size));
  out[6] = 0x40;  // Not to be fragmented.
  out[8] = 64;
  out[9] = kUdp;
  std::copy_n(packet.from.address.octets().data(), 4, out + 12);
  std::copy_n(packet.to.address.octets().data(), 4, out + 16);
  StoreU16(out + 10, ChecksumOf(SumOf(Bytes(out, kIpv4Header))));
  WriteUdp(packet, udp_size, out + kIpv4Header);
}

// RFC 8200 §3. An IPv4 address beside an IPv6 one is written as IPv4-mapped.
void WriteIpv6(const CapturedPacket& packet, size_t udp_size, uint8_t* out) {
  auto write_address = [](const transports::IpAddress& address, uint8_t* to) {
    if (address.is_v6()) {
      std::copy_n(address.octets().data(), 16, to);
    } else {
      to[10] = to[11] = 0xff;
      std::copy_n(address.octets().data(), 4, to + 12);
    }
  };
  out[0] = 0x60;
  StoreU16(out + 4, static_cast<uint16_t>(udp_size));
  out[6] = kUdp;
  out[7] = 64;
  write_address(packet.from.address, out + 8);
  write_address(packet.to.address, out + 24);
  uint8_t* udp = out + kIpv6Header;
  WriteUdp(packet, udp_size, udp);
  const uint32_t pseudo_header = SumOf(Bytes(out + 8, 32), kUdp + static_cast<uint32_t>(udp_size));
  const uint16_t checksum = ChecksumOf(SumOf(packet.packet, SumOf(Bytes(udp, kUdpHeader), pseudo_header)));
  StoreU16(udp + 6, checksum == 0 ? 0xffff : checksum);
}

}  // namespace

std::vector<uint8_t> PcapngFileHeader(std::string_view application, std::string_view interface,
                                      size_t snap_length) {
  BlockBuilder section(kSectionHeader);
  section.U32(kByteOrderMagic);
  section.U16(1);  // Version 1.0
  section.U16(0);
  section.U32(UINT32_MAX);  // The section's length, 64 bits: not told.
  section.U32(UINT32_MAX);
  section.Option(kOptionUserApplication, application);
  std::vector<uint8_t> header = section.Finish();

  BlockBuilder description(kInterfaceDescription);
  description.U16(kLinkTypeRaw);
  description.U16(0);
  description.U32(static_cast<uint32_t>(snap_length + kIpv6Header + kUdpHeader));
  description.Option(kOptionInterfaceName, interface);
  std::vector<uint8_t> block = description.Finish();
  header.insert(header.end(), block.begin(), block.end());
  return header;
}

PcapngPacketBlock::PcapngPacketBlock(const CapturedPacket& packet, size_t snap_length)
    : body_(packet.packet.first(std::min(packet.packet.size(), snap_length))) {
  const bool v6 = packet.from.address.is_v6() || packet.to.address.is_v6();
  const size_t ip_udp = (v6 ? kIpv6Header : kIpv4Header) + kUdpHeader;
  const size_t udp_size = kUdpHeader + packet.packet.size();
  uint8_t* ip = head_.data() + kBlockHead;
  v6 ? WriteIpv6(packet, udp_size, ip) : WriteIpv4(packet, udp_size, ip);
  head_size_ = kBlockHead + ip_udp;

  const size_t captured = ip_udp + body_.size();
  const size_t padding = PaddedTo4(captured) - captured;
  tail_size_ = padding + 16;
  uint8_t* options = tail_.data() + padding;
  PutU16(options, kOptionFlags);
  PutU16(options + 2, 4);
  PutU32(options + 4, packet.incoming ? kInbound : kOutbound);
  PutU32(options + 8, kOptionEnd);
  PutU32(options + 12, static_cast<uint32_t>(size()));

  const auto time = static_cast<uint64_t>(packet.unix_us);
  PutU32(&head_[0], kEnhancedPacket);
  PutU32(&head_[4], static_cast<uint32_t>(size()));
  PutU32(&head_[8], 0);  // The interface.
  PutU32(&head_[12], static_cast<uint32_t>(time >> 32));
  PutU32(&head_[16], static_cast<uint32_t>(time));
  PutU32(&head_[20], static_cast<uint32_t>(captured));
  PutU32(&head_[24], static_cast<uint32_t>(ip_udp + packet.packet.size()));
}

}  // namespace sluice::worker
