// RTP and RTCP packets for the tests of SRTP.
#pragma once

#include <cstdint>
#include <vector>

#include "rtp/bytes.h"
#include "rtp/ids.h"
#include "transports/srtp/srtp_session.h"

namespace sluice::transports {

// A packet with room for SRTP's trailer behind it.
struct TestPacket {
  std::vector<uint8_t> storage;
  size_t size = 0;

  Bytes bytes() const { return Bytes(storage).first(size); }
  MutableBytes mutable_bytes() { return MutableBytes(storage).first(size); }
  std::vector<uint8_t> copy() const { return {storage.begin(), storage.begin() + static_cast<long>(size)}; }
};

inline TestPacket WithTrailerRoom(std::vector<uint8_t> bytes) {
  TestPacket packet{std::move(bytes), 0};
  packet.size = packet.storage.size();
  packet.storage.resize(packet.size + SrtpSession::kMaxTrailer);
  return packet;
}

// RTP with a 12-octet header and `payload` octets that depend on the sequence number.
inline TestPacket RtpPacket(Ssrc ssrc, SequenceNumber sequence_number, size_t payload = 100) {
  std::vector<uint8_t> p(12 + payload);
  p[0] = 0x80;
  p[1] = 96;
  StoreU16(&p[2], sequence_number.value());
  StoreU32(&p[4], 3000u * sequence_number.value());
  StoreU32(&p[8], ssrc.value());
  for (size_t i = 0; i < payload; ++i) p[12 + i] = static_cast<uint8_t>(i + sequence_number.value());
  return WithTrailerRoom(std::move(p));
}

// An RTCP receiver report of `blocks` empty report blocks.
inline TestPacket RtcpPacket(Ssrc ssrc, size_t blocks = 1) {
  std::vector<uint8_t> p(8 + 24 * blocks);
  p[0] = static_cast<uint8_t>(0x80 | blocks);
  p[1] = 201;
  StoreU16(&p[2], static_cast<uint16_t>(p.size() / 4 - 1));
  StoreU32(&p[4], ssrc.value());
  return WithTrailerRoom(std::move(p));
}

inline std::vector<uint8_t> TestKey(SrtpProfile profile, uint8_t first = 1) {
  std::vector<uint8_t> key(SrtpKeyAndSaltLength(profile));
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<uint8_t>(first + i);
  return key;
}

}  // namespace sluice::transports
