#include "api/packet_line.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace sluice::api {
namespace {

using nlohmann::json;

TEST(PacketLineTest, ItIsTheNotificationThatJsonWouldBe) {
  const std::vector<uint8_t> payload = {'h', 'e', 'l', 'l', 'o'};
  const std::string line = PacketLine("dataConsumer.message", {"dataConsumerId", "a"}, 51, payload);
  EXPECT_EQ(json::parse(line),
            json({{"jsonrpc", "2.0"},
                  {"method", "dataConsumer.message"},
                  {"params", {{"dataConsumerId", "a"}, {"ppid", 51}, {"payload", "aGVsbG8="}}}}));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(PacketLineTest, AnIdMayBeAnyString) {
  for (const std::string id : {"\"", "\\", "a\nb", "\x01", "é", "\xff"}) {
    const std::string line = PacketLine("consumer.rtp", {"consumerId", id}, std::nullopt, {});
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    const json params = json::parse(line)["params"];
    EXPECT_EQ(params["payload"], "");
    EXPECT_FALSE(params.contains("ppid"));
    EXPECT_EQ(params["consumerId"], id == "\xff" ? "\xef\xbf\xbd" : id);
  }
}

}  // namespace
}  // namespace sluice::api
