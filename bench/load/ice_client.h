// The controlling side of ICE (RFC 8445) for one pair of candidates, as a browser keeps it towards a server:
// checks with USE-CANDIDATE until one is answered, then consent (RFC 7675). Also answers the checks of a full
// agent. A state machine without a socket.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "rtp/bytes.h"
#include "rtp/units.h"
#include "transports/endpoint.h"
#include "transports/ice/hmac_sha1.h"
#include "transports/ice/ice_lite_agent.h"
#include "transports/ice/stun_message.h"

namespace sluice::load {

class IceClient {
 public:
  IceClient(transports::IceCredentials local, transports::IceCredentials remote, uint64_t random_seed);

  void HandleDatagram(Timestamp now, const transports::Endpoint& from, Bytes datagram);
  // Early calls are harmless; the first begins.
  void HandleTimeout(Timestamp now);
  Timestamp NextTimeout() const { return next_check_; }
  // A datagram for the server.
  [[nodiscard]] std::optional<std::vector<uint8_t>> Poll();

  bool connected() const { return !last_answer_.IsPast(); }
  // Consent has gone: nothing may be sent any more.
  bool expired(Timestamp now) const { return connected() && now - last_answer_ > kConsentTimeout; }

 private:
  static constexpr TimeDelta kCheckInterval = TimeDelta::Millis(50);  // RFC 8445 §14.2, Ta
  static constexpr TimeDelta kMaxCheckInterval = TimeDelta::Millis(1600);
  static constexpr TimeDelta kConsentInterval = TimeDelta::Seconds(5);  // RFC 7675 §5.1, spread by a fifth
  static constexpr TimeDelta kConsentTimeout = TimeDelta::Seconds(30);

  void SendCheck();
  void Answer(const transports::Endpoint& from, const transports::StunMessage& request);
  TimeDelta NextInterval();

  transports::IceCredentials local_;
  std::string username_;
  transports::HmacSha1 local_key_;
  transports::HmacSha1 remote_key_;
  std::mt19937_64 random_;
  uint64_t tie_breaker_;
  std::array<uint8_t, 12> transaction_{};
  int checks_ = 0;
  Timestamp next_check_ = Timestamp::Past();
  Timestamp last_answer_ = Timestamp::Past();
  std::vector<std::vector<uint8_t>> outputs_;
};

}  // namespace sluice::load
