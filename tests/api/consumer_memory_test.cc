// What one more consumer costs the control plane in memory, with the parameters of a real browser.
#include <gtest/gtest.h>

#include <iostream>
#include <string>

#include "tests/allocation_count.h"
#include "tests/api/control_client.h"

namespace sluice::api {
namespace {

using nlohmann::json;

TEST(ConsumerMemoryTest, ABrowsersConsumerIsBelowSixKibibytes) {
  if (!SLUICE_COUNTS_ALLOCATIONS) GTEST_SKIP() << "the sanitizer has operators of its own";
  ControlClient client;
  client.Call("router.create", {{"routerId", "router-1"}, {"mediaCodecs", ChromiumFixture("mediaCodecs")}});
  client.CreateTransport("up");
  client.CreateTransport("down");
  const json& scenario = ChromiumCase("VP8 simulcast by RID");
  client.Call("producer.create", {{"transportId", "up"},
                                  {"producerId", "p"},
                                  {"kind", "video"},
                                  {"rtpParameters", scenario["rtpParameters"]}});
  auto consume = [&](int i) {
    client.Call("consumer.create", {{"transportId", "down"},
                                    {"consumerId", "a consumer's id of usual length, " + std::to_string(i)},
                                    {"producerId", "p"},
                                    {"rtpCapabilities", ChromiumFixture("clientRtpCapabilities")}});
  };
  for (int i = 0; i < 100; ++i) consume(i);
  constexpr int kMore = 200;
  const int64_t before = AllocatedBytes();
  for (int i = 0; i < kMore; ++i) consume(1'000 + i);
  const int64_t each = (AllocatedBytes() - before) / kMore;
  std::cout << "A consumer in the control plane: " << each << " octets\n";
  RecordProperty("octets", std::to_string(each));
  EXPECT_LT(each, 6 * 1'024);
  EXPECT_GT(each, 1'000);
}

}  // namespace
}  // namespace sluice::api
