// The process as clients see it: worker.*, router.*, lines and batches.
#include "api/control_plane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "api/logging.h"
#include "tests/api/api_document.h"
#include "tests/api/control_client.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

json Request(int id, const std::string& method, json params = json::object()) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}};
}

TEST(ControlPlaneTest, DumpCountsWhatEachWorkerRuns) {
  ControlClient client(/*workers=*/3);
  client.CreateExampleObjects();
  client.CreateTransport("transport-2");
  json dump = client.Call("worker.dump");
  ASSERT_EQ(dump["workers"].size(), 3u);
  EXPECT_EQ(dump["routerIds"], json::array({"router-1"}));
  EXPECT_EQ(dump["version"], SLUICE_VERSION);
  int transports = 0, producers = 0, consumers = 0;
  for (size_t i = 0; i < 3; ++i) {
    const json& worker = dump["workers"][i];
    EXPECT_EQ(worker["index"], i);
    EXPECT_LE(worker["transports"], 1);
    transports += worker["transports"].get<int>();
    producers += worker["producers"].get<int>();
    consumers += worker["consumers"].get<int>();
  }
  EXPECT_EQ(transports, 2);
  EXPECT_EQ(producers, 1);
  EXPECT_EQ(consumers, 1);
}

TEST(ControlPlaneTest, TransportsAreSpreadOverWorkersAndAClosedOneMakesRoom) {
  ControlClient client(/*workers=*/2);
  client.Call("router.create", {{"routerId", "router-1"}});
  auto worker_of = [&](const char* id) {
    return client.Call("transport.dump", {{"transportId", id}})["worker"];
  };
  client.CreateTransport("a");
  client.CreateTransport("b");
  EXPECT_NE(worker_of("a"), worker_of("b"));
  json freed = worker_of("a");
  client.CreateTransport("c");
  client.CreateTransport("d");
  client.Call("transport.close", {{"transportId", "a"}});
  client.CreateTransport("e");
  EXPECT_EQ(worker_of("e"), freed);
}

TEST(ControlPlaneTest, ResourceUsageIsThatOfThisProcess) {
  ControlClient client;
  json usage = client.Call("worker.getResourceUsage");
  EXPECT_EQ(usage.size(), 16u);
  EXPECT_GT(usage["ru_maxrss"], 1000);  // KiB
}

TEST(ControlPlaneTest, SettingsChangeWhatIsLogged) {
  ControlClient client;
  client.Call("worker.updateSettings", {{"logLevel", "warn"}, {"logTags", {"dtls"}}});
  EXPECT_TRUE(IsLogged(LogTag::kDtls, LogLevel::kWarn));
  EXPECT_FALSE(IsLogged(LogTag::kIce, LogLevel::kWarn));
  client.Call("worker.updateSettings", {{"logTags", {"ice"}}});
  EXPECT_TRUE(IsLogged(LogTag::kIce, LogLevel::kWarn));
  EXPECT_FALSE(IsLogged(LogTag::kDtls, LogLevel::kWarn));
  EXPECT_EQ(client.Refused("worker.updateSettings", {{"logLevel", "none"}, {"logTags", {"ice", "tea"}}}),
            (Refusal{"invalid_value", "params.logTags[1]"}));
  EXPECT_TRUE(IsLogged(LogTag::kIce, LogLevel::kWarn));  // Nothing has changed.
  client.Call("worker.updateSettings", {{"logLevel", "none"}});
  EXPECT_FALSE(IsLogged(LogTag::kIce, LogLevel::kError));
}

TEST(ControlPlaneTest, WorkerCloseIsAnsweredAndReported) {
  ControlClient client;
  EXPECT_FALSE(client.closed());
  client.Call("worker.close");
  EXPECT_TRUE(client.closed());
}

TEST(ControlPlaneTest, AnIdIsMadeUpWhereNoneIsGiven) {
  ControlClient client;
  std::string first = client.Call("router.create")["routerId"];
  std::string second = client.Call("router.create")["routerId"];
  EXPECT_NE(first, second);
  EXPECT_EQ(first.size(), 36u);
  EXPECT_EQ(first[14], '4');  // UUID version 4.
}

TEST(ControlPlaneTest, TheIdOfAClosedObjectIsFreeAgain) {
  ControlClient client;
  client.Call("router.create", {{"routerId", "room"}});
  EXPECT_EQ(client.Refused("router.create", {{"routerId", "room"}}),
            (Refusal{"duplicate_id", "params.routerId"}));
  client.Call("router.close", {{"routerId", "room"}});
  EXPECT_EQ(client.Refused("router.close", {{"routerId", "room"}}),
            (Refusal{"not_found", "params.routerId"}));
  client.Call("router.create", {{"routerId", "room"}});
}

TEST(ControlPlaneTest, RouterAnswersTheCapabilitiesThatMediasoupWould) {
  ControlClient client;
  json created = client.Call("router.create", {{"mediaCodecs", ChromiumFixture("mediaCodecs")}});
  const json& expected = ChromiumFixture("routerRtpCapabilities");
  ASSERT_EQ(created["rtpCapabilities"]["codecs"].size(), expected["codecs"].size());
  for (size_t i = 0; i < expected["codecs"].size(); ++i) {
    EXPECT_EQ(created["rtpCapabilities"]["codecs"][i], expected["codecs"][i]);
  }
}

TEST(ControlPlaneTest, ABatchIsAnsweredAsOneInItsOrder) {
  ControlClient client;
  json batch = {Request(1, "worker.dump"), Request(2, "router.create", {{"routerId", "room"}}),
                Request(3, "no.such"), Request(4, "router.close", {{"routerId", "room"}})};
  json answer = client.Answer(batch.dump()).value();
  ASSERT_EQ(answer.size(), 4u);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(answer[static_cast<size_t>(i)]["id"], i + 1);
  EXPECT_EQ(answer[0]["result"]["routerIds"],
            json::array({}));  // Asked before, told after the room was closed.
  EXPECT_EQ(answer[2]["error"]["data"]["reason"], "unknown_method");
  EXPECT_TRUE(answer[3].contains("result"));
}

TEST(ControlPlaneTest, RequestsWithoutIdAreExecutedAndNotAnswered) {
  ControlClient client;
  EXPECT_EQ(client.Answer(R"({"jsonrpc":"2.0","method":"router.create","params":{"routerId":"quiet"}})"),
            std::nullopt);
  EXPECT_EQ(client.Answer(R"([{"jsonrpc":"2.0","method":"router.dump","params":{"routerId":"nobody"}}])"),
            std::nullopt);
  client.Call("router.dump", {{"routerId", "quiet"}});
}

TEST(ControlPlaneTest, ALineThatIsNoRequestIsAnsweredWithoutId) {
  ControlClient client;
  for (const char* line : {"{", "[]", "1", "{\"jsonrpc\":\"1.0\",\"method\":\"worker.dump\"}", "\xff"}) {
    json answer = client.Answer(line).value();
    EXPECT_TRUE(answer["id"].is_null()) << line;
    EXPECT_TRUE(answer["error"]["code"] == -32700 || answer["error"]["code"] == -32600) << line;
  }
}

TEST(ControlPlaneTest, AnObjectThatIsClosedWhileItIsAskedIsNotFound) {
  ControlClient client;
  client.CreateExampleObjects();
  std::vector<json> answers = client.Answers({
      Request(1, "transport.getStats", {{"transportId", "transport-1"}}),
      Request(2, "producer.getStats", {{"producerId", "producer-1"}}),
      Request(3, "consumer.getStats", {{"consumerId", "consumer-1"}}),
      Request(4, "transport.close", {{"transportId", "transport-1"}}),
  });
  for (size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(answers[i].contains("error")) << answers[i];
    EXPECT_EQ(answers[i]["error"]["data"]["reason"], "not_found");
  }
  EXPECT_TRUE(answers[3].contains("result"));
}

}  // namespace
}  // namespace sluice::api
