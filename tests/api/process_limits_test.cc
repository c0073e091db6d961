// What a process refuses to take on.
#include "api/process_limits.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/api/control_client.h"

namespace sluice::api {
namespace {

using nlohmann::json;

TEST(ProcessLimitsTest, TransportsBeyondTheLimitAreRefusedUntilOthersClose) {
  ControlClient client(/*workers=*/1, {.transports = 2});
  client.Call("router.create", {{"routerId", "room"}});
  const json pair = {{"ends", {{{"routerId", "room"}, {"transportId", "a"}}, {{"routerId", "room"}}}}};
  client.Call("pipeTransport.createPair", pair);
  const json listen = LoopbackListenInfo();
  const std::vector<std::pair<std::string, json>> kinds = {
      {"webRtcTransport.create", {{"routerId", "room"}, {"listenInfos", {listen}}}},
      {"plainTransport.create", {{"routerId", "room"}, {"listenInfo", listen}}},
      {"pipeTransport.create", {{"routerId", "room"}, {"listenInfo", listen}}},
      {"directTransport.create", {{"routerId", "room"}}}};
  for (const auto& [method, params] : kinds) {
    EXPECT_EQ(client.Refused(method, params).reason, "resource_unavailable") << method;
  }
  client.Call("transport.close", {{"transportId", "a"}});
  EXPECT_EQ(
      client.Refused("pipeTransport.createPair", {{"ends", {{{"routerId", "room"}}, {{"routerId", "room"}}}}})
          .reason,
      "resource_unavailable");
  client.Call("plainTransport.create", kinds[1].second);
}

}  // namespace
}  // namespace sluice::api
