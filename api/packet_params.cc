#include "api/packet_params.h"

#include <optional>
#include <utility>

#include "api/base64.h"

namespace sluice::api {

std::vector<uint8_t> ReadPayload(ObjectReader& params) {
  std::optional<std::vector<uint8_t>> bytes = DecodeBase64(params.RequiredString("payload", {}));
  if (bytes) return *std::move(bytes);
  params.Fail(RpcError::InvalidValue(params.PathOf("payload"), "is not base64 (RFC 4648 §4)"));
  return {};
}

std::vector<uint8_t> ReadPacket(ObjectReader& params) {
  std::vector<uint8_t> packet = ReadPayload(params);
  if (packet.size() > kMaxPacketSize) {
    params.Fail(RpcError::InvalidValue(params.PathOf("payload"), "has more than 1500 bytes"));
  }
  return packet;
}

}  // namespace sluice::api
