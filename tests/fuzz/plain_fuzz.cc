// A plain transport against the world. The first octet holds its options (bits: comedia, SRTP, two sockets,
// connected beforehand); what follows are datagrams: an octet that says where each comes from (lowest bit:
// the socket; next: the peer's port or a stranger's; next: the peer protects it), then a 16-bit length and
// its octets.
//
// Whoever the transport listens to has been told to it, or came first in comedia mode, and with SRTP has the
// keys.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "rtp/bytes.h"
#include "transports/plain_transport.h"

namespace sluice::transports {
namespace {

constexpr SrtpProfile kProfile = SrtpProfile::kAesCm128HmacSha1_80;

void Check(bool holds) {
  if (!holds) std::abort();
}

SrtpKeys Keys(bool of_the_peer) {
  SrtpKeys keys{kProfile, std::vector<uint8_t>(30, 1), std::vector<uint8_t>(30, 2)};
  if (of_the_peer) std::swap(keys.local, keys.remote);
  return keys;
}

Endpoint At(uint16_t port) { return {IpAddress::V4({192, 0, 2, 1}), port}; }

class Attack {
 public:
  explicit Attack(uint8_t options)
      : transport_({.rtcp_mux = !(options & 4), .comedia = (options & 1) != 0, .srtp = (options & 2) != 0}) {
    peer_.Start(Keys(/*of_the_peer=*/true));
    if (!(options & 8)) return;
    PlainTransport::Remote remote{.rtp = At(5000), .rtcp = At(5000), .keys = std::nullopt};
    if (transport_.options().srtp) remote.keys = Keys(/*of_the_peer=*/false);
    transport_.Connect(remote);
  }

  void Receive(uint8_t from, Bytes datagram) {
    const uint16_t socket = transport_.options().rtcp_mux ? 0 : from & 1;
    const Path path{Protocol::kUdp, socket, At(from & 2 ? 6000 : 5000)};
    std::vector<uint8_t> storage(datagram.begin(), datagram.end());
    storage.resize(datagram.size() + SrtpSession::kMaxTrailer);
    size_t size = datagram.size();
    bool authentic = false;
    if (from & 4) {
      std::optional<size_t> protected_size =
          socket == 0 ? peer_.ProtectRtp(storage, size) : peer_.ProtectRtcp(storage, size);
      authentic = protected_size.has_value();
      size = protected_size.value_or(size);
    }
    const std::optional<Endpoint> before = RemoteOf(socket);
    PlainTransport::Received received = transport_.HandleDatagram(path, storage, size);
    Check(received.size <= size);
    const std::optional<Endpoint> after = RemoteOf(socket);
    const std::optional<PlainTransport::RemoteLearnt> learnt = transport_.Poll();
    Check(!transport_.Poll());
    if (received.content != PlainContent::kNone) Check(after == path.remote);
    if (before) Check(after == before && !learnt);
    if (!before && after) {
      Check(learnt && learnt->socket == socket && learnt->remote == path.remote);
      Check(transport_.options().comedia && received.content != PlainContent::kNone);
      Check(!transport_.options().srtp || authentic);
    }
  }

 private:
  const std::optional<Endpoint>& RemoteOf(uint16_t socket) const {
    return socket == PlainTransport::kRtcpSocket ? transport_.rtcp_remote() : transport_.rtp_remote();
  }

  PlainTransport transport_;
  SrtpAssociation peer_;
};

}  // namespace
}  // namespace sluice::transports

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  sluice::transports::Attack attack(data[0]);
  sluice::ByteReader reader({data + 1, size - 1});
  while (std::optional<uint8_t> from = reader.U8()) {
    std::optional<uint16_t> length = reader.U16();
    if (!length) break;
    attack.Receive(*from, *reader.Read(std::min<size_t>(*length, reader.remaining())));
  }
  return 0;
}
