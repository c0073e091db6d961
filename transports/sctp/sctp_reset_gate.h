// Keeps a peer's request to reset its outgoing streams (RFC 6525 §4.1) until everything that it sent before
// has arrived.
//
// usrsctp puts such a request off by itself, but looks at it again only when another DATA chunk comes, with
// the acknowledgement of before that chunk: where the peer waits for the reset before it sends more, both
// wait for ever. So a request that is early waits here, and usrsctp gets it in time.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rtp/bytes.h"
#include "transports/sctp/sctp_packet.h"

namespace sluice::transports {

class SctpResetGate {
 public:
  // Of a packet of the peer: what usrsctp is to have of it. nullopt: all; empty: nothing.
  std::optional<std::vector<uint8_t>> Filter(Bytes bytes, const SctpPacket& packet);
  // A packet of ours, whose acknowledgement says what has arrived.
  void NoteSent(Bytes packet);
  // The request that waited, as a packet; nullopt: none, or still early.
  std::optional<std::vector<uint8_t>> TakeDue();

 private:
  bool IsEarly(const SctpChunk& reconfig) const;

  std::optional<uint32_t> arrived_;  // The last TSN that arrived with all before it.
  std::vector<uint8_t>
      waiting_;  // A packet with nothing but the request; empty: none. A later one replaces it.
};

}  // namespace sluice::transports
