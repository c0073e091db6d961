// CRC-32C (Castagnoli; reflected polynomial 0x82F63B78), which protects SCTP packets (RFC 9260 §6.8). Uses
// the processor's instruction where it has one.
#pragma once

#include <cstdint>

#include "rtp/bytes.h"

namespace sluice::transports {

// Of what gave `previous`, continued by `bytes`; 0: of nothing.
uint32_t Crc32c(Bytes bytes, uint32_t previous = 0);
// The same, whatever the processor has.
uint32_t PortableCrc32c(Bytes bytes, uint32_t previous = 0);

}  // namespace sluice::transports
