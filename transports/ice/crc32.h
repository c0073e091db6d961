// CRC-32 as in Ethernet and ITU-T V.42: reflected polynomial 0xEDB88320. STUN's FINGERPRINT is made of it.
#pragma once

#include <cstdint>

#include "rtp/bytes.h"

namespace sluice::transports {

uint32_t Crc32(Bytes bytes);

}  // namespace sluice::transports
