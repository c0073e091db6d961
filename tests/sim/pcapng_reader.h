// Reads captures (pcapng, draft-ietf-opsawg-pcapng) of raw IP with UDP inside; written from the format's
// document, and shares nothing with what writes them.
//
//   std::optional<PcapngFile> file = ReadPcapng(bytes);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rtp/bytes.h"

namespace sluice::sim {

struct PcapngPacket {
  int64_t unix_us = 0;
  bool incoming = false;
  bool ipv6 = false;
  std::string from;  // "192.0.2.1:5004", or hexadecimal octets of IPv6.
  std::string to;
  std::vector<uint8_t> payload;   // Of UDP, as much as was kept.
  size_t payload_size = 0;        // As it was.
  bool checksums_correct = true;  // Of IPv4's header, and of UDP's where there is one and all bytes are.
};

struct PcapngFile {
  std::string application;
  std::string interface;
  std::vector<PcapngPacket> packets;
};

// nullopt: something in it is not as the format says.
std::optional<PcapngFile> ReadPcapng(Bytes file);
std::optional<PcapngFile> ReadPcapngFile(const std::string& path);

}  // namespace sluice::sim
