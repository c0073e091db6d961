#include "transports/plain_transport.h"

#include <utility>

#include "rtp/packet_view.h"
#include "rtp/rtcp/compound_reader.h"
#include "transports/demultiplexer.h"

namespace sluice::transports {
namespace {

// A common header, then chunks of whole words (RFC 9260 §3).
constexpr size_t kMinSctpSize = 12;

bool IsWhole(PlainContent content, Bytes packet) {
  if (content == PlainContent::kRtp) return rtp::PacketView::Parse(packet).has_value();
  return content == PlainContent::kSctp || rtp::rtcp::CompoundReader::Parse(packet).has_value();
}

}  // namespace

void PlainTransport::Connect(const Remote& remote) {
  if (remote.keys) srtp_.Start(*remote.keys);
  if (options_.comedia) return;
  rtp_remote_ = remote.rtp;
  if (!options_.rtcp_mux) rtcp_remote_ = remote.rtcp;
}

PlainTransport::Received PlainTransport::HandleDatagram(const Path& from, MutableBytes storage, size_t size) {
  MutableBytes datagram = storage.first(size);
  const PlainContent content = ContentOf(from, datagram);
  std::optional<Endpoint>& remote = from.socket == kRtcpSocket ? rtcp_remote_ : rtp_remote_;
  if (!IsExpected(content, from, remote)) return {};
  std::optional<size_t> plain = Open(content, datagram, remote.has_value());
  if (!plain) return {};
  if (!remote) {
    remote = from.remote;
    learnt_ = RemoteLearnt{from.socket, from.remote};
  }
  return {content, *plain};
}

// On a socket of its own RTCP needs no telling apart from RTP, which may then use all payload types.
// SCTP has no mark (RFC 9260 §3.1); its ports keep it out of RTP's range.
PlainContent PlainTransport::ContentOf(const Path& from, Bytes datagram) const {
  const DatagramKind kind = Classify(datagram);
  if (kind == DatagramKind::kRtp || kind == DatagramKind::kRtcp) {
    bool rtcp = options_.rtcp_mux ? kind == DatagramKind::kRtcp : from.socket == kRtcpSocket;
    return rtcp ? PlainContent::kRtcp : PlainContent::kRtp;
  }
  bool sctp = from.socket == kRtpSocket && datagram.size() >= kMinSctpSize && datagram.size() % 4 == 0;
  return sctp ? PlainContent::kSctp : PlainContent::kNone;
}

bool PlainTransport::IsExpected(PlainContent content, const Path& from,
                                const std::optional<Endpoint>& remote) {
  // SCTP is not protected, so a remote that is to prove itself by SRTP is not learnt from it.
  const bool can_teach = options_.comedia && !(options_.srtp && content == PlainContent::kSctp);
  if (content == PlainContent::kNone) {
    ++drops_.unknown_protocol;
  } else if (!remote && !can_teach) {
    ++drops_.not_connected;
  } else if (remote && *remote != from.remote) {
    ++drops_.unknown_remote;
  } else {
    return true;
  }
  return false;
}

std::optional<size_t> PlainTransport::Open(PlainContent content, MutableBytes datagram,
                                           bool is_remote_known) {
  std::optional<size_t> size = datagram.size();
  if (options_.srtp && content == PlainContent::kRtp) size = srtp_.UnprotectRtp(datagram);
  if (options_.srtp && content == PlainContent::kRtcp) size = srtp_.UnprotectRtcp(datagram);
  if (!size || is_remote_known || IsWhole(content, datagram.first(*size))) return size;
  ++drops_.malformed;
  return std::nullopt;
}

std::optional<PlainTransport::RemoteLearnt> PlainTransport::Poll() {
  return std::exchange(learnt_, std::nullopt);
}

std::optional<size_t> PlainTransport::ProtectRtp(MutableBytes storage, size_t size) {
  return options_.srtp ? srtp_.ProtectRtp(storage, size) : size;
}

std::optional<size_t> PlainTransport::ProtectRtcp(MutableBytes storage, size_t size) {
  return options_.srtp ? srtp_.ProtectRtcp(storage, size) : size;
}

void PlainTransport::AppendDrops(std::vector<std::pair<std::string, int64_t>>* drops) const {
  const std::pair<const char*, int64_t> reasons[] = {{"unknownProtocol", drops_.unknown_protocol},
                                                     {"notConnected", drops_.not_connected},
                                                     {"unknownRemote", drops_.unknown_remote},
                                                     {"malformed", drops_.malformed}};
  drops->insert(drops->end(), std::begin(reasons), std::end(reasons));
  srtp_.AppendDrops(drops);
}

}  // namespace sluice::transports
