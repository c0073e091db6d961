// RTP packets for tests: composed octet by octet, independently of the writer under test.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "rtp/packet_reader.h"
#include "rtp/slab.h"

namespace sluice::rtp {

using Octets = std::vector<uint8_t>;

inline Octets Concat(std::initializer_list<Octets> parts) {
  Octets all;
  for (const Octets& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

inline Octets FromText(std::string_view text) { return Octets(text.begin(), text.end()); }

struct RtpPacket {
  uint8_t payload_type = 96;
  bool marker = false;
  uint16_t sequence = 0x1234;
  uint32_t timestamp = 0x56789abc;
  uint32_t ssrc = 0xdef01234;
  std::vector<uint32_t> csrcs = {};
  std::optional<uint16_t> profile = {};  // With it, `extension` in whole words.
  Octets extension = {};
  Octets payload = {1, 2, 3, 4, 5};
  uint8_t padding = 0;  // Octets in all, the count included.

  Octets Encode() const {
    Octets out = {static_cast<uint8_t>(0x80 | (padding ? 0x20 : 0) | (profile ? 0x10 : 0) | csrcs.size()),
                  static_cast<uint8_t>((marker ? 0x80 : 0) | payload_type)};
    auto put = [&out](uint32_t value, int octets) {
      for (int i = octets - 1; i >= 0; --i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
    };
    put(sequence, 2);
    put(timestamp, 4);
    put(ssrc, 4);
    for (uint32_t csrc : csrcs) put(csrc, 4);
    if (profile) {
      put(*profile, 2);
      put(static_cast<uint32_t>((extension.size() + 3) / 4), 2);
      out.insert(out.end(), extension.begin(), extension.end());
      while (out.size() % 4 != 0) out.push_back(0);
    }
    out.insert(out.end(), payload.begin(), payload.end());
    if (padding) {
      out.insert(out.end(), padding - 1u, 0);
      out.push_back(padding);
    }
    return out;
  }
};

// A slab that holds `packet` as its receiving worker would have left it.
inline SlabRef Receive(SlabPool& pool, const Octets& packet, const ExtensionMap& negotiated) {
  SlabRef slab = pool.Acquire();
  std::copy(packet.begin(), packet.end(), slab->storage().begin());
  slab->Resize(packet.size());
  slab->packet() = ReadPacket(*PacketView::Parse(slab->bytes()), negotiated);
  return slab;
}

inline Octets ToOctets(Bytes bytes) { return Octets(bytes.begin(), bytes.end()); }

}  // namespace sluice::rtp
