// Everything that threads say to each other. Each message is a plain value; handles name objects, and one
// that names nothing (any more) is ignored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "router/active_speaker_observer.h"
#include "router/audio_level_observer.h"
#include "router/audio_selector.h"
#include "router/config.h"
#include "router/data/data_config.h"
#include "router/data/data_message.h"
#include "router/ids.h"
#include "router/packet_sink.h"
#include "router/session_event.h"
#include "router/wanted_layers.h"
#include "rtp/layers.h"
#include "rtp/slab.h"
#include "rtp/units.h"
#include "transports/dtls/dtls_context.h"
#include "transports/dtls/dtls_session.h"
#include "transports/endpoint.h"
#include "transports/ice/ice_lite_agent.h"
#include "transports/plain_transport.h"
#include "transports/sctp/sctp_options.h"
#include "transports/sctp/sctp_stack.h"
#include "worker/capture_queue.h"
#include "worker/ids.h"
#include "worker/snapshots.h"
#include "worker/tcp_socket.h"
#include "worker/udp_socket.h"
#include "worker/udp_steering.h"

namespace sluice::worker {

// --- Control plane → worker -----------------------------------------------------------------------------

using ListenSocket = std::variant<UdpSocket, TcpListenSocket>;

struct CreateWebRtcTransport {
  router::TransportHandle transport;
  WebRtcServerHandle server;          // Whose sockets it uses; none: it has its own.
  std::vector<ListenSocket> sockets;  // Its own. A path's socket is its index here.
  transports::IceLiteAgent::Options ice;
  std::shared_ptr<const transports::DtlsContext> dtls;
  std::optional<transports::SctpOptions> sctp;
  Ssrc rtcp_ssrc;
  uint32_t random_seed = 1;
};
// To every worker, each with its own socket on each of the shared ports.
struct ServerSocket {
  ListenSocket socket;
  std::shared_ptr<UdpSteering> steering;  // Of all workers' sockets on that port, where the kernel has it.
};
struct CreateWebRtcServer {
  WebRtcServerHandle server;
  std::vector<ServerSocket> sockets;  // A path's socket is its index here.
};
// After its transports were closed.
struct CloseWebRtcServer {
  WebRtcServerHandle server;
};
// To every worker, first to the transport's: STUN requests with this fragment are for that transport.
struct AddIceFragment {
  WebRtcServerHandle server;
  std::string fragment;
  uint32_t worker;
  router::TransportHandle transport;
};
struct RemoveIceFragment {
  WebRtcServerHandle server;
  std::string fragment;
};
struct ConnectWebRtcTransport {
  router::TransportHandle transport;
  transports::DtlsRole role;  // Ours.
  std::vector<transports::Fingerprint> fingerprints;
};
struct RestartIce {
  router::TransportHandle transport;
  transports::IceCredentials local;
};
// A plain or a pipe transport.
struct CreatePlainTransport {
  router::TransportHandle transport;
  std::vector<UdpSocket> sockets;  // As PlainTransport numbers them: RTP's and, without rtcp_mux, RTCP's.
  transports::PlainTransport::Options options;
  std::optional<transports::SctpOptions> sctp;
  Ssrc rtcp_ssrc;
  uint32_t random_seed = 1;
};
struct ConnectPlainTransport {
  router::TransportHandle transport;
  transports::PlainTransport::Remote remote;
};
// One end of a pipe within the process; the other end is created by a command of its own.
struct CreateLocalPipe {
  router::TransportHandle transport;
  uint32_t peer_worker = 0;
  router::TransportHandle peer;
  transports::SctpOptions data;  // The limits of data messages.
  Ssrc rtcp_ssrc;
  uint32_t random_seed = 1;
};
// Its peer is the application: see ReceiveRtp, ReceiveRtcp and ProduceData, ConsumedRtp, ConsumedRtcp and
// ConsumedData.
struct CreateDirectTransport {
  router::TransportHandle transport;
  size_t max_send_message_size;  // To data consumers.
  Ssrc rtcp_ssrc;
  uint32_t random_seed = 1;
};
struct ReceiveRtp {
  router::TransportHandle transport;
  std::vector<uint8_t> packet;

  size_t size() const { return packet.size(); }
};
struct ReceiveRtcp {
  router::TransportHandle transport;
  std::vector<uint8_t> packet;

  size_t size() const { return packet.size(); }
};
struct SetMaxIncomingBitrate {
  router::TransportHandle transport;
  DataRate bitrate;  // Infinite(): none.
};
struct CloseTransport {
  router::TransportHandle transport;
};
struct CreateProducer {
  router::TransportHandle transport;
  router::ProducerConfig config;
};
struct SetProducerPaused {
  router::TransportHandle transport;
  router::ProducerHandle producer;
  bool paused;
};
struct CloseProducer {
  router::TransportHandle transport;
  router::ProducerHandle producer;
};
struct CreateConsumer {
  router::TransportHandle transport;
  router::ConsumerConfig config;
  uint32_t producer_worker;  // Where the producer lives.
};
struct SetConsumerPaused {
  router::TransportHandle transport;
  router::ConsumerHandle consumer;
  bool paused;
};
struct SetPreferredLayers {
  router::TransportHandle transport;
  router::ConsumerHandle consumer;
  rtp::Layers layers;
};
// nullopt: nothing is to be sent.
struct SetMaxLayers {
  router::TransportHandle transport;
  router::ConsumerHandle consumer;
  std::optional<rtp::Layers> layers;
};
struct RequestKeyFrame {
  router::TransportHandle transport;
  router::ConsumerHandle consumer;
};
struct CloseConsumer {
  router::TransportHandle transport;
  router::ConsumerHandle consumer;
};
// What of a producer or a consumer, whichever is set, is to be traced.
struct SetTraces {
  router::TransportHandle transport;
  router::ProducerHandle producer;
  router::ConsumerHandle consumer;
  router::TraceKinds kinds;
};
// Of any kind of transport; its packets go into the queue until the capture ends.
struct StartCapture {
  router::TransportHandle transport;
  std::shared_ptr<CaptureQueue> queue;
};
// There may be none.
struct StopCapture {
  router::TransportHandle transport;
};
// Whether the levels of a producer are reported, and to which worker.
struct SetAudioListener {
  router::TransportHandle transport;
  router::ProducerHandle producer;
  std::optional<uint32_t> listener;  // nullopt: nobody listens any more.
  bool prompt = false;               // It hears at once of who begins to speak.
};
// The next ones go to the worker where the observer lives.
struct CreateAudioLevelObserver {
  router::RtpObserverHandle observer;
  router::AudioLevelObserver::Options options;
};
struct CreateActiveSpeakerObserver {
  router::RtpObserverHandle observer;
  router::ActiveSpeakerObserver::Options options;
};
struct CreateAudioSelector {
  router::RtpObserverHandle observer;
  router::AudioSelector::Options options;
};
struct SetRtpObserverPaused {
  router::RtpObserverHandle observer;
  bool paused;
};
struct SetObserved {
  router::RtpObserverHandle observer;
  router::ProducerHandle producer;
  bool observed;
};
struct CloseRtpObserver {
  router::RtpObserverHandle observer;
};

struct CreateDataProducer {
  router::TransportHandle transport;
  router::DataProducerConfig config;
};
struct SetDataProducerPaused {
  router::TransportHandle transport;
  router::DataProducerHandle producer;
  bool paused;
};
struct CloseDataProducer {
  router::TransportHandle transport;
  router::DataProducerHandle producer;
};
// The application is the producer.
struct ProduceData {
  router::TransportHandle transport;
  router::DataProducerHandle producer;
  router::DataMessageRef message;

  size_t size() const { return message->size(); }
};
struct CreateDataConsumer {
  router::TransportHandle transport;
  router::DataConsumerConfig config;
  uint32_t producer_worker;  // Where the data producer lives.
};
struct SetDataConsumerPaused {
  router::TransportHandle transport;
  router::DataConsumerHandle consumer;
  bool paused;
};
struct SetSubchannels {
  router::TransportHandle transport;
  router::DataConsumerHandle consumer;
  router::Subchannels subchannels;
};
struct SetBufferedAmountLowThreshold {
  router::TransportHandle transport;
  router::DataConsumerHandle consumer;
  uint32_t bytes;
};
struct CloseDataConsumer {
  router::TransportHandle transport;
  router::DataConsumerHandle consumer;
};
// To one subscriber, beside what its producer sends; answered by an Answer event with a SentData.
struct SendData {
  uint64_t query;
  router::TransportHandle transport;
  router::DataConsumerHandle consumer;
  router::DataMessageRef message;
};
// Answered by an Answer event with the same number. The first field that is set says what is asked for;
// none: the worker itself.
struct Query {
  uint64_t query = 0;
  router::TransportHandle transport;
  router::ProducerHandle producer;
  router::ConsumerHandle consumer;
  router::DataProducerHandle data_producer;
  router::DataConsumerHandle data_consumer;
  WebRtcServerHandle server;
};
struct StopWorker {};

using Command =
    std::variant<CreateWebRtcServer, CloseWebRtcServer, AddIceFragment, RemoveIceFragment,
                 CreateWebRtcTransport, ConnectWebRtcTransport, RestartIce, CreatePlainTransport,
                 ConnectPlainTransport, CreateLocalPipe, SetMaxIncomingBitrate, CloseTransport,
                 CreateProducer, SetProducerPaused, CloseProducer, CreateConsumer, SetConsumerPaused,
                 SetPreferredLayers, SetMaxLayers, RequestKeyFrame, CloseConsumer, SetTraces, StartCapture,
                 StopCapture, SetAudioListener, CreateAudioLevelObserver, CreateActiveSpeakerObserver,
                 CreateAudioSelector, SetRtpObserverPaused, SetObserved, CloseRtpObserver, CreateDataProducer,
                 SetDataProducerPaused, CloseDataProducer, ProduceData, CreateDataConsumer,
                 SetDataConsumerPaused, SetSubchannels, SetBufferedAmountLowThreshold, CloseDataConsumer,
                 SendData, CreateDirectTransport, ReceiveRtp, ReceiveRtcp, Query, StopWorker>;

// --- Worker → control plane -----------------------------------------------------------------------------

struct IceStateChanged {
  router::TransportHandle transport;
  transports::IceState state;
};
struct SelectedPathChanged {
  router::TransportHandle transport;
  transports::Path path;
  transports::Endpoint local;
};
struct DtlsStateChanged {
  router::TransportHandle transport;
  transports::DtlsState state;
  std::string remote_certificate_pem;
};
// Of a transport with a server: its peer uses the credentials of the last restart; older ones are void.
struct IceRestarted {
  router::TransportHandle transport;
  std::string username_fragment;
};
struct AudioObserved {
  router::RtpObserverHandle observer;
  router::AudioObserver::Output output;
};

struct SctpStateChanged {
  router::TransportHandle transport;
  transports::SctpState state;
  uint16_t outbound_streams = 0;  // Negotiated, with kConnected.
  uint16_t inbound_streams = 0;
};
// The send buffer of a data consumer was full, and a message lost.
struct DataBufferFull {
  router::DataConsumerHandle consumer;
};
struct DataBufferedAmountLow {
  router::DataConsumerHandle consumer;
  uint64_t amount;  // Bytes.
};
// For a data consumer that is the application itself.
struct ConsumedData {
  router::DataConsumerHandle consumer;
  uint32_t ppid;
  rtp::SharedBytes payload;

  size_t size() const { return payload->size(); }
};
// For a consumer on a direct transport.
struct ConsumedRtp {
  router::ConsumerHandle consumer;
  SlabRef packet;

  size_t size() const { return packet->size(); }
};
// For the application as the peer of a direct transport.
struct ConsumedRtcp {
  router::TransportHandle transport;
  SlabRef packet;

  size_t size() const { return packet->size(); }
};
// So much of what the application sent has been handled since the last of these, as ApplicationBacklog
// counts.
struct ApplicationHandled {
  int64_t cost;
};
// A plain transport has found its peer.
struct RemoteLearnt {
  router::TransportHandle transport;
  uint16_t socket;  // As PlainTransport numbers them.
  transports::Endpoint remote;
};
struct Answer {
  uint64_t query;
  Snapshot snapshot;
};

using Event =
    std::variant<IceRestarted, IceStateChanged, SelectedPathChanged, DtlsStateChanged, RemoteLearnt,
                 router::SessionEvent, AudioObserved, SctpStateChanged, DataBufferFull, DataBufferedAmountLow,
                 ConsumedData, ConsumedRtp, ConsumedRtcp, ApplicationHandled, Answer>;

// --- Worker → worker ------------------------------------------------------------------------------------

// Requests are never lost. Most travel up, from a fan-out to its producer's worker.
struct Subscribe {
  router::ProducerHandle producer;
};
struct Unsubscribe {
  router::ProducerHandle producer;
};
struct KeyFrameRequest {
  router::ProducerHandle producer;
  uint8_t encoding;
};
// What the subscribers of the sending worker want of a producer that it has subscribed to.
struct WantLayers {
  router::ProducerHandle producer;
  router::WantedLayers wanted;
};
// To the worker where observers of these producers live.
struct AudioLevelReport {
  std::vector<router::AudioLevels> levels;
};
// Of the loudest of a room, to all workers.
struct AudioSelected {
  router::RtpObserverHandle selector;
  router::AudioObserver::Selection selection;
};
struct SubscribeData {
  router::DataProducerHandle producer;
};
struct UnsubscribeData {
  router::DataProducerHandle producer;
};
struct HoldData {
  router::DataProducerHandle producer;
  bool held;
};
struct DataHandled {
  router::DataProducerHandle producer;
  int64_t bytes;  // Since the last of these.
};
// Data messages travel down, but are not to be lost; DataForwardingTable bounds them.
struct ForwardedData {
  router::DataProducerHandle producer;
  router::DataMessageRef message;
};
// Between the ends of a pipe: a data message, and that one of so many bytes was taken.
struct PipedData {
  router::TransportHandle transport;
  uint16_t stream;
  router::DataMessage message;
};
struct PipedDataTaken {
  router::TransportHandle transport;
  uint16_t stream;
  size_t bytes;
};
// To worker 0, which runs usrsctp's timers: there is an association.
struct SctpStarted {};
// From worker 0: what a timer of usrsctp did to an association.
struct SctpTimerOutput {
  transports::SctpId association;
  std::vector<uint8_t> packet;
};
// The path is the transport's, which lives on the sending worker; or is no more.
struct ClaimPath {
  WebRtcServerHandle server;
  router::TransportHandle transport;
  transports::Path path;
};
struct ReleasePath {
  WebRtcServerHandle server;
  router::TransportHandle transport;
  transports::Path path;
};
// To the transport's worker: a connection that was accepted elsewhere, and all that was read from it.
struct MoveConnection {
  WebRtcServerHandle server;
  router::TransportHandle transport;
  uint16_t socket;  // Where it was accepted.
  TcpSocket connection;
  SlabRef first_packet;
};
using PeerRequest =
    std::variant<ClaimPath, ReleasePath, MoveConnection, Subscribe, Unsubscribe, KeyFrameRequest, WantLayers,
                 AudioLevelReport, AudioSelected, SubscribeData, UnsubscribeData, HoldData, DataHandled,
                 ForwardedData, PipedData, PipedDataTaken, SctpStarted, SctpTimerOutput>;

// Media travels down; when a neighbour does not keep up, packets are dropped as on any network.
struct ForwardedPacket {
  router::ProducerHandle producer;
  SlabRef packet;
};
struct ForwardedSenderReport {
  router::ProducerHandle producer;
  uint8_t encoding;
  router::SenderReportInfo report;
};
// To the transport's worker: what arrived on a server's socket of another.
struct ServerDatagram {
  WebRtcServerHandle server;
  router::TransportHandle transport;
  uint16_t socket;
  bool known;  // The path is claimed by the transport where it arrived.
  transports::Endpoint from;
  SlabRef datagram;
};
// To the other end of a pipe.
struct PipedPacket {
  router::TransportHandle transport;
  SlabRef packet;
  bool rtcp;
};
using PeerMedia = std::variant<PipedPacket, ServerDatagram, ForwardedPacket, ForwardedSenderReport>;

}  // namespace sluice::worker
