// api/openrpc.json against the control plane, in both directions: what is documented is so, and what is so
// is documented.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/base64.h"
#include "tests/api/api_document.h"
#include "tests/api/control_client.h"
#include "tests/api/schema_probes.h"
#include "tests/api/source_text.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using ::testing::UnorderedElementsAreArray;

const ApiDocument& Document() { return ApiDocument::Get(); }

TEST(OpenRpcTest, MethodsAreThoseOfTheDispatcher) {
  ControlClient client;
  EXPECT_THAT(Document().MethodNames(), UnorderedElementsAreArray(client.control().dispatcher().methods()));
}

TEST(OpenRpcTest, NotificationsAreThoseThatAreSent) {
  std::set<std::string> documented;
  for (const json& notification : Document().json()["x-notifications"]) {
    documented.insert(notification["name"].get<std::string>());
  }
  // Notify("a", …) and Notify(condition ? "a" : "b", …); PacketNotify("a", …)
  std::set<std::string> sent = FindInSources("api", R"re(Notify\(\s*"([\w.]+)")re");
  sent.merge(FindInSources("api", R"re(Notify\([^";]*\?\s*"([\w.]+)")re"));
  sent.merge(FindInSources("api", R"re(Notify\([^";]*\?\s*"[\w.]+"\s*:\s*"([\w.]+)")re"));
  EXPECT_EQ(documented, sent);
}

TEST(OpenRpcTest, ErrorsAreThoseOfRpcError) {
  std::map<std::string, int> codes;
  for (const RpcError& error :
       {RpcError::ParseError(), RpcError::LineTooLong(1), RpcError::TooManyValues(1), RpcError::TooDeep(1),
        RpcError::InvalidRequest("x"), RpcError::UnknownMethod("x"), RpcError::MissingField("x"),
        RpcError::UnknownField("x"), RpcError::WrongType("x", "y"), RpcError::InvalidValue("x", "y"),
        RpcError::DuplicateId("x", "y"), RpcError::ExclusiveFields("x", "y"), RpcError::NotFound("x", "y"),
        RpcError::InvalidState("x"), RpcError::Unsupported("x"), RpcError::ResourceUnavailable("x"),
        RpcError::Internal("x")}) {
    codes[error.reason] = error.code;
  }
  std::map<std::string, int> documented;
  for (const auto& [name, error] : Document().json()["components"]["errors"].items()) {
    EXPECT_EQ(error["data"]["reason"], name);
    documented[name] = error["code"];
  }
  EXPECT_EQ(documented, codes);
}

TEST(OpenRpcTest, VersionIsTheProgram) { EXPECT_EQ(Document().json()["info"]["version"], SLUICE_VERSION); }

// Names that handlers read anywhere, and names that the document has anywhere.
const std::set<std::string>& AllFieldNames() {
  static const std::set<std::string> all = [] {
    constexpr char kRead[] =
        R"re((?:Required|Optional|ReadNewId|ReadObject)\w*(?:<[\w:]*>)?\([^";]*"(\w+)")re";
    std::set<std::string> names = FindInSources("api", kRead);
    EXPECT_THAT(names, ::testing::IsSupersetOf({"routerId", "listenInfos", "ipv6Only", "temporalLayer"}));
    for (const auto& [name, schema] : Document().json()["components"]["schemas"].items()) {
      if (!schema.contains("properties")) continue;
      for (const auto& [property, unused] : schema["properties"].items()) names.insert(property);
    }
    for (const json& method : Document().json()["methods"]) {
      for (const json& param : method["params"]) names.insert(param["name"].get<std::string>());
    }
    return names;
  }();
  return all;
}

json Srtp(const char* suite, size_t length) {
  return {{"cryptoSuite", suite}, {"keyBase64", EncodeBase64(std::vector<uint8_t>(length))}};
}

// Refusals that no schema tells.
struct Special {
  const char* method;
  std::vector<std::pair<std::string, json>> changes;  // JSON pointers into the example.
  Refusal refusal;
};

const std::vector<Special>& Specials() {
  static const std::vector<Special> specials = {
      {"router.create",
       {{"/mediaCodecs/0/mimeType", "audio/none"}},
       {"unsupported", "params.mediaCodecs[0]"}},
      {"webRtcTransport.create",
       {{"/listenInfos/0/port", 5000}},
       {"exclusive_fields", "params.listenInfos[0].portRange"}},
      {"webRtcTransport.create",
       {{"/listenInfos/0/announcedIp", "192.0.2.2"}},
       {"exclusive_fields", "params.listenInfos[0].announcedIp"}},
      {"webRtcTransport.create", {{"/enableTcp", true}}, {"exclusive_fields", "params.enableTcp"}},
      {"webRtcTransport.create",
       {{"/webRtcServerId", "webRtcServer-1"}},
       {"exclusive_fields", "params.webRtcServerId"}},
      {"webRtcServer.create",
       {{"/listenInfos/0/port", 5000}},
       {"exclusive_fields", "params.listenInfos[0].portRange"}},
      {"webRtcServer.create",
       {{"/listenInfos/0/announcedIp", "192.0.2.2"}},
       {"exclusive_fields", "params.listenInfos[0].announcedIp"}},
      {"webRtcServer.create",
       {{"/listenInfos/1/ip", "203.0.113.1"}},
       {"resource_unavailable", "params.listenInfos[1].ip"}},
      {"webRtcTransport.create",
       {{"/listenInfos/0/ip", "203.0.113.1"}},
       {"resource_unavailable", "params.listenInfos[0].ip"}},
      {"webRtcTransport.create",
       {{"/listenInfos/0/ip", "localhost"}},
       {"invalid_value", "params.listenInfos[0].ip"}},
      {"webRtcTransport.connect",
       {{"/dtlsParameters/fingerprints/0/algorithm", "sha-7"}},
       {"invalid_value", "params.dtlsParameters.fingerprints"}},
      {"webRtcTransport.connect",
       {{"/dtlsParameters/fingerprints/0/value", "AB:CD"}},
       {"invalid_value", "params.dtlsParameters.fingerprints[0].value"}},
      {"webRtcTransport.connect", {{"/transportId", "connected"}}, {"invalid_state", ""}},
      {"pipeTransport.create",
       {{"/listenInfo/port", 5000}},
       {"exclusive_fields", "params.listenInfo.portRange"}},
      {"pipeTransport.create",
       {{"/listenInfo/ip", "203.0.113.1"}},
       {"resource_unavailable", "params.listenInfo.ip"}},
      {"pipeTransport.createPair",
       {{"/ends/0/routerId", "nobody"}},
       {"not_found", "params.ends[0].routerId"}},
      {"pipeTransport.createPair",
       {{"/ends/1/transportId", "pipe-a"}},
       {"duplicate_id", "params.ends[1].transportId"}},
      {"pipeTransport.connect",
       {{"/srtpParameters", Srtp("AEAD_AES_256_GCM", 44)}},
       {"exclusive_fields", "params.srtpParameters"}},
      {"pipeTransport.connect", {{"/transportId", "plain-1"}}, {"invalid_value", "params.transportId"}},
      {"pipeTransport.connect", {{"/transportId", "pipe-connected"}}, {"invalid_state", ""}},
      {"consumer.create", {{"/transportId", "pipe-1"}}, {"exclusive_fields", "params.rtpCapabilities"}},
      {"dataProducer.create", {{"/transportId", "connected"}}, {"invalid_state", ""}},
      {"dataProducer.create",
       {{"/sctpStreamParameters/streamId", 0}},
       {"invalid_value", "params.sctpStreamParameters.streamId"}},
      {"dataProducer.create",
       {{"/sctpStreamParameters/maxRetransmits", 1}},
       {"exclusive_fields", "params.sctpStreamParameters.ordered"}},
      {"dataConsumer.create", {{"/transportId", "connected"}}, {"invalid_state", ""}},
      {"dataConsumer.send", {{"/payload", "no base64"}}, {"invalid_value", "params.payload"}},
      {"dataConsumer.send", {{"/payload", ""}}, {"invalid_value", "params.payload"}},
      {"dataConsumer.create",
       {{"/maxRetransmits", 1}, {"/maxPacketLifeTime", 1}},
       {"exclusive_fields", "params.maxRetransmits"}},
      {"dataConsumer.send", {{"/dataConsumerId", "dataConsumer-direct"}}, {"invalid_state", ""}},
      {"directTransport.sendRtcp",
       {{"/transportId", "transport-1"}},
       {"invalid_value", "params.transportId"}},
      {"directTransport.sendRtcp", {{"/payload", "no base64"}}, {"invalid_value", "params.payload"}},
      {"producer.send", {{"/producerId", "producer-1"}}, {"invalid_state", ""}},
      {"producer.send", {{"/payload", "AB=="}}, {"invalid_value", "params.payload"}},
      {"dataProducer.send", {{"/dataProducerId", "dataProducer-1"}}, {"invalid_state", ""}},
      {"dataProducer.send", {{"/payload", ""}}, {"invalid_value", "params.payload"}},
      {"plainTransport.create",
       {{"/listenInfo/port", 5000}},
       {"exclusive_fields", "params.listenInfo.portRange"}},
      {"plainTransport.create", {{"/rtcpMux", true}}, {"exclusive_fields", "params.rtcpListenInfo"}},
      {"plainTransport.create",
       {{"/listenInfo/protocol", "tcp"}},
       {"invalid_value", "params.listenInfo.protocol"}},
      {"plainTransport.create",
       {{"/rtcpListenInfo/ip", "203.0.113.1"}},
       {"resource_unavailable", "params.rtcpListenInfo.ip"}},
      {"plainTransport.connect", {{"/transportId", "plain-1"}}, {"missing_field", "params.ip"}},
      {"plainTransport.connect", {{"/ip", "127.0.0.1"}}, {"exclusive_fields", "params.ip"}},
      {"plainTransport.connect", {{"/transportId", "transport-1"}}, {"invalid_value", "params.transportId"}},
      {"plainTransport.connect", {{"/transportId", "plain-connected"}}, {"invalid_state", ""}},
      {"producer.create",
       {{"/rtpParameters/codecs/0/mimeType", "audio/none"}},
       {"unsupported", "params.rtpParameters.codecs[0]"}},
      {"consumer.create",
       {{"/rtpCapabilities/codecs", json::array()}},
       {"unsupported", "params.rtpCapabilities"}},
      {"consumer.setWantedLayers", {{"/consumerId", "consumer-1"}}, {"invalid_state", ""}},
      {"consumer.setWantedLayers",
       {{"/wantedLayers/encodings/0/encodingIdx", 1}},
       {"invalid_value", "params.wantedLayers.encodings[0].encodingIdx"}},
      {"transport.startCapture", {{"/transportId", "direct-1"}}, {"invalid_state", ""}},
      {"transport.startCapture", {{"/fileName", "../call"}}, {"invalid_value", "params.fileName"}},
      {"transport.startCapture", {{"/maxBytes", 4'000'000'000}}, {"invalid_value", "params.maxBytes"}},
      {"transport.startCapture", {{"/maxDuration", 4'000'000'000}}, {"invalid_value", "params.maxDuration"}},
      {"transport.startCapture",
       {{"/fileName", "taken.pcapng"}},
       {"resource_unavailable", "params.fileName"}},
      {"transport.stopCapture", {{"/transportId", "transport-1"}}, {"invalid_state", ""}},
  };
  return specials;
}

// What the document's examples are about.
void CreateObjects(ControlClient& client) {
  client.CreateExampleObjects();
  client.CreatePlainTransport("plain-1");
  client.CreatePlainTransport("plain-comedia", {{"comedia", true}});
  client.CreatePipeTransport("pipe-1");
  client.Call("consumer.create",
              {{"transportId", "pipe-1"}, {"producerId", "producer-1"}, {"consumerId", "consumer-pipe"}});
  client.CreateDirectObjects();
  client.Call("transport.startCapture", {{"transportId", "direct-1"}, {"fileName", "taken.pcapng"}});
}

void ConnectAnother(ControlClient& client) {
  client.Call(
      "webRtcTransport.create",
      {{"routerId", "router-1"}, {"transportId", "connected"}, {"listenInfos", {LoopbackListenInfo()}}});
  json connect = Document().Example("webRtcTransport.connect");
  connect["transportId"] = "connected";
  client.Call("webRtcTransport.connect", connect);
  client.CreatePlainTransport("plain-connected", {{"comedia", true}});
  client.Call("plainTransport.connect", {{"transportId", "plain-connected"}});
  client.CreatePipeTransport("pipe-connected");
  client.Call("pipeTransport.connect", {{"transportId", "pipe-connected"}, {"ip", "127.0.0.1"}, {"port", 9}});
}

// Opus has two channels, and a client without codecs gets nothing: well-formed, but not to be had.
bool IsAnotherCodec(const json& params) {
  for (const char* at : {"/mediaCodecs", "/rtpParameters/codecs", "/rtpCapabilities/codecs"}) {
    const json::json_pointer pointer(at);
    if (!params.contains(pointer)) continue;
    const json& codecs = params[pointer];
    return !codecs.is_array() || codecs[0].value("channels", json()) != 2;
  }
  return params.contains("/rtpCapabilities"_json_pointer);
}

class OpenRpcMethodTest : public ::testing::TestWithParam<std::string> {
 protected:
  const std::string& name() const { return GetParam(); }
  const json& method() const { return Document().Method(name()); }
  json schema() const { return ParamsSchema(method()["params"]); }
  SchemaProbes Probes() const {
    return MakeSchemaProbes(Document().json(), schema(), Document().Example(name()), AllFieldNames());
  }

  // Ids of what is not there, and of what is there already.
  std::vector<Probe> IdProbes() const {
    std::vector<Probe> probes;
    for (const json& param : method()["params"]) {
      std::string id = param["name"];
      if (id.size() < 3 || id.substr(id.size() - 2) != "Id") continue;
      if (id == "webRtcServerId" && name() == "webRtcTransport.create") continue;  // Not with its example.
      bool required =
          param["required"] ||
          (id == "routerId" && name() != "router.create");  // Else the id that a new object is to have.
      json params = Document().Example(name());
      params[id] = required ? "nobody" : id.substr(0, id.size() - 2) + "-1";
      probes.push_back({params, {required ? "not_found" : "duplicate_id", "params." + id}});
    }
    return probes;
  }

  std::vector<Probe> SpecialProbes() const {
    std::vector<Probe> probes;
    for (const Special& special : Specials()) {
      if (special.method != name()) continue;
      json params = Document().Example(name());
      for (const auto& [at, value] : special.changes) params[json::json_pointer(at)] = value;
      probes.push_back({params, special.refusal});
    }
    return probes;
  }
};

TEST_P(OpenRpcMethodTest, ExamplesSucceedWithTheResultThatIsDescribed) {
  for (size_t i = 0; i < method()["examples"].size(); ++i) {
    ControlClient client;
    CreateObjects(client);
    client.Call(name(), Document().Example(name(), i));
  }
}

TEST_P(OpenRpcMethodTest, AnythingElseIsRefusedWithItsReasonAndPathAndChangesNothing) {
  ControlClient client;
  CreateObjects(client);
  ConnectAnother(client);
  std::vector<Probe> probes = Probes().refused;
  for (const auto& more : {IdProbes(), SpecialProbes()})
    probes.insert(probes.end(), more.begin(), more.end());
  std::set<std::string> reasons;
  for (const Probe& probe : probes) {
    Refusal refusal = client.Refused(name(), probe.params);
    EXPECT_EQ(refusal, probe.refusal) << name() << " " << probe.params;
    reasons.insert(refusal.reason);
  }
  // Whoever creates a transport may find that there are too many (process_limits_test.cc).
  if (name() == "pipeTransport.createPair" || name() == "directTransport.create")
    reasons.insert("resource_unavailable");
  // Whoever starts a capture may find that the process has none (captures_test.cc).
  if (name() == "transport.startCapture") reasons.insert("unsupported");
  EXPECT_THAT(Document().Reasons(method()["errors"]), UnorderedElementsAreArray(reasons));
  EXPECT_TRUE(client.notifications().empty());
  client.Call(name(), Document().Example(name()));
}

TEST_P(OpenRpcMethodTest, OptionalFieldsMayBeAbsentAndClientsMaySendMore) {
  for (const json& params : Probes().accepted) {
    ControlClient client;
    CreateObjects(client);
    SCOPED_TRACE(params.dump());
    if (name() == "dataProducer.create" && !params.contains("sctpStreamParameters")) {
      EXPECT_EQ(client.Refused(name(), params).reason, "missing_field");  // The transport has SCTP.
    } else if (name() == "webRtcTransport.create" && !params.contains("listenInfos")) {
      EXPECT_EQ(client.Refused(name(), params).reason, "missing_field");  // Nor a server's.
    } else if (name() != "router.canConsume" && IsAnotherCodec(params)) {
      EXPECT_EQ(client.Refused(name(), params).reason, "unsupported");
    } else {
      client.Call(name(), params);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, OpenRpcMethodTest, ::testing::ValuesIn(Document().MethodNames()),
                         [](const ::testing::TestParamInfo<std::string>& param) {
                           std::string name = param.param;
                           name[name.find('.')] = '_';
                           return name;
                         });

}  // namespace
}  // namespace sluice::api
