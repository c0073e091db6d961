// Arbitrary bytes in arbitrary chunks as the control stream: split, parsed, and read as the parameters of
// every kind of request that negotiates. Whatever comes, the answers are single lines of JSON.
//
// The first byte chooses the limits and the sizes of the chunks; the rest is the stream.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "api/json_rpc/json_reader.h"
#include "api/json_rpc/line_splitter.h"
#include "api/json_rpc/message.h"
#include "api/ortc/consumer_parameters.h"
#include "api/ortc/producer_parameters.h"
#include "api/ortc/router_capabilities.h"
#include "api/ortc/rtp_capabilities_json.h"
#include "api/ortc/rtp_parameters_json.h"
#include "api/ortc/supported_capabilities.h"

namespace sluice::api {
namespace {

using nlohmann::json;

void Check(bool holds) {
  if (!holds) std::abort();
}

// A router with every codec whose payload type can be chosen, a producer and a consumer of the request's.
Outcome Negotiate(ObjectReader& params, MediaKind kind) {
  std::vector<RtpCodecCapability> codecs = ReadRtpCodecCapabilities(params, "mediaCodecs");
  RtpParameters sent = ReadRtpParameters(params.RequiredObject("rtpParameters", Fields::kOpen));
  RtpCapabilities client = ReadRtpCapabilities(params.RequiredObject("rtpCapabilities", Fields::kOpen));
  bool enable_rtx = params.OptionalBool("enableRtx", true);
  params.Finish();
  if (params.error()) return *params.error();

  Result<RtpCapabilities> router = MakeRouterCapabilities(codecs);
  if (!router.ok()) return router.error();
  Result<ProducerParameters> producer =
      NegotiateProducer(kind, std::move(sent), *router, Ssrc(UINT32_MAX - 1));
  if (!producer.ok()) return producer.error();
  bool can_consume = CanConsume(producer->consumable, client);
  Result<RtpParameters> consumer =
      NegotiateConsumer(producer->consumable, client, {enable_rtx, "0", Ssrc(UINT32_MAX)});
  Check(consumer.ok() == can_consume);
  if (!consumer.ok()) return consumer.error();
  Check(consumer->encodings.size() == 1 && consumer->FirstMediaCodec() != nullptr);
  return json{{"router", ToJson(*router)},
              {"mapping", ToJson(producer->rtp_mapping)},
              {"producer", ToJson(producer->rtp_parameters)},
              {"consumer", ToJson(*consumer)}};
}

// What was read is written so that it reads the same again.
Outcome RoundTrip(ObjectReader& params) {
  RtpCapabilities client = ReadRtpCapabilities(params.RequiredObject("rtpCapabilities", Fields::kOpen));
  if (params.error()) return *params.error();
  json written = ToJson(client);
  ObjectReader reader(written, "again");
  Check(ReadRtpCapabilities(ObjectReader(written, "again", Fields::kOpen)) == client && reader.ok());
  return written;
}

// Every reading function on every field, in the order of the object.
Outcome ReadEverything(const json& value, std::string_view path) {
  ObjectReader reader(value, std::string(path));
  for (const auto& [name, member] : value.items()) {
    ObjectReader again(value, std::string(path), Fields::kOpen);
    again.OptionalUintOr<uint16_t>(name, 7, 1, 9);
    ObjectReader(value, "p").OptionalNumber(name, -1, 1);
    ObjectReader(value, "p").OptionalStrings(name, {0, 3}, {1, 5});
    ObjectReader(value, "p").RequiredChoice<int>(name, {{"udp", 1}, {"tcp", 2}});
    if (member.is_object()) ReadEverything(member, reader.PathOf(name));
    for (ObjectReader& element : again.OptionalObjects(name)) element.RequiredString("id", kIdLength);
    reader.OptionalBool(name);
  }
  reader.Finish();
  if (reader.error()) return *reader.error();
  return json::object();
}

Outcome Execute(const Request& request) {
  ObjectReader params(request.params, "params");
  if (request.method == "audio") return Negotiate(params, MediaKind::kAudio);
  if (request.method == "video") return Negotiate(params, MediaKind::kVideo);
  if (request.method == "roundTrip") return RoundTrip(params);
  if (request.method == "read") return ReadEverything(request.params, "params");
  return RpcError::UnknownMethod(request.method);
}

void CheckAnswer(const std::string& line) {
  if (line.empty()) return;
  Check(line.find('\n') == line.size() - 1);
  json answer = json::parse(line, nullptr, false);
  Check(answer.is_object() || (answer.is_array() && !answer.empty()));
  for (const json& one : answer.is_array() ? answer : json::array({answer})) {
    Check(one.at("jsonrpc") == "2.0" && one.contains("id"));
    Check(one.contains("result") != one.contains("error"));
  }
}

}  // namespace
}  // namespace sluice::api

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::api;
  if (size == 0) return 0;
  size_t chunk_size = 1 + data[0] % 64;
  size_t max_line = data[0] >= 128 ? 256 : 64 << 10;
  std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);

  LineSplitter splitter(max_line);
  auto on_line = [&](std::optional<std::string_view> line) {
    Check(!line || line->size() <= max_line);
    CheckAnswer(line ? AnswerLine(*line, Execute) : ToLine(RpcError::LineTooLong(max_line)));
  };
  for (; !stream.empty(); stream.remove_prefix(std::min(chunk_size, stream.size()))) {
    splitter.Feed(stream.substr(0, chunk_size), on_line);
    Check(splitter.buffered_bytes() <= max_line);
  }
  splitter.Finish(on_line);
  return 0;
}
