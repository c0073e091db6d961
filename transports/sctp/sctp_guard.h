// What of an association's packets usrsctp gets to see: those that are well-formed, whole, and addressed to
// it by somebody who knows its verification tag (RFC 9260 §8.5).
//
// It watches our own packets for the tags and cookies that we hand out, so that a forged one is told from one
// of ours before it costs anything.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <variant>
#include <vector>

#include "rtp/bytes.h"
#include "transports/sctp/sctp_packet.h"

namespace sluice::transports {

// Why an SCTP packet or message was dropped.
enum class SctpDrop : uint8_t {
  kMalformed,
  kBadChecksum,
  kWrongPort,
  kWrongTag,
  kForgedCookie,      // A COOKIE ECHO that is not one of the last few cookies that we sent.
  kUnsupportedChunk,  // Of an extension that we do not offer.
  kUnexpected,        // Before the start, or after the end.
  kMessageTooLarge,   // A message beyond what we announced.
  kMessageCutShort,   // The peer gave up a message of which parts had been taken already.
  kCount,
};

class SctpGuard {
 public:
  struct Passed {
    SctpPacket packet;   // Of the bytes that were checked.
    bool init = false;   // Begins an association.
    bool abort = false;  // Ends it.
  };

  SctpGuard(uint16_t local_port, uint16_t remote_port) : local_port_(local_port), remote_port_(remote_port) {}

  std::variant<Passed, SctpDrop> Check(Bytes packet);
  // A packet of ours, by usrsctp.
  void NoteSent(Bytes packet);

 private:
  static constexpr size_t kRemembered = 4;

  bool IsTagRight(const SctpPacket& packet) const;
  bool IsCookieOurs(Bytes cookie) const;
  void Remember(uint32_t tag);

  uint16_t local_port_;
  uint16_t remote_port_;
  uint32_t tag_ = 0;                          // Of our first INIT or INIT ACK, or the last accepted cookie.
  std::array<uint32_t, kRemembered> tags_{};  // Of our latest; none is 0.
  size_t next_tag_ = 0;
  std::deque<std::vector<uint8_t>> cookies_;  // Likewise.
};

}  // namespace sluice::transports
