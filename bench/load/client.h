// One transport of a peer, at the peer's end: its socket, its path to the server, the streams it sends and
// receives, and their RTCP.
//
// Thread: its LoadThread's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "bench/load/counters.h"
#include "bench/load/incoming_stream.h"
#include "bench/load/media_source.h"
#include "bench/load/outgoing_stream.h"
#include "bench/load/pacer.h"
#include "bench/load/parameters.h"
#include "bench/load/secure_path.h"
#include "rtp/ntp_time.h"
#include "rtp/rtcp/block_view.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/transport_feedback_sender.h"
#include "worker/timer.h"
#include "worker/udp_port.h"

namespace sluice::load {

// What a thread lends to its clients; all of it outlives them.
struct ClientContext {
  worker::WorkerContext io;  // Without forwarding and outbox.
  Pacer* pacer;
  Observations* seen;
};

class Client {
 public:
  struct Options {
    ConnectionParameters connection;
    SecurePathOptions path;
    worker::UdpSocket socket;
    bool decrypt = true;  // Otherwise media is counted by its headers; RTCP and RTX are decrypted always.
    uint32_t seed = 1;
  };

  Client(const ClientContext& context, Options options);
  // Says goodbye.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Begins to send once the path is there.
  void Publish(const StreamPlan& stream);
  void Receive(const IncomingParameters& incoming);
  // What came from that stream is gone.
  void StopReceiving(const std::string& stream);

  bool connected() const { return path_.writable(); }
  bool failed(Timestamp now) const { return path_.failed(now); }

 private:
  static constexpr TimeDelta kReportInterval = TimeDelta::Seconds(1);

  struct Route {
    IncomingStream* stream;
    bool retransmission;
  };

  void HandleReadable();
  void HandleDatagram(Timestamp now, const SlabRef& datagram, const transports::Endpoint& from);
  void HandleRtp(Timestamp now, const SlabRef& datagram);
  void HandleMedia(Timestamp now, const SlabRef& datagram, IncomingStream* stream);
  void HandleRepair(Timestamp now, const SlabRef& datagram, IncomingStream* stream);
  void NoteTransportSequence(Timestamp now, const rtp::PacketView& packet, const IncomingStream& stream);
  void NoteStamp(Bytes payload);
  void HandleTimeout(Timestamp now);
  void Settle(Timestamp now);
  void StartSources(Timestamp now);
  void SendPacket(Timestamp now, OutgoingStream& stream, const PacketShape& shape);
  void SendProtected(SlabRef packet, size_t size, bool rtcp);

  // client_rtcp.cc
  void HandleRtcp(Timestamp now, const SlabRef& datagram);
  void HandleBlock(Timestamp now, const rtp::rtcp::BlockView& block);
  void Repair(Timestamp now, Ssrc media, SequenceNumber lost);
  void SendFeedback(Timestamp now);
  void SendReports(Timestamp now);
  void SendNack(Timestamp now, IncomingStream* stream);
  // `write(CompoundWriter&)` answers whether there is something to send.
  template <typename Write>
  void SendRtcp(Write&& write);
  OutgoingStream* FindOutgoing(Ssrc ssrc);
  Ssrc OwnSsrc() const;

  ClientContext context_;
  SecurePath path_;
  transports::Endpoint server_;
  bool decrypt_;
  uint32_t seed_;
  worker::UdpPort port_;
  worker::Timer timer_;
  Timestamp next_report_ = Timestamp::Never();
  rtp::TransportFeedbackSender transport_feedback_;
  uint16_t transport_sequence_ = 0;
  std::vector<std::unique_ptr<OutgoingStream>> outgoing_;
  std::vector<std::unique_ptr<Paced>> sources_;
  std::vector<StreamPlan> waiting_;  // To be published when the path is there.
  std::vector<std::unique_ptr<IncomingStream>> incoming_;
  absl::flat_hash_map<Ssrc, Route> routes_;
};

}  // namespace sluice::load
