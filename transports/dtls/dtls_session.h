// One DTLS association (RFC 6347; RFC 9147 with a BoringSSL that has it) that yields SRTP keys (RFC 5764) and
// carries SCTP packets (RFC 8261), without I/O.
//
//   DtlsSession session(context, DtlsRole::kServer, remote_fingerprints);
//   session.Start(now);
//   session.HandleDatagram(now, datagram);                       // and HandleTimeout(now) at NextTimeout()
//   while (std::optional<DtlsSession::Output> output = session.Poll()) …   // after each of them
//
// The peer is who signalling says it is: a handshake succeeds only with a certificate that has one of
// `remote_fingerprints`. Connected comes at most once, then application data; Failed or Closed comes last.
// Confined to one thread; work and memory for a datagram are bounded by its size and kMaxDatagramSize.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rtp/bytes.h"
#include "rtp/units.h"
#include "transports/dtls/dtls_context.h"
#include "transports/dtls/fingerprint.h"
#include "transports/srtp/srtp_profile.h"

struct ssl_st;  // BoringSSL's session.

namespace sluice::transports {

struct SslPeer;

enum class DtlsRole : uint8_t { kClient, kServer };
enum class DtlsState : uint8_t { kNew, kConnecting, kConnected, kFailed, kClosed };

class DtlsSession {
 public:
  static constexpr size_t kMtu = 1200;               // Of what we send in the handshake, UDP payload octets.
  static constexpr size_t kMaxDatagramSize = 9'216;  // Larger ones are dropped.
  static constexpr size_t kMaxMessageSize = 8'192;
  // Retransmission starts with the first and doubles up to the second; after some 35 s without progress the
  // handshake has failed.
  static constexpr TimeDelta kInitialRetransmission = TimeDelta::Millis(100);
  static constexpr TimeDelta kMaxRetransmission = TimeDelta::Seconds(4);

  struct Transmit {
    std::vector<uint8_t> datagram;  // One or more records, at most kMtu octets during the handshake.
  };
  struct Connected {
    std::optional<SrtpKeys> keys;  // nullopt: the peer did not offer use_srtp, or no profile of ours.
    std::string remote_certificate_pem;
  };
  struct Failed {
    std::string reason;
  };
  struct Closed {};  // The peer said good-bye.
  struct ApplicationData {
    std::vector<uint8_t> message;
  };
  using Output = std::variant<Transmit, Connected, Failed, Closed, ApplicationData>;

  // Datagrams that had no effect.
  struct Drops {
    uint64_t malformed = 0;   // Not a DTLS record of a length that the datagram has, or too large.
    uint64_t unexpected = 0;  // Before Start(), or after the end.
    uint64_t ignored = 0;     // In an established session: forged, repeated, or late handshake.
  };

  // Fingerprints of an unknown algorithm are passed over.
  DtlsSession(std::shared_ptr<const DtlsContext> context, DtlsRole role,
              std::vector<Fingerprint> remote_fingerprints);
  ~DtlsSession();
  DtlsSession(const DtlsSession&) = delete;
  DtlsSession& operator=(const DtlsSession&) = delete;

  void Start(Timestamp now);  // The client's first flight; a server waits for it.
  void HandleDatagram(Timestamp now, Bytes datagram);
  void HandleTimeout(Timestamp now);  // Early calls are harmless.
  Timestamp NextTimeout() const { return next_timeout_; }
  [[nodiscard]] std::optional<Output> Poll();

  // False: not connected, empty, or larger than kMaxMessageSize.
  bool SendApplicationData(Bytes message);
  // Says good-bye if there is a session; no Closed follows.
  void Close();

  DtlsState state() const { return state_; }
  const Drops& drops() const { return drops_; }

 private:
  struct Deleter {
    void operator()(ssl_st* ssl) const;
  };

  void EnterSsl(Timestamp now);
  void LeaveSsl();
  void TakeSent();
  void Handshake();
  void FinishHandshake();
  void ReadMessages();
  std::optional<SrtpKeys> ExportKeys() const;
  void HandlePeerClose();
  void Fail(std::string reason);
  std::string FailureReason() const;

  std::shared_ptr<const DtlsContext> context_;
  DtlsRole role_;
  std::unique_ptr<SslPeer> peer_;
  std::unique_ptr<ssl_st, Deleter> ssl_;  // nullptr: out of memory, Start() will fail.
  DtlsState state_ = DtlsState::kNew;
  TimeDelta clock_lead_;  // How far BoringSSL's clock has been set ahead of the caller's.
  Timestamp last_now_;
  Timestamp next_timeout_ = Timestamp::Never();
  std::deque<Output> outputs_;
  Drops drops_;
};

}  // namespace sluice::transports
