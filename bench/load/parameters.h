// What both sides of a transport have agreed on, in the terms of those who send and receive: read from an
// SFU's JSON (parameters_json.h), used by clients.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/video_shape.h"
#include "router/config.h"
#include "rtp/header_extension.h"
#include "rtp/ids.h"
#include "transports/dtls/dtls_session.h"
#include "transports/dtls/fingerprint.h"
#include "transports/endpoint.h"
#include "transports/ice/ice_lite_agent.h"

namespace sluice::load {

using router::MediaKind;

// What a peer publishes: one stream, or several of a simulcast video.
struct StreamPlan {
  struct Encoding {
    Ssrc ssrc;
    std::optional<Ssrc> rtx_ssrc;
    VideoShapeOptions shape;  // Video only.
  };
  std::string id;
  MediaKind kind = MediaKind::kVideo;
  std::string mid;
  std::string cname;
  size_t audio_payload_size = 100;
  std::vector<Encoding> encodings;
};

struct PeerPlan {
  std::string id;
  std::vector<StreamPlan> publish;
  bool subscribe = false;  // To all that others publish.
};

// One transport of the server, with what it takes to connect to it.
struct ConnectionParameters {
  std::string id;
  std::string peer;
  bool sends = false;  // The peer's own streams go here.
  bool secure = true;  // Otherwise plain RTP.
  transports::Endpoint server;
  transports::IceCredentials ice;
  std::vector<transports::Fingerprint> fingerprints;
  transports::DtlsRole role = transports::DtlsRole::kClient;  // Ours.
};

// A stream that a connection will receive.
struct IncomingParameters {
  std::string connection;
  std::string stream;  // The StreamPlan's id.
  MediaKind kind = MediaKind::kVideo;
  uint32_t clock_rate = 90'000;
  Ssrc ssrc;
  std::optional<Ssrc> rtx_ssrc;
  rtp::ExtensionMap extensions;
  bool nack = false;
  bool pli = false;
  bool transport_cc = false;
};

// What came of a peer's joining, for it and for those who were there.
struct Joined {
  std::vector<ConnectionParameters> connections;
  std::vector<IncomingParameters> receive;
};

}  // namespace sluice::load
