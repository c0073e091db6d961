#include "bench/load/sluice_driver.h"

#include <utility>

#include "bench/load/parameters_json.h"

namespace sluice::load {

using nlohmann::json;

namespace {
constexpr const char* kRoom = "room";
std::string ReceiverOf(const std::string& peer) { return peer + "-down"; }
std::string SenderOf(const std::string& peer) { return peer + "-up"; }
}  // namespace

absl::StatusOr<std::unique_ptr<SluiceDriver>> SluiceDriver::Start(Options options) {
  absl::StatusOr<RpcChild> sluice = RpcChild::Start(options.command);
  if (!sluice.ok()) return sluice.status();
  std::unique_ptr<SluiceDriver> driver(new SluiceDriver(std::move(options), *std::move(sluice)));
  auto room =
      driver->sluice_.Call("router.create", {{"routerId", kRoom}, {"mediaCodecs", RoomMediaCodecs()}});
  if (!room.ok()) return room.status();
  return driver;
}

absl::StatusOr<Joined> SluiceDriver::Join(const PeerPlan& peer) {
  Joined joined;
  Peer& known = peers_[peer.id];
  known.subscribes = peer.subscribe;
  for (bool sends : {true, false}) {
    if (sends ? peer.publish.empty() : !peer.subscribe) continue;
    auto made = MakeTransport(peer, sends ? SenderOf(peer.id) : ReceiverOf(peer.id), sends);
    if (!made.ok()) return made.status();
    known.transports.push_back(made->id);
    joined.connections.push_back(*std::move(made));
  }
  for (const StreamPlan& stream : peer.publish) {
    if (absl::Status status = Produce(SenderOf(peer.id), stream); !status.ok()) return status;
    known.streams.push_back(stream.id);
  }
  for (const auto& [id, other] : peers_) {
    if (id == peer.id) continue;
    for (const std::string& stream : other.streams) {
      if (!peer.subscribe) break;
      if (absl::Status status = Consume(ReceiverOf(peer.id), stream, &joined); !status.ok()) return status;
    }
    for (const StreamPlan& stream : peer.publish) {
      if (!other.subscribes) break;
      if (absl::Status status = Consume(ReceiverOf(id), stream.id, &joined); !status.ok()) return status;
    }
  }
  return joined;
}

absl::StatusOr<ConnectionParameters> SluiceDriver::MakeTransport(const PeerPlan& peer, const std::string& id,
                                                                 bool sends) {
  auto made = sluice_.Call("webRtcTransport.create",
                           {{"routerId", kRoom},
                            {"transportId", id},
                            {"listenInfos", {{{"protocol", "udp"}, {"ip", options_.listen_ip}}}}});
  if (!made.ok()) return made.status();
  json connection = {{"id", id},
                     {"peerId", peer.id},
                     {"sends", sends},
                     {"ip", (*made)["iceCandidates"][0]["address"]},
                     {"port", (*made)["iceCandidates"][0]["port"]},
                     {"iceParameters", (*made)["iceParameters"]},
                     {"dtlsParameters", (*made)["dtlsParameters"]}};
  auto connected =
      sluice_.Call("webRtcTransport.connect",
                   {{"transportId", id}, {"dtlsParameters", DtlsParametersJson(options_.fingerprints)}});
  if (!connected.ok()) return connected.status();
  return ReadConnection(connection);
}

absl::Status SluiceDriver::Produce(const std::string& transport, const StreamPlan& stream) {
  return sluice_
      .Call("producer.create", {{"transportId", transport},
                                {"producerId", stream.id},
                                {"kind", stream.kind == MediaKind::kVideo ? "video" : "audio"},
                                {"rtpParameters", RtpParametersJson(stream)}})
      .status();
}

absl::Status SluiceDriver::Consume(const std::string& transport, const std::string& stream, Joined* joined) {
  auto made = sluice_.Call(
      "consumer.create",
      {{"transportId", transport}, {"producerId", stream}, {"rtpCapabilities", ClientRtpCapabilities()}});
  if (!made.ok()) return made.status();
  auto incoming = ReadIncoming(
      {{"connectionId", transport}, {"streamId", stream}, {"rtpParameters", (*made)["rtpParameters"]}});
  if (!incoming.ok()) return incoming.status();
  joined->receive.push_back(*std::move(incoming));
  return absl::OkStatus();
}

absl::Status SluiceDriver::Leave(const std::string& peer) {
  auto known = peers_.extract(peer);
  if (!known) return absl::NotFoundError(peer);
  for (const std::string& transport : known.mapped().transports) {
    auto closed = sluice_.Call("transport.close", {{"transportId", transport}});
    if (!closed.ok()) return closed.status();
  }
  return absl::OkStatus();
}

json SluiceDriver::Describe() {
  auto dump = sluice_.Call("worker.dump", json::object());
  return dump.ok() ? (*dump)["workers"] : json();
}

}  // namespace sluice::load
