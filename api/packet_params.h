// Packets of the application in requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "api/json_rpc/json_reader.h"

namespace sluice::api {

// What fits a packet of any network.
inline constexpr size_t kMaxPacketSize = 1500;

// `payload`: base64, of at most kMaxPacketSize bytes.
std::vector<uint8_t> ReadPacket(ObjectReader& params);
// The same of any size.
std::vector<uint8_t> ReadPayload(ObjectReader& params);

}  // namespace sluice::api
