// The control plane's objects: what a client created, by id, with what was negotiated. They hold no media;
// each names its counterpart on a worker by a handle.
//
// Thread: control. Owned by the Graph; pointers between them are valid while both exist, which the Graph
// sees to by closing children first.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "api/ortc/consumer_parameters.h"
#include "api/ortc/producer_parameters.h"
#include "api/ortc/rtp_capabilities.h"
#include "api/ortc/rtp_parameters.h"
#include "router/active_speaker_observer.h"
#include "router/audio_level_observer.h"
#include "router/data/data_config.h"
#include "router/ids.h"
#include "router/session_event.h"
#include "router/trace.h"
#include "router/wanted_layers.h"
#include "rtp/data_message.h"
#include "transports/dtls/dtls_session.h"
#include "transports/endpoint.h"
#include "transports/ice/ice_lite_agent.h"
#include "transports/sctp/sctp_options.h"
#include "transports/srtp/srtp_profile.h"
#include "worker/ids.h"

namespace sluice::api {

struct Router;
struct Transport;
struct Producer;
struct Consumer;
struct RtpObserver;
struct DataProducer;
struct DataConsumer;

struct Router {
  std::string id;
  RtpCapabilities capabilities;
  uint32_t audio_worker = 0;  // Where its observers live.
  // Forwards so many of its audio producers, the loudest, to each subscriber. nullopt: all.
  std::optional<uint16_t> max_speakers;
  router::RtpObserverHandle audio_selector;  // Chooses them.
  std::map<std::string, Transport*> transports;
  std::map<std::string, Producer*> producers;
  std::map<std::string, RtpObserver*> observers;
  std::map<std::string, DataProducer*> data_producers;
};

struct IceCandidate {
  std::string foundation;
  uint32_t priority = 0;
  std::string address;  // IP address or host name, as announced.
  uint16_t port = 0;
  transports::Protocol protocol = transports::Protocol::kUdp;
};

// One local socket: where it is bound, and what clients are told.
struct ListenAddress {
  transports::Protocol protocol = transports::Protocol::kUdp;
  transports::Endpoint local;
  std::string announced;         // Empty: the local address.
  bool expose_internal = false;  // Clients are told the local address too.
};

// Ports that many transports share, on all workers.
struct WebRtcServer {
  std::string id;
  worker::WebRtcServerHandle handle;
  std::vector<ListenAddress> listening;
  bool steered = false;  // The kernel delivers each peer's datagrams to its transport's worker.
  std::map<std::string, Transport*> transports;
};

// The SCTP association of a transport that has one.
struct SctpDetails {
  transports::SctpOptions options;
  transports::SctpState state = transports::SctpState::kNew;
  uint16_t outbound_streams = 0;  // Negotiated; 0 before.
  uint16_t inbound_streams = 0;
  uint16_t next_stream = 0;
};

// What a kind of transport has besides.
struct WebRtcDetails {
  WebRtcServer* server = nullptr;        // Whose ports it uses; nullptr: it has its own.
  std::vector<ListenAddress> listening;  // A path's socket is its index here.
  std::vector<IceCandidate> candidates;
  transports::IceCredentials ice;
  // With a server: those by which the peer may still call the transport, the latest last.
  std::vector<std::string> username_fragments;
  transports::IceState ice_state = transports::IceState::kNew;
  std::optional<transports::Path> selected_path;
  transports::DtlsState dtls_state = transports::DtlsState::kNew;
  std::optional<transports::DtlsRole> dtls_role;  // Ours, since connect.
  std::string dtls_remote_certificate;            // PEM, once connected.
};

// SRTP keys as signalling carries them: of one direction, by who sends with them.
struct SrtpParameters {
  transports::SrtpProfile profile = transports::SrtpProfile::kAesCm128HmacSha1_80;
  std::vector<uint8_t> key_and_salt;
};

struct PlainDetails {
  ListenAddress listening;
  std::optional<ListenAddress> rtcp_listening;  // Absent: RTCP is on the same socket.
  bool comedia = false;
  bool connected = false;              // connect was called.
  std::optional<SrtpParameters> srtp;  // Ours; absent: no SRTP.
  std::optional<transports::Endpoint> remote;
  std::optional<transports::Endpoint> rtcp_remote;
};

// To another router.
struct PipeDetails {
  bool local = false;       // Within the process: there are no sockets.
  ListenAddress listening;  // Local: the loopback address and no port.
  bool rtx = false;
  std::optional<SrtpParameters> srtp;          // Ours; absent: no SRTP.
  std::optional<transports::Endpoint> remote;  // Since connect.
};

// The application is its peer.
struct DirectDetails {
  uint32_t max_send_message_size = 262'144;  // Bytes; to data consumers.
  uint32_t max_receive_message_size = 262'144;
};

struct Transport {
  std::string id;
  Router* router = nullptr;
  router::TransportHandle handle;
  uint32_t worker = 0;
  std::variant<WebRtcDetails, PlainDetails, PipeDetails, DirectDetails> details;

  std::optional<uint64_t> max_incoming_bitrate;  // bit/s
  std::map<std::string, Producer*> producers;
  std::map<std::string, Consumer*> consumers;
  std::string cname;  // Of all its producers; empty before the first.
  uint32_t next_mid = 0;
  std::optional<SctpDetails> sctp;
  std::map<std::string, DataProducer*> data_producers;
  std::map<std::string, DataConsumer*> data_consumers;

  // Data messages pass between it and the application, without SCTP.
  bool carries_data_directly() const { return std::holds_alternative<DirectDetails>(details); }

  // nullptr: a transport of another kind.
  template <typename Details>
  Details* As() {
    return std::get_if<Details>(&details);
  }
  template <typename Details>
  const Details* As() const {
    return std::get_if<Details>(&details);
  }
};

struct Producer {
  std::string id;
  Transport* transport = nullptr;
  router::ProducerHandle handle;
  MediaKind kind = MediaKind::kVideo;
  ProducerParameters parameters;
  bool paused = false;
  router::TraceKinds traces;
  std::vector<router::ProducerScored::Stream> scores;  // As last told.
  router::WantedLayers wanted;                         // As last told.
  std::map<std::string, Consumer*> consumers;
  std::map<std::string, RtpObserver*> observers;

  // Its router chooses when it is forwarded: audio that says how loud it is, where not all is forwarded.
  bool is_selectable() const;
};

struct Consumer {
  std::string id;
  Transport* transport = nullptr;
  Producer* producer = nullptr;
  router::ConsumerHandle handle;
  RtpParameters rtp_parameters;
  bool pipe = false;  // Takes all encodings, each by a counterpart of its own on the worker.
  std::vector<router::ConsumerHandle> pipe_handles;  // Of the encodings after the first, whose is `handle`.
  bool paused = false;
  std::optional<rtp::Layers> preferred_layers;  // Where there are some to choose from.
  std::optional<rtp::Layers> current_layers;    // Of those that there are to choose from.
  uint8_t priority = 1;
  router::TraceKinds traces;
  uint8_t score = 10;         // Of its own stream.
  nlohmann::json told_score;  // With the producer's, as clients know it.

  // For each counterpart on the worker.
  template <typename Handler>
  void ForEachHandle(Handler&& handle_one) const {
    handle_one(handle);
    for (router::ConsumerHandle other : pipe_handles) handle_one(other);
  }
};

struct RtpObserver {
  std::string id;
  Router* router = nullptr;
  router::RtpObserverHandle handle;
  std::variant<router::AudioLevelObserver::Options, router::ActiveSpeakerObserver::Options> options;
  bool paused = false;
  std::map<std::string, Producer*> producers;
};

// How a data channel is carried by SCTP.
struct SctpStreamParameters {
  uint16_t stream = 0;
  rtp::DataReliability reliability;
};

struct DataProducer {
  std::string id;
  Transport* transport = nullptr;
  router::DataProducerHandle handle;
  std::optional<SctpStreamParameters> sctp;  // Absent: the application is the producer.
  std::string label;
  std::string protocol;
  bool paused = false;
  std::map<std::string, DataConsumer*> consumers;
};

struct DataConsumer {
  std::string id;
  Transport* transport = nullptr;
  DataProducer* producer = nullptr;
  router::DataConsumerHandle handle;
  std::optional<SctpStreamParameters> sctp;  // Absent: the application is the consumer.
  bool paused = false;
  router::Subchannels subchannels;
  uint32_t low_threshold = 0;  // Of the buffered amount, bytes.
};

}  // namespace sluice::api
