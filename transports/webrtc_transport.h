// One browser's path: ICE-lite, DTLS and SRTP put together. A state machine without sockets. What DTLS
// carries besides is handed through.
//
//   Received received = transport.HandleDatagram(now, path, slab->storage(), slab->size());
//   if (received.kind == DatagramKind::kRtp) …  // The first received.size bytes are plain RTP now.
//   while (auto output = transport.Poll()) …
//
// Thread: the worker that owns it. Nothing here calls back; drain Poll() after every Handle…(), Connect(),
// RestartIce(), SendThroughDtls() and Close().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "rtp/bytes.h"
#include "rtp/units.h"
#include "transports/demultiplexer.h"
#include "transports/dtls/dtls_context.h"
#include "transports/dtls/dtls_session.h"
#include "transports/endpoint.h"
#include "transports/ice/ice_lite_agent.h"
#include "transports/srtp/srtp_association.h"

namespace sluice::transports {

// Packets that were dropped above the network and below SRTP.
struct WebRtcDrops {
  int64_t unknown_protocol = 0;
  int64_t unknown_path = 0;  // Not STUN, from where no valid check came: unsolicited.
  int64_t early_dtls = 0;    // DTLS before Connect(), beyond what is kept.
};

class WebRtcTransport {
 public:
  struct Options {
    IceLiteAgent::Options ice;
    std::shared_ptr<const DtlsContext> dtls;
  };
  struct Received {
    DatagramKind kind = DatagramKind::kUnknown;  // kRtp, kRtcp, or kUnknown: nothing for the caller.
    size_t size = 0;
  };

  struct Transmit {
    Path to;
    absl::InlinedVector<uint8_t, 256> datagram;
  };
  struct IceStateChanged {
    IceState state;
  };
  struct PathSelected {
    Path path;
  };
  struct DtlsStateChanged {
    DtlsState state;
    std::string remote_certificate_pem;  // With kConnected.
  };
  struct DtlsMessage {  // What the peer sent through DTLS: an SCTP packet (RFC 8261).
    std::vector<uint8_t> message;
  };
  using Output = std::variant<Transmit, IceStateChanged, PathSelected, DtlsStateChanged, DtlsMessage>;

  explicit WebRtcTransport(const Options& options);
  ~WebRtcTransport();
  WebRtcTransport(const WebRtcTransport&) = delete;
  WebRtcTransport& operator=(const WebRtcTransport&) = delete;

  // The peer's DTLS fingerprints, and our role. Once only (the control plane sees to that).
  void Connect(Timestamp now, DtlsRole role, std::vector<Fingerprint> remote_fingerprints);
  void RestartIce(IceCredentials local) { ice_.Restart(std::move(local)); }
  // Its TCP connection is closed.
  void RemovePath(Timestamp now, const Path& path) { ice_.RemovePath(now, path); }
  // Says goodbye (DTLS close_notify).
  void Close();

  Received HandleDatagram(Timestamp now, const Path& from, MutableBytes storage, size_t size);
  void HandleTimeout(Timestamp now);
  Timestamp NextTimeout() const;
  [[nodiscard]] std::optional<Output> Poll();

  // Encrypts the first `size` bytes of `storage` in place. nullopt: not connected, or no room for the
  // trailer.
  std::optional<size_t> ProtectRtp(MutableBytes storage, size_t size) {
    return srtp_.ProtectRtp(storage, size);
  }
  std::optional<size_t> ProtectRtcp(MutableBytes storage, size_t size) {
    return srtp_.ProtectRtcp(storage, size);
  }
  // False: DTLS is not connected, or the message is empty or larger than DtlsSession::kMaxMessageSize.
  bool SendThroughDtls(Bytes message);
  // The keys are there and a path is selected.
  bool writable() const { return srtp_.started() && selected_path().has_value(); }
  const std::optional<Path>& selected_path() const { return ice_.selected_path(); }
  // An outgoing SSRC is gone for good.
  void RemoveOutgoingStream(Ssrc ssrc) { srtp_.RemoveOutgoingStream(ssrc); }

  const IceLiteAgent& ice() const { return ice_; }
  const DtlsSession* dtls() const { return dtls_.get(); }
  const SrtpAssociation& srtp() const { return srtp_; }
  const WebRtcDrops& drops() const { return drops_; }
  // The drops of ICE, DTLS and SRTP by reason, for statistics.
  void AppendProtocolDrops(std::vector<std::pair<std::string, int64_t>>* drops) const;

 private:
  // A peer may start DTLS before its fingerprint reaches us through signalling; its first flight is kept.
  static constexpr size_t kMaxEarlyDatagrams = 4;

  void StartDtls(Timestamp now);
  void HandleDtls(Timestamp now, const Path& from, Bytes datagram);
  void CollectDtls();

  IceLiteAgent ice_;
  std::shared_ptr<const DtlsContext> dtls_context_;
  std::unique_ptr<DtlsSession> dtls_;
  bool dtls_waits_ = false;  // For a path: a client's first flight would be lost, and repeated ever later.
  std::vector<std::vector<uint8_t>> early_dtls_;
  SrtpAssociation srtp_;
  std::vector<Output> outputs_;  // From DTLS; taken in order.
  size_t next_output_ = 0;
  WebRtcDrops drops_;
};

}  // namespace sluice::transports
