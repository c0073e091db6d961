#include "tests/sim/pcapng_reader.h"

#include <fstream>
#include <iterator>
#include <utility>

namespace sluice::sim {
namespace {

// The captures are little-endian.
uint32_t Le(Bytes bytes, size_t at, size_t size) {
  uint32_t value = 0;
  for (size_t i = 0; i < size; ++i) value |= uint32_t{bytes[at + i]} << (8 * i);
  return value;
}

struct Options {
  std::string text[8];             // By code, strings.
  std::optional<uint32_t> number;  // Of the code 2 (epb_flags).
};

std::optional<Options> ReadOptions(Bytes bytes) {
  Options options;
  while (!bytes.empty()) {
    if (bytes.size() < 4) return std::nullopt;
    const uint32_t code = Le(bytes, 0, 2), size = Le(bytes, 2, 2), padded = (size + 3) / 4 * 4;
    if (bytes.size() < 4 + padded) return std::nullopt;
    if (code == 0) return bytes.size() == 4 && size == 0 ? std::optional(options) : std::nullopt;
    if (code < 8) options.text[code].assign(bytes.begin() + 4, bytes.begin() + 4 + size);
    if (code == 2 && size == 4) options.number = Le(bytes, 4, 4);
    bytes = bytes.subspan(4 + padded);
  }
  return options;
}

// RFC 1071, the sum of 16-bit words.
uint32_t Sum(Bytes bytes) {
  uint32_t sum = 0;
  for (size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? uint32_t{bytes[i]} << 8 : bytes[i];
  return sum;
}
bool IsWhole(uint32_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return sum == 0xffff;
}

std::string Address(Bytes octets) {
  std::string text;
  for (uint8_t octet : octets) {
    constexpr char kHex[] = "0123456789abcdef";
    if (octets.size() == 4) {
      text += (text.empty() ? "" : ".") + std::to_string(octet);
    } else {
      text += {kHex[octet >> 4], kHex[octet & 15]};
    }
  }
  return text;
}

bool ReadUdp(Bytes udp, uint32_t pseudo_header, size_t original_size, PcapngPacket* packet) {
  if (udp.size() < 8 || LoadU16(&udp[4]) != original_size) return false;
  packet->from += ":" + std::to_string(LoadU16(&udp[0]));
  packet->to += ":" + std::to_string(LoadU16(&udp[2]));
  packet->payload.assign(udp.begin() + 8, udp.end());
  packet->payload_size = original_size - 8;
  const bool summed = LoadU16(&udp[6]) != 0;
  if (packet->ipv6 && !summed) packet->checksums_correct = false;
  if (summed && udp.size() == original_size)
    packet->checksums_correct = packet->checksums_correct &&
                                IsWhole(pseudo_header + Sum(udp) + 17 + static_cast<uint32_t>(udp.size()));
  return true;
}

bool ReadIp(Bytes ip, size_t original_size, PcapngPacket* packet) {
  if (ip.empty()) return false;
  packet->ipv6 = ip[0] >> 4 == 6;
  const size_t header = packet->ipv6 ? 40 : 20;
  if (ip.size() < header || original_size < header) return false;
  const size_t total = packet->ipv6 ? LoadU16(&ip[4]) + header : LoadU16(&ip[2]);
  const uint8_t protocol = packet->ipv6 ? ip[6] : ip[9];
  if (total != original_size || protocol != 17 || (!packet->ipv6 && ip[0] != 0x45)) return false;
  if (!packet->ipv6) packet->checksums_correct = IsWhole(Sum(ip.first(20)));
  const Bytes addresses = packet->ipv6 ? ip.subspan(8, 32) : ip.subspan(12, 8);
  packet->from = Address(addresses.first(addresses.size() / 2));
  packet->to = Address(addresses.subspan(addresses.size() / 2));
  return ReadUdp(ip.subspan(header), Sum(addresses), original_size - header, packet);
}

bool ReadPacket(Bytes body, PcapngFile* file) {
  if (body.size() < 20 || Le(body, 0, 4) != 0) return false;
  const size_t captured = Le(body, 12, 4), original = Le(body, 16, 4), padded = (captured + 3) / 4 * 4;
  if (captured > original || body.size() < 20 + padded) return false;
  PcapngPacket packet;
  packet.unix_us = static_cast<int64_t>(uint64_t{Le(body, 4, 4)} << 32 | Le(body, 8, 4));
  std::optional<Options> options = ReadOptions(body.subspan(20 + padded));
  if (!options || !options->number || (*options->number != 1 && *options->number != 2)) return false;
  packet.incoming = *options->number == 1;
  if (!ReadIp(body.subspan(20, captured), original, &packet)) return false;
  file->packets.push_back(std::move(packet));
  return true;
}

bool ReadSection(Bytes body, PcapngFile* file) {
  if (body.size() < 16 || Le(body, 0, 4) != 0x1a2b3c4d || Le(body, 4, 2) != 1) return false;
  std::optional<Options> options = ReadOptions(body.subspan(16));
  if (options) file->application = options->text[4];
  return options.has_value();
}

bool ReadInterface(Bytes body, PcapngFile* file) {
  constexpr uint32_t kRawIp = 101;
  if (body.size() < 8 || Le(body, 0, 2) != kRawIp) return false;
  std::optional<Options> options = ReadOptions(body.subspan(8));
  if (options) file->interface = options->text[2];
  return options.has_value();
}

}  // namespace

std::optional<PcapngFile> ReadPcapng(Bytes bytes) {
  PcapngFile file;
  for (size_t block = 0; !bytes.empty(); ++block) {
    if (bytes.size() < 12) return std::nullopt;
    const uint32_t type = Le(bytes, 0, 4), size = Le(bytes, 4, 4);
    if (size % 4 != 0 || size < 12 || size > bytes.size() || Le(bytes, size - 4, 4) != size)
      return std::nullopt;
    const Bytes body = bytes.subspan(8, size - 12);
    if (block == 0 && (type != 0x0a0d0d0a || !ReadSection(body, &file))) return std::nullopt;
    if (block == 1 && (type != 1 || !ReadInterface(body, &file))) return std::nullopt;
    if (block > 1 && (type != 6 || !ReadPacket(body, &file))) return std::nullopt;
    bytes = bytes.subspan(size);
  }
  return file;
}

std::optional<PcapngFile> ReadPcapngFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
  return ReadPcapng(Bytes(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()));
}

}  // namespace sluice::sim
