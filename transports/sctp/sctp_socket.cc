#include "transports/sctp/sctp_socket.h"

#include <arpa/inet.h>
#include <usrsctp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace sluice::transports {
namespace {

using Scope = SctpStack::Scope;

constexpr size_t kReadSize = 64 * 1024;
constexpr uint16_t kEndlessly = 65'535;
// With the longest timeout (4 s) an outage of two minutes is survived.
constexpr uint16_t kMaxRetransmissions = 30;

sockaddr_conn SocketAddress(void* address, uint16_t port) {
  sockaddr_conn made{};
  made.sconn_family = AF_CONN;
  made.sconn_port = htons(port);
  made.sconn_addr = address;
  return made;
}

sctp_sendv_spa SendParameters(uint16_t stream, uint32_t ppid, const rtp::DataReliability& reliability,
                              std::optional<TimeDelta> lifetime) {
  sctp_sendv_spa parameters{};
  parameters.sendv_flags = SCTP_SEND_SNDINFO_VALID;
  parameters.sendv_sndinfo.snd_sid = stream;
  parameters.sendv_sndinfo.snd_ppid = htonl(ppid);
  parameters.sendv_sndinfo.snd_flags =
      static_cast<uint16_t>(SCTP_EOR | (reliability.ordered ? 0 : SCTP_UNORDERED));
  if (reliability.max_retransmits) {
    parameters.sendv_flags |= SCTP_SEND_PRINFO_VALID;
    parameters.sendv_prinfo = {.pr_policy = SCTP_PR_SCTP_RTX, .pr_value = *reliability.max_retransmits};
  } else if (lifetime) {
    parameters.sendv_flags |= SCTP_SEND_PRINFO_VALID;
    parameters.sendv_prinfo = {.pr_policy = SCTP_PR_SCTP_TTL,
                               .pr_value = static_cast<uint32_t>(std::max<int64_t>(lifetime->ms(), 1))};
  }
  return parameters;
}

// What follows a notification's fixed part.
template <typename T>
const T* As(Bytes notification) {
  return notification.size() < sizeof(T) ? nullptr : reinterpret_cast<const T*>(notification.data());
}

std::vector<uint16_t> StreamsOf(Bytes notification) {
  std::vector<uint16_t> streams((notification.size() - sizeof(sctp_stream_reset_event)) / sizeof(uint16_t));
  std::memcpy(streams.data(), notification.data() + sizeof(sctp_stream_reset_event),
              streams.size() * sizeof(uint16_t));
  return streams;
}

std::optional<SctpSocket::Event> InterpretChange(const sctp_assoc_change& change) {
  switch (change.sac_state) {
    case SCTP_COMM_UP:
    case SCTP_RESTART:
      return SctpSocket::Up{.outbound_streams = change.sac_outbound_streams,
                            .inbound_streams = change.sac_inbound_streams,
                            .restarted = change.sac_state == SCTP_RESTART};
    default:
      return SctpSocket::Down{};
  }
}

std::optional<SctpSocket::Event> InterpretReset(Bytes notification) {
  const auto* reset = As<sctp_stream_reset_event>(notification);
  if (!reset) return std::nullopt;
  SctpSocket::StreamsReset event;
  const bool done = (reset->strreset_flags & (SCTP_STREAM_RESET_DENIED | SCTP_STREAM_RESET_FAILED)) == 0;
  if ((reset->strreset_flags & SCTP_STREAM_RESET_OUTGOING_SSN) != 0) {
    event.outgoing = StreamsOf(notification);
  } else if (done) {
    event.incoming = StreamsOf(notification);
  }
  return event;
}

}  // namespace

std::unique_ptr<SctpSocket> SctpSocket::Open(SctpId id, const Options& options, SctpPackets* packets) {
  SctpStack::Get();
  std::unique_ptr<SctpSocket> socket(new SctpSocket(id, options, packets));
  bool connecting = false;
  {
    Scope scope(id, packets, Scope::Access::kAlone);
    socket->socket_ = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, nullptr, nullptr, 0, nullptr);
    connecting = socket->socket_ && socket->Bind() && socket->Configure() && socket->Connect();
  }
  return connecting ? std::move(socket) : nullptr;
}

SctpSocket::~SctpSocket() {
  Scope scope(id_, packets_, Scope::Access::kAlone);
  if (socket_) {
    usrsctp_set_upcall(socket_, nullptr, nullptr);
    usrsctp_close(socket_);
  }
  if (address_) SctpStack::Get().GiveBack(address_);
}

bool SctpSocket::Bind() {
  for (bool fresh : {false, true}) {
    if (address_) SctpStack::Get().GiveBack(address_);
    address_ = SctpStack::Get().TakeAddress(id_, fresh);
    sockaddr_conn address = SocketAddress(address_, options_.port);
    if (usrsctp_bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return true;
  }
  return false;
}

bool SctpSocket::Connect() {
  sockaddr_conn address = SocketAddress(address_, options_.port);
  return usrsctp_connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 ||
         errno == EINPROGRESS;
}

template <typename T>
bool SctpSocket::SetOption(int level, int option, const T& value) {
  return usrsctp_setsockopt(socket_, level, option, &value, sizeof value) == 0;
}

bool SctpSocket::Configure() {
  constexpr int kOn = 1, kOff = 0;
  bool done = usrsctp_set_non_blocking(socket_, 1) == 0;
  done &= usrsctp_set_upcall(socket_, &SctpStack::Notice, address_) == 0;
  // Closing aborts (RFC 9260 §9.1): there is nobody to wait for a shutdown.
  done &= SetOption(SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
  done &= SetOption(SOL_SOCKET, SO_SNDBUF, static_cast<int>(options_.send_buffer));
  done &= SetOption(SOL_SOCKET, SO_RCVBUF, static_cast<int>(options_.receive_window));
  done &= SetOption(IPPROTO_SCTP, SCTP_NODELAY, kOn);
  done &= SetOption(IPPROTO_SCTP, SCTP_EXPLICIT_EOR, kOn);
  done &= SetOption(IPPROTO_SCTP, SCTP_RECVRCVINFO, kOn);
  // The parts of a message are read without another's between them.
  done &= SetOption(IPPROTO_SCTP, SCTP_FRAGMENT_INTERLEAVE, kOff);
  done &=
      SetOption(IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET,
                sctp_assoc_value{.assoc_id = SCTP_FUTURE_ASSOC, .assoc_value = SCTP_ENABLE_RESET_STREAM_REQ});
  done &= SetOption(IPPROTO_SCTP, SCTP_INITMSG,
                    sctp_initmsg{.sinit_num_ostreams = options_.streams,
                                 .sinit_max_instreams = options_.streams,
                                 .sinit_max_attempts = kEndlessly,
                                 .sinit_max_init_timeo = 0});
  done &= SetOption(IPPROTO_SCTP, SCTP_ASSOCINFO, sctp_assocparams{.sasoc_asocmaxrxt = kMaxRetransmissions});
  sctp_paddrparams path{};
  path.spp_address.ss_family = AF_CONN;
  path.spp_flags = SPP_PMTUD_DISABLE;
  path.spp_pathmtu = static_cast<uint32_t>(options_.mtu - sizeof(sctp_common_header));
  path.spp_pathmaxrxt = kMaxRetransmissions;
  done &= SetOption(IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, path);
  for (uint16_t type : {SCTP_ASSOC_CHANGE, SCTP_STREAM_RESET_EVENT, SCTP_PARTIAL_DELIVERY_EVENT}) {
    done &= SetOption(IPPROTO_SCTP, SCTP_EVENT,
                      sctp_event{.se_assoc_id = SCTP_FUTURE_ASSOC, .se_type = type, .se_on = 1});
  }
  return done;
}

void SctpSocket::HandlePacket(Bytes packet) {
  Scope scope(id_, packets_);
  usrsctp_conninput(address_, packet.data(), packet.size(), 0);
}

SctpSocket::Written SctpSocket::Write(uint16_t stream, uint32_t ppid, const rtp::DataReliability& reliability,
                                      std::optional<TimeDelta> lifetime, Bytes rest) {
  Scope scope(id_, packets_);
  sctp_sendv_spa parameters = SendParameters(stream, ppid, reliability, lifetime);
  const ssize_t taken = usrsctp_sendv(socket_, rest.data(), rest.size(), nullptr, 0, &parameters,
                                      sizeof parameters, SCTP_SENDV_SPA, 0);
  if (taken > 0) return {WriteResult::kTaken, static_cast<size_t>(taken)};
  const bool full = taken == 0 || errno == EWOULDBLOCK;  // 0: less room than usrsctp starts a packet for.
  return {full ? WriteResult::kFull : WriteResult::kRefused};
}

bool SctpSocket::ResetStreams(const std::vector<uint16_t>& streams) {
  Scope scope(id_, packets_);
  const size_t list = streams.size() * sizeof(uint16_t);
  std::vector<uint32_t> storage((sizeof(sctp_reset_streams) + list + 3) / sizeof(uint32_t));
  auto* request = reinterpret_cast<sctp_reset_streams*>(storage.data());
  request->srs_flags = SCTP_STREAM_RESET_OUTGOING;
  request->srs_number_streams = static_cast<uint16_t>(streams.size());
  std::memcpy(request->srs_stream_list, streams.data(), list);
  return usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_RESET_STREAMS, request,
                            static_cast<socklen_t>(sizeof(sctp_reset_streams) + list)) == 0;
}

std::optional<SctpSocket::Event> SctpSocket::Read() {
  alignas(8) static thread_local std::array<uint8_t, kReadSize> buffer;
  Scope scope(id_, packets_);
  while (true) {
    sctp_rcvinfo info{};
    socklen_t info_size = sizeof info, from_size = 0;
    unsigned int info_type = 0;
    int flags = 0;
    const ssize_t size = usrsctp_recvv(socket_, buffer.data(), buffer.size(), nullptr, &from_size, &info,
                                       &info_size, &info_type, &flags);
    if (size <= 0) return std::nullopt;
    const Bytes bytes = Bytes(buffer).first(static_cast<size_t>(size));
    if ((flags & MSG_NOTIFICATION) == 0) {
      return Data{.stream = info.rcv_sid,
                  .ppid = ntohl(info.rcv_ppid),
                  .unordered = (info.rcv_flags & SCTP_UNORDERED) != 0,
                  .end = (flags & MSG_EOR) != 0,
                  .bytes = bytes};
    }
    if (std::optional<Event> event = Interpret(bytes)) return event;
  }
}

std::optional<SctpSocket::Event> SctpSocket::Interpret(Bytes notification) const {
  const auto* header = As<sctp_notification::sctp_tlv>(notification);
  if (!header) return std::nullopt;
  switch (header->sn_type) {
    case SCTP_ASSOC_CHANGE: {
      const auto* change = As<sctp_assoc_change>(notification);
      return change ? InterpretChange(*change) : std::nullopt;
    }
    case SCTP_STREAM_RESET_EVENT:
      return InterpretReset(notification);
    case SCTP_PARTIAL_DELIVERY_EVENT: {
      const auto* cut = As<sctp_pdapi_event>(notification);
      if (!cut) return std::nullopt;
      return MessageCutShort{static_cast<uint16_t>(cut->pdapi_stream)};
    }
    default:
      return std::nullopt;
  }
}

bool SctpSocket::HasFailed() const {
  Scope scope(id_, packets_);
  return (usrsctp_get_events(socket_) & SCTP_EVENT_ERROR) != 0;
}

}  // namespace sluice::transports
