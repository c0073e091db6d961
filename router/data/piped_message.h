// Whom a message is for, when it goes through a pipe to another process: SCTP has no field for it. Such
// messages have a PPID of our own and, before the payload (all in network byte order):
//
//    0                   1                   2                   3
//   |                           actual PPID                         |
//   |R I 0 0 0 0 0 0|0 0 0 0 0 0 0 0|     count of subchannels      |
//   |           required            |            ignored            |
//   | subchannels (16 bits each), then the payload …
//
// with R and I set where `required` and `ignored` are. Messages for everybody go as they are.
#pragma once

#include <cstdint>
#include <optional>

#include "router/data/data_message.h"
#include "rtp/bytes.h"

namespace sluice::router {

// "sluc"; SCTP leaves the choice to whoever sends (RFC 9260 §3.3.1).
inline constexpr uint32_t kPipedPpid = 0x736c7563;

// What goes over SCTP for it: the message itself, or one with the header.
DataMessage ToPiped(const DataMessage& message);
// Back again. nullopt: malformed.
std::optional<DataMessage> FromPiped(uint32_t ppid, rtp::SharedBytes payload);

}  // namespace sluice::router
