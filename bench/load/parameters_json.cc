#include "bench/load/parameters_json.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "bench/load/codec.h"

namespace sluice::load {
namespace {

using nlohmann::json;
using rtp::ExtensionKind;

constexpr const char* kMidUri = "urn:ietf:params:rtp-hdrext:sdes:mid";
constexpr const char* kAbsSendTimeUri = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
constexpr const char* kTransportSequenceUri =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
constexpr const char* kAudioLevelUri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

json VideoFeedback() {
  return {{{"type", "nack"}},
          {{"type", "nack"}, {"parameter", "pli"}},
          {{"type", "ccm"}, {"parameter", "fir"}},
          {{"type", "transport-cc"}}};
}
json AudioFeedback() { return json::array({{{"type", "transport-cc"}}}); }

json VideoCodec(const char* number) {
  return {{"mimeType", "video/VP8"},
          {"clockRate", 90'000},
          {number, kVp8.value()},
          {"parameters", json::object()},
          {"rtcpFeedback", VideoFeedback()}};
}
json RtxCodec(const char* number) {
  return {{"mimeType", "video/rtx"},
          {"clockRate", 90'000},
          {number, kVp8Rtx.value()},
          {"parameters", {{"apt", kVp8.value()}}},
          {"rtcpFeedback", json::array()}};
}
json AudioCodec(const char* number) {
  return {{"mimeType", "audio/opus"},
          {"clockRate", 48'000},
          {"channels", 2},
          {number, kOpus.value()},
          {"parameters", {{"minptime", 10}, {"useinbandfec", 1}}},
          {"rtcpFeedback", AudioFeedback()}};
}

json Extension(const char* uri, uint8_t id) { return {{"uri", uri}, {"id", id}}; }
json Capability(const char* kind, const char* uri, uint8_t id) {
  return {{"kind", kind}, {"uri", uri}, {"preferredId", id}};
}

// nlohmann throws where a field is missing or of another type; here that is an error with its words.
template <typename T, typename Read>
absl::StatusOr<T> Reading(const char* what, Read&& read) {
  try {
    return read();
  } catch (const json::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(what, ": ", error.what()));
  }
}

bool HasFeedback(const json& codec, const std::string& type, const std::string& parameter) {
  for (const json& feedback : codec.value("rtcpFeedback", json::array())) {
    if (feedback.at("type") == type && feedback.value("parameter", "") == parameter) return true;
  }
  return false;
}

std::vector<transports::Fingerprint> ReadFingerprints(const json& dtls) {
  std::vector<transports::Fingerprint> fingerprints;
  for (const json& fingerprint : dtls.at("fingerprints")) {
    auto parsed = transports::ParseFingerprint(fingerprint.at("algorithm").get<std::string>(),
                                               fingerprint.at("value").get<std::string>());
    if (parsed) fingerprints.push_back(*std::move(parsed));
  }
  return fingerprints;
}

}  // namespace

json RtpParametersJson(const StreamPlan& stream) {
  const bool video = stream.kind == MediaKind::kVideo;
  json codecs = json::array({video ? VideoCodec("payloadType") : AudioCodec("payloadType")});
  if (video) codecs.push_back(RtxCodec("payloadType"));
  json extensions = {Extension(kMidUri, kMidId), Extension(kAbsSendTimeUri, kAbsSendTimeId),
                     Extension(kTransportSequenceUri, kTransportSequenceNumberId)};
  if (!video) extensions.push_back(Extension(kAudioLevelUri, kAudioLevelId));
  json encodings = json::array();
  for (const StreamPlan::Encoding& encoding : stream.encodings) {
    json made = {{"ssrc", encoding.ssrc.value()}};
    if (encoding.rtx_ssrc) made["rtx"] = {{"ssrc", encoding.rtx_ssrc->value()}};
    encodings.push_back(std::move(made));
  }
  return {{"mid", stream.mid},
          {"codecs", std::move(codecs)},
          {"headerExtensions", std::move(extensions)},
          {"encodings", std::move(encodings)},
          {"rtcp", {{"cname", stream.cname}, {"reducedSize", true}}}};
}

json ClientRtpCapabilities() {
  json audio = AudioCodec("preferredPayloadType"), video = VideoCodec("preferredPayloadType"),
       rtx = RtxCodec("preferredPayloadType");
  audio["kind"] = "audio";
  video["kind"] = rtx["kind"] = "video";
  return {{"codecs", {audio, video, rtx}},
          {"headerExtensions",
           {Capability("audio", kMidUri, kMidId), Capability("video", kMidUri, kMidId),
            Capability("audio", kAbsSendTimeUri, kAbsSendTimeId),
            Capability("video", kAbsSendTimeUri, kAbsSendTimeId),
            Capability("audio", kTransportSequenceUri, kTransportSequenceNumberId),
            Capability("video", kTransportSequenceUri, kTransportSequenceNumberId),
            Capability("audio", kAudioLevelUri, kAudioLevelId)}}};
}

json RoomMediaCodecs() {
  json audio = AudioCodec("preferredPayloadType"), video = VideoCodec("preferredPayloadType");
  audio["kind"] = "audio";
  video["kind"] = "video";
  return {audio, video};
}

json DtlsParametersJson(const std::vector<transports::Fingerprint>& ours) {
  json fingerprints = json::array();
  for (const auto& [algorithm, value] : ours) {
    if (algorithm == "sha-256") fingerprints.push_back({{"algorithm", algorithm}, {"value", value}});
  }
  return {{"role", "client"}, {"fingerprints", std::move(fingerprints)}};
}

absl::StatusOr<ConnectionParameters> ReadConnection(const json& json) {
  return Reading<ConnectionParameters>("connection", [&]() -> absl::StatusOr<ConnectionParameters> {
    ConnectionParameters made{
        .id = json.at("id"), .peer = json.at("peerId"), .sends = json.value("sends", false)};
    auto address = transports::IpAddress::Parse(json.at("ip").get<std::string>());
    if (!address) return absl::InvalidArgumentError("connection: ip is not an IP address");
    made.server = {*address, json.at("port").get<uint16_t>()};
    made.secure = json.contains("iceParameters");
    if (!made.secure) return made;
    made.ice = {.username_fragment = json["iceParameters"].at("usernameFragment"),
                .password = json["iceParameters"].at("password")};
    made.fingerprints = ReadFingerprints(json.at("dtlsParameters"));
    if (made.fingerprints.empty())
      return absl::InvalidArgumentError("connection: no fingerprint that is known");
    made.role = json["dtlsParameters"].value("role", "auto") == "client" ? transports::DtlsRole::kServer
                                                                         : transports::DtlsRole::kClient;
    return made;
  });
}

absl::StatusOr<IncomingParameters> ReadIncoming(const json& json) {
  return Reading<IncomingParameters>("receive", [&]() -> absl::StatusOr<IncomingParameters> {
    const auto& rtp = json.at("rtpParameters");
    const auto& codec = rtp.at("codecs").at(0);
    const auto& encoding = rtp.at("encodings").at(0);
    IncomingParameters made{.connection = json.at("connectionId"), .stream = json.at("streamId")};
    made.clock_rate = codec.at("clockRate");
    made.kind = codec.at("mimeType").get<std::string>().substr(0, 5) == "video" ? MediaKind::kVideo
                                                                                : MediaKind::kAudio;
    made.ssrc = Ssrc(encoding.at("ssrc").get<uint32_t>());
    if (encoding.contains("rtx")) made.rtx_ssrc = Ssrc(encoding["rtx"].at("ssrc").get<uint32_t>());
    for (const auto& extension : rtp.value("headerExtensions", nlohmann::json::array())) {
      if (auto kind = rtp::ExtensionKindOf(extension.at("uri").get<std::string>())) {
        made.extensions.Register(*kind, extension.at("id").get<uint8_t>());
      }
    }
    made.nack = HasFeedback(codec, "nack", "");
    made.pli = HasFeedback(codec, "nack", "pli");
    made.transport_cc = HasFeedback(codec, "transport-cc", "") &&
                        made.extensions.Has(ExtensionKind::kTransportSequenceNumber);
    return made;
  });
}

absl::StatusOr<Joined> ReadJoined(const json& json) {
  return Reading<Joined>("join", [&]() -> absl::StatusOr<Joined> {
    Joined joined;
    for (const auto& connection : json.at("connections")) {
      auto read = ReadConnection(connection);
      if (!read.ok()) return read.status();
      joined.connections.push_back(*std::move(read));
    }
    for (const auto& incoming : json.value("receive", nlohmann::json::array())) {
      auto read = ReadIncoming(incoming);
      if (!read.ok()) return read.status();
      joined.receive.push_back(*std::move(read));
    }
    return joined;
  });
}

}  // namespace sluice::load
