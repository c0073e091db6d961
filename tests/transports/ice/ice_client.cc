#include "tests/transports/ice/ice_client.h"

#include <array>

namespace sluice::transports {

std::vector<uint8_t> BindingRequest::Write() const {
  std::array<uint8_t, 1024> buffer;
  const std::array<uint8_t, 12> id = {'t', 'e', 's', 't', transaction};
  StunWriter writer(buffer, message_class, id);
  if (!username.empty()) writer.AddUsername(username);
  static constexpr uint8_t kNetworkInfo[4] = {0, 1, 0, 50};
  writer.AddAttribute(StunAttribute{0xc057}, kNetworkInfo);  // As Chromium does.
  if (role == Role::kControlling) writer.AddIceControlling(0x1122334455667788);
  if (role == Role::kControlled) writer.AddIceControlled(0x1122334455667788);
  if (use_candidate) writer.AddUseCandidate();
  if (nomination) writer.AddNomination(*nomination);
  if (priority) writer.AddPriority(*priority);
  static constexpr uint8_t kZeros[4] = {};
  for (uint16_t type : extra_attributes) writer.AddAttribute(StunAttribute{type}, kZeros);
  if (password) writer.AddMessageIntegrity(HmacSha1(*password));
  if (fingerprint) writer.AddFingerprint();
  Bytes message = writer.Finish().value();
  return {message.begin(), message.end()};
}

IceCredentials ServerCredentials() { return {"srv", "the server's password"}; }

Path UdpPath(const char* address, uint16_t port) {
  return {Protocol::kUdp, 0, {IpAddress::Parse(address).value(), port}};
}

}  // namespace sluice::transports
