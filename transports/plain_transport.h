// RTP, RTCP and SCTP over UDP without ICE and DTLS, in the clear or by SRTP with keys from signalling: one
// peer, whose address is told or learnt. A state machine without sockets.
//
//   Received received = transport.HandleDatagram(path, slab->storage(), slab->size());
//   if (received.content == PlainContent::kRtp) …   // The first received.size bytes are plain RTP now.
//   while (auto learnt = transport.Poll()) …
//
// Thread: the worker that owns it. Nothing here calls back, and nothing waits for time to pass.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rtp/bytes.h"
#include "transports/endpoint.h"
#include "transports/srtp/srtp_association.h"

namespace sluice::transports {

enum class PlainContent : uint8_t { kNone, kRtp, kRtcp, kSctp };

struct PlainDrops {
  int64_t unknown_protocol = 0;
  int64_t not_connected = 0;   // No remote is known, and none is to be learnt from this packet.
  int64_t unknown_remote = 0;  // From elsewhere than the remote.
  int64_t malformed = 0;       // Nothing to learn a remote from.
};

class PlainTransport {
 public:
  // A path's socket.
  static constexpr uint16_t kRtpSocket = 0;
  static constexpr uint16_t kRtcpSocket = 1;  // Only without rtcp_mux.

  struct Options {
    bool rtcp_mux = true;
    bool comedia = false;  // The remote is where the first good packet comes from, and stays there.
    bool srtp = false;     // Everything but SCTP is protected, with the keys that Connect() brings.
  };
  // Where the peer is, and what it protects its packets with; in comedia mode the keys alone.
  struct Remote {
    std::optional<Endpoint> rtp;   // And SCTP.
    std::optional<Endpoint> rtcp;  // Without rtcp_mux.
    std::optional<SrtpKeys> keys;
  };
  struct Received {
    PlainContent content = PlainContent::kNone;  // kNone: nothing for the caller.
    size_t size = 0;
  };
  // The remote of a socket is known from now on.
  struct RemoteLearnt {
    uint16_t socket;
    Endpoint remote;
  };

  explicit PlainTransport(const Options& options) : options_(options) {}
  PlainTransport(const PlainTransport&) = delete;
  PlainTransport& operator=(const PlainTransport&) = delete;

  // Once only, with what the options ask for (the control plane sees to both).
  void Connect(const Remote& remote);

  Received HandleDatagram(const Path& from, MutableBytes storage, size_t size);
  // Drain after HandleDatagram().
  [[nodiscard]] std::optional<RemoteLearnt> Poll();

  // Protects the first `size` bytes of `storage` in place, if that is asked for, and returns the new size.
  // nullopt: no keys yet, or no room for the trailer.
  std::optional<size_t> ProtectRtp(MutableBytes storage, size_t size);
  std::optional<size_t> ProtectRtcp(MutableBytes storage, size_t size);
  // RTP can be sent: there is somewhere to send it to, and the keys if there are to be any.
  bool writable() const { return rtp_remote_.has_value() && (!options_.srtp || srtp_.started()); }
  // nullopt: not known yet. That of RTCP is RTP's with rtcp_mux.
  const std::optional<Endpoint>& rtp_remote() const { return rtp_remote_; }
  const std::optional<Endpoint>& rtcp_remote() const {
    return options_.rtcp_mux ? rtp_remote_ : rtcp_remote_;
  }
  // An outgoing SSRC is gone for good.
  void RemoveOutgoingStream(Ssrc ssrc) { srtp_.RemoveOutgoingStream(ssrc); }

  const Options& options() const { return options_; }
  const PlainDrops& drops() const { return drops_; }
  // By reason, for statistics.
  void AppendDrops(std::vector<std::pair<std::string, int64_t>>* drops) const;

 private:
  PlainContent ContentOf(const Path& from, Bytes datagram) const;
  bool IsExpected(PlainContent content, const Path& from, const std::optional<Endpoint>& remote);
  // The size of the packet in the clear; nullopt: dropped and counted.
  std::optional<size_t> Open(PlainContent content, MutableBytes datagram, bool is_remote_known);

  Options options_;
  std::optional<Endpoint> rtp_remote_;
  std::optional<Endpoint> rtcp_remote_;
  std::optional<RemoteLearnt> learnt_;
  SrtpAssociation srtp_;
  PlainDrops drops_;
};

}  // namespace sluice::transports
