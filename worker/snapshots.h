// Copies of what a worker knows of its objects, for statistics and dumps. Plain values that may cross
// threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "router/config.h"
#include "router/consumer.h"
#include "router/data/data_consumer.h"
#include "router/data/data_producer.h"
#include "router/receive_stream.h"
#include "rtp/units.h"
#include "transports/dtls/dtls_session.h"
#include "transports/endpoint.h"
#include "transports/ice/ice_lite_agent.h"
#include "worker/ids.h"
#include "worker/send_queue.h"
#include "worker/tcp_io.h"
#include "worker/udp_receiver.h"

namespace sluice::worker {

// One encoding of a producer.
struct StreamSnapshot {
  uint8_t encoding = 0;
  std::optional<Ssrc> ssrc;  // nullopt: nothing received yet.
  std::optional<Ssrc> rtx_ssrc;
  uint64_t packets = 0;
  uint64_t bytes = 0;
  int64_t packets_lost = 0;
  uint8_t fraction_lost = 0;  // 1/256
  uint32_t jitter = 0;        // RTP units
  DataRate bitrate;
  std::vector<std::pair<rtp::Layers, DataRate>> layer_bitrates;  // With the layers below. Empty: no layers.
  bool active = false;
  uint8_t score = 0;
  router::ReceiveStreamCounters counters;
};

struct ProducerSnapshot {
  router::ProducerHandle producer;
  bool paused = false;
  std::optional<TimeDelta> round_trip_time;
  std::vector<StreamSnapshot> streams;
};

struct ConsumerSnapshot {
  router::ConsumerHandle consumer;
  bool paused = false;
  router::ConsumerStatistics statistics;
  DataRate bitrate;
  uint8_t score = 0;
  std::optional<uint8_t> current_encoding;
  std::optional<rtp::Layers> target_layers;
  std::optional<rtp::Layers> current_layers;
};

struct DataProducerSnapshot {
  router::DataProducerHandle producer;
  router::DataProducerStatistics statistics;
};

struct DataConsumerSnapshot {
  router::DataConsumerHandle consumer;
  router::DataConsumerStatistics statistics;
  size_t buffered_amount = 0;
};

// What became of a SendData.
struct SentData {
  router::DataSendResult result = router::DataSendResult::kSent;
  size_t buffered_amount = 0;  // Of the consumer, this message included.
};

struct TrafficSnapshot {
  uint64_t bytes = 0;
  DataRate bitrate;
};

struct WebRtcSnapshot {
  transports::IceState ice_state = transports::IceState::kNew;
  transports::DtlsState dtls_state = transports::DtlsState::kNew;
  std::optional<transports::Path> selected_path;
  std::optional<transports::Endpoint> selected_local;
};

// Of a plain or a pipe transport.
struct PlainSnapshot {
  std::optional<transports::Endpoint> rtp_remote;
  std::optional<transports::Endpoint> rtcp_remote;
};

struct DirectSnapshot {};

struct TransportSnapshot {
  router::TransportHandle transport;
  std::variant<WebRtcSnapshot, PlainSnapshot, DirectSnapshot> details;  // Of its kind.
  TrafficSnapshot received;                                             // Everything, as it was on the wire.
  TrafficSnapshot sent;
  TrafficSnapshot rtp_received;  // RTP alone, decrypted.
  TrafficSnapshot rtp_sent;
  TrafficSnapshot rtx_received;  // Of those, by RTX.
  TrafficSnapshot rtx_sent;
  std::optional<double> received_loss;  // Of RTP packets as the last reports say, 0 to 1.
  std::optional<double> sent_loss;
  std::vector<router::ProducerHandle> producers;
  std::vector<router::ConsumerHandle> consumers;
  int64_t transport_feedback_sent = 0;
  int64_t remb_sent = 0;
  std::vector<std::pair<std::string, int64_t>> drops;  // By reason; those that are zero too.
};

// What the worker keeps of packets for those who will ask for them again.
struct HistorySnapshot {
  uint64_t packets = 0;
  uint64_t bytes = 0;
  uint64_t max_bytes = 0;
  uint64_t evicted = 0;  // Packets that had to go before their time.
};

struct WorkerSnapshot {
  uint32_t worker = 0;
  uint64_t transports = 0;
  uint64_t producers = 0;
  uint64_t consumers = 0;
  uint64_t slabs = 0;
  uint64_t peer_packets_dropped = 0;  // A neighbour's mailbox was full.
  uint64_t traces_dropped = 0;
  HistorySnapshot history;
  SendQueue::Stats send;
  UdpReceiver::Stats receive;
  TcpStats tcp;
};

// What one worker did with what arrived on a server's sockets.
struct ServerStats {
  uint64_t datagrams = 0;          // Received here.
  uint64_t forwarded = 0;          // Of these, to transports on other workers.
  uint64_t unknown_fragment = 0;   // Dropped: STUN for no transport of the server.
  uint64_t unknown_path = 0;       // Dropped: not STUN, from where no valid check came.
  uint64_t steered = 0;            // Peers that the kernel was told to deliver elsewhere.
  uint64_t steering_failures = 0;  // Peers for which it had no room.
  uint64_t connections_moved = 0;  // TCP, to transports on other workers.
};

struct WebRtcServerSnapshot {
  WebRtcServerHandle server;
  uint32_t worker = 0;
  ServerStats stats;
  uint64_t transports = 0;             // On this worker.
  uint64_t paths = 0;                  // Claimed by transports, here or elsewhere.
  uint64_t unclaimed_connections = 0;  // TCP, that have not said whose they are.
};

// monostate: the object is gone.
using Snapshot =
    std::variant<std::monostate, TransportSnapshot, ProducerSnapshot, ConsumerSnapshot, DataProducerSnapshot,
                 DataConsumerSnapshot, SentData, WorkerSnapshot, WebRtcServerSnapshot>;

}  // namespace sluice::worker
