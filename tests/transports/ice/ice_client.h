// A controlling peer's Binding requests, well-formed or with one thing wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "transports/ice/ice_lite_agent.h"

namespace sluice::transports {

struct BindingRequest {
  enum class Role { kControlling, kControlled, kNone };

  std::string username = "srv:cli";
  std::optional<std::string> password = "the server's password";  // nullopt: no MESSAGE-INTEGRITY.
  std::optional<uint32_t> priority = 0x6e001eff;
  std::optional<uint32_t> nomination = std::nullopt;
  bool use_candidate = false;
  bool fingerprint = true;
  Role role = Role::kControlling;
  std::vector<uint16_t> extra_attributes = {};  // Four zero bytes each.
  StunClass message_class = StunClass::kRequest;
  uint8_t transaction = 1;

  std::vector<uint8_t> Write() const;
};

// Credentials that a default BindingRequest fits.
IceCredentials ServerCredentials();

// "192.0.2.1", 5000 → a UDP path.
Path UdpPath(const char* address, uint16_t port);

}  // namespace sluice::transports
