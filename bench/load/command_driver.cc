#include "bench/load/command_driver.h"

#include <utility>

#include "absl/status/status.h"
#include "bench/load/parameters_json.h"

namespace sluice::load {

using nlohmann::json;

absl::StatusOr<std::unique_ptr<CommandDriver>> CommandDriver::Start(
    const std::string& command, const std::vector<transports::Fingerprint>& fingerprints) {
  absl::StatusOr<RpcChild> child = RpcChild::Start({"/bin/sh", "-c", "exec " + command});
  if (!child.ok()) return child.status();
  std::unique_ptr<CommandDriver> driver(new CommandDriver(*std::move(child)));
  auto started = driver->child_.Call(
      "start", {{"dtlsParameters", DtlsParametersJson(fingerprints)}, {"mediaCodecs", RoomMediaCodecs()}});
  if (!started.ok()) return started.status();
  if (!started->is_object() || !started->value("pid", json()).is_number_integer()) {
    return absl::InvalidArgumentError("the driver's answer to start has no pid");
  }
  driver->server_pid_ = (*started)["pid"];
  return driver;
}

absl::StatusOr<Joined> CommandDriver::Join(const PeerPlan& peer) {
  json publish = json::array();
  for (const StreamPlan& stream : peer.publish) {
    publish.push_back({{"id", stream.id},
                       {"kind", stream.kind == MediaKind::kVideo ? "video" : "audio"},
                       {"rtpParameters", RtpParametersJson(stream)}});
  }
  auto joined = child_.Call("join", {{"peerId", peer.id},
                                     {"publish", std::move(publish)},
                                     {"subscribe", peer.subscribe},
                                     {"rtpCapabilities", ClientRtpCapabilities()}});
  return joined.ok() ? ReadJoined(*joined) : joined.status();
}

absl::Status CommandDriver::Leave(const std::string& peer) {
  return child_.Call("leave", {{"peerId", peer}}).status();
}

}  // namespace sluice::load
