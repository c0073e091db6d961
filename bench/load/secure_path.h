// A client's end of one transport: ICE, DTLS and SRTP put together, towards a server's single candidate.
// A state machine without a socket; drain Poll() after every Start(), Handle…() and Close().
//
// Without SecurePathOptions::secure it is the end of a plain transport: RTP and RTCP as they are.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "bench/load/ice_client.h"
#include "rtp/bytes.h"
#include "rtp/units.h"
#include "transports/demultiplexer.h"
#include "transports/dtls/dtls_context.h"
#include "transports/dtls/dtls_session.h"
#include "transports/endpoint.h"
#include "transports/srtp/srtp_session.h"

namespace sluice::load {

struct SecurePathOptions {
  bool secure = true;
  transports::IceCredentials local;
  transports::IceCredentials remote;
  std::vector<transports::Fingerprint> remote_fingerprints;
  transports::DtlsRole role = transports::DtlsRole::kClient;  // Ours.
  std::shared_ptr<const transports::DtlsContext> dtls;
  uint64_t random_seed = 1;
};

class SecurePath {
 public:
  explicit SecurePath(const SecurePathOptions& options);

  void Start(Timestamp now);
  // STUN and DTLS are dealt with here; says what else it is. The datagram's SRTP is not touched.
  transports::DatagramKind HandleDatagram(Timestamp now, const transports::Endpoint& from, Bytes datagram);
  void HandleTimeout(Timestamp now);
  Timestamp NextTimeout() const;
  [[nodiscard]] std::optional<std::vector<uint8_t>> Poll();
  void Close();

  // In place. nullopt: no keys yet, or the packet is not good.
  std::optional<size_t> ProtectRtp(MutableBytes storage, size_t size);
  std::optional<size_t> ProtectRtcp(MutableBytes storage, size_t size);
  std::optional<size_t> UnprotectRtp(MutableBytes packet);
  std::optional<size_t> UnprotectRtcp(MutableBytes packet);

  bool writable() const { return !secure_ || outbound_.has_value(); }
  // DTLS failed or was closed, or consent has gone.
  bool failed(Timestamp now) const { return failed_ || (ice_ && ice_->expired(now)); }

 private:
  void StartDtls(Timestamp now);
  void CollectDtls();

  bool secure_;
  std::optional<IceClient> ice_;
  std::unique_ptr<transports::DtlsSession> dtls_;
  bool dtls_started_ = false;
  bool failed_ = false;
  std::optional<transports::SrtpSession> inbound_;
  std::optional<transports::SrtpSession> outbound_;
  std::vector<std::vector<uint8_t>> outputs_;
};

}  // namespace sluice::load
