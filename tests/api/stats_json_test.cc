// Statistics as answers say them: every field that applications of mediasoup read.
#include "api/stats_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/api/api_document.h"
#include "tests/api/control_client.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

// Those of both directions.
constexpr const char* kCommon[] = {"timestamp",
                                   "ssrc",
                                   "kind",
                                   "mimeType",
                                   "packetsLost",
                                   "fractionLost",
                                   "packetsDiscarded",
                                   "jitter",
                                   "packetsRetransmitted",
                                   "packetsRepaired",
                                   "nackCount",
                                   "nackPacketCount",
                                   "pliCount",
                                   "firCount",
                                   "roundTripTime",
                                   "score",
                                   "packetCount",
                                   "byteCount",
                                   "bitrate",
                                   "rtxSsrc"};

class StatsJsonTest : public ::testing::Test {
 protected:
  StatsJsonTest() {
    client_.Call("router.create",
                 {{"routerId", "router-1"}, {"mediaCodecs", ChromiumFixture("mediaCodecs")}});
    client_.CreateTransport("up");
    client_.CreateTransport("down");
    client_.Call("producer.create",
                 {{"transportId", "up"},
                  {"producerId", "p"},
                  {"kind", "video"},
                  {"rtpParameters", ChromiumCase("VP8 simulcast by RID")["rtpParameters"]}});
    client_.Call("consumer.create", {{"transportId", "down"},
                                     {"consumerId", "c"},
                                     {"producerId", "p"},
                                     {"rtpCapabilities", ChromiumFixture("clientRtpCapabilities")}});
  }
  const Producer& producer() { return *client_.control().graph().FindProducer("p").object; }
  const Consumer& consumer() { return *client_.control().graph().FindConsumer("c"); }

  static worker::ProducerSnapshot Snapshot() {
    worker::StreamSnapshot stream{
        .encoding = 1, .ssrc = Ssrc(11), .rtx_ssrc = Ssrc(12), .packets = 5, .bytes = 600};
    stream.packets_lost = -3;
    stream.fraction_lost = 7;
    stream.jitter = 8;
    stream.score = 9;
    stream.bitrate = DataRate::BitsPerSec(1'000);
    stream.layer_bitrates = {{{0, 0}, DataRate::BitsPerSec(400)}, {{0, 1}, DataRate::BitsPerSec(1'000)}};
    stream.counters.duplicates = 10;
    stream.counters.rtx_duplicates = 4;
    return {.round_trip_time = TimeDelta::Millis(30), .streams = {{}, stream}};
  }
  // What a client is promised.
  static void ExpectDocumented(const json& stats) {
    const json answer = {{"stats", stats}};
    EXPECT_THAT(ApiDocument::Get().CheckResult("producer.getStats", answer), ElementsAre());
  }

  ControlClient client_;
};

TEST_F(StatsJsonTest, AProducersStreams) {
  const json stats = ProducerStatsJson(producer(), Snapshot());
  ASSERT_EQ(stats.size(), 1u) << "only what has come";
  ExpectDocumented(stats);
  for (const char* field : kCommon) EXPECT_TRUE(stats[0].contains(field)) << field;
  EXPECT_EQ(stats[0]["type"], "inbound-rtp");
  EXPECT_EQ(stats[0]["ssrc"], 11);
  EXPECT_EQ(stats[0]["rtxSsrc"], 12);
  EXPECT_EQ(stats[0]["rid"], producer().parameters.rtp_parameters.encodings[1].rid.value());
  EXPECT_EQ(stats[0]["packetsLost"], -3);
  EXPECT_EQ(stats[0]["roundTripTime"], 30.0);
  EXPECT_EQ(stats[0]["packetsDiscarded"], 6);
  EXPECT_EQ(stats[0]["rtxPacketsDiscarded"], 4);
  EXPECT_EQ(stats[0]["bitrateByLayer"], (json{{"0.0", 400}, {"0.1", 1'000}}));
}

TEST_F(StatsJsonTest, AConsumersStreamAndTheOneItComesFrom) {
  worker::ConsumerSnapshot snapshot;
  snapshot.statistics.round_trip_time = TimeDelta::Micros(1'500);
  snapshot.current_encoding = 1;
  const json stats = ConsumerStatsJson(consumer(), snapshot, Snapshot());
  ASSERT_EQ(stats.size(), 2u);
  ExpectDocumented(stats);
  for (const char* field : kCommon) EXPECT_TRUE(stats[0].contains(field)) << field;
  EXPECT_EQ(stats[0]["type"], "outbound-rtp");
  EXPECT_EQ(stats[0]["roundTripTime"], 1.5);
  EXPECT_FALSE(stats[0].contains("bitrateByLayer"));
  EXPECT_EQ(stats[1]["type"], "inbound-rtp");
  EXPECT_EQ(stats[1]["ssrc"], 11);
}

TEST_F(StatsJsonTest, OfOneLayerThereAreNoLayers) {
  worker::ProducerSnapshot snapshot = Snapshot();
  snapshot.streams[1].layer_bitrates.clear();
  EXPECT_EQ(ProducerStatsJson(producer(), snapshot)[0]["bitrateByLayer"], json::object());
}

}  // namespace
}  // namespace sluice::api
