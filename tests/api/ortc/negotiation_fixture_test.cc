// Whole negotiations, from a router's codecs to a consumer's parameters, against values that were computed
// with mediasoup 3.27.1 and mediasoup-client 3.24.1 from Chromium's capabilities. What sluice does not have
// (mediasoup's packet-id header extension) was left out of them, and what it has beyond it (the dependency
// descriptor for consumers, too) was added.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "api/ortc/consumer_parameters.h"
#include "api/ortc/producer_parameters.h"
#include "api/ortc/router_capabilities.h"
#include "api/ortc/rtp_capabilities_json.h"
#include "api/ortc/rtp_parameters_json.h"
#include "rtp/header_extension.h"

namespace sluice::api {
namespace {

using nlohmann::json;

constexpr uint32_t kConsumerSsrc = 555'000'000;

const json& Fixture() {
  static const json fixture = [] {
    std::ifstream in(SLUICE_SOURCE_DIR "/tests/api/ortc/fixtures/negotiation.json");
    return json::parse(in);
  }();
  return fixture;
}

RtpCapabilities Router() {
  ObjectReader reader(Fixture(), "fixture", Fields::kOpen);
  Result<RtpCapabilities> router = MakeRouterCapabilities(ReadRtpCodecCapabilities(reader, "mediaCodecs"));
  EXPECT_TRUE(router.ok()) << router.error().message;
  return router.ok() ? *router : RtpCapabilities{};
}

RtpParameters ReadParameters(const json& value) {
  ObjectReader reader(value, "params.rtpParameters", Fields::kOpen);
  RtpParameters parameters = ReadRtpParameters(std::move(reader));
  return parameters;
}

// The client's capabilities without the codecs and header extensions whose name contains one of `names`.
RtpCapabilities ClientWithout(const std::vector<std::string>& names) {
  RtpCapabilities client =
      ReadRtpCapabilities(ObjectReader(Fixture()["clientRtpCapabilities"], "caps", Fields::kOpen));
  for (const std::string& name : names) {
    auto has_name = [&](const std::string& text) { return text.find(name) != std::string::npos; };
    std::erase_if(client.codecs, [&](const auto& codec) { return has_name(codec.mime_type); });
    std::erase_if(client.header_extensions, [&](const auto& extension) { return has_name(extension.uri); });
  }
  return client;
}

class NegotiationFixtureTest : public ::testing::TestWithParam<size_t> {
 protected:
  const json& scenario() const { return Fixture()["cases"][GetParam()]; }
};

TEST(RouterFixtureTest, CapabilitiesOfTheRouterAreThoseExpected) {
  RtpCapabilities router = Router();
  // mediasoup does not have this one.
  std::erase_if(router.header_extensions, [](const auto& extension) {
    return extension.uri == rtp::ExtensionUri(rtp::ExtensionKind::kVideoLayersAllocation);
  });
  EXPECT_EQ(ToJson(router), Fixture()["routerRtpCapabilities"]);
}

TEST_P(NegotiationFixtureTest, ProducerAndConsumerAreThoseExpected) {
  SCOPED_TRACE(scenario()["name"].get<std::string>());
  MediaKind kind = scenario()["kind"] == "audio" ? MediaKind::kAudio : MediaKind::kVideo;
  Result<ProducerParameters> producer =
      NegotiateProducer(kind, ReadParameters(scenario()["rtpParameters"]), Router(),
                        Ssrc(Fixture()["mappedSsrc"].get<uint32_t>()));
  ASSERT_TRUE(producer.ok()) << producer.error().message;
  EXPECT_EQ(ToJson(producer->rtp_parameters), scenario()["normalized"]);
  EXPECT_EQ(ToJson(producer->rtp_mapping), scenario()["mapping"]);
  EXPECT_EQ(ToJson(producer->consumable), scenario()["consumable"]);

  RtpCapabilities client = ClientWithout(scenario()["clientWithout"]);
  EXPECT_EQ(CanConsume(producer->consumable, client), scenario()["canConsume"].get<bool>());
  ConsumerOptions options{scenario()["enableRtx"].get<bool>(), std::nullopt, Ssrc(kConsumerSsrc)};
  Result<RtpParameters> consumer = NegotiateConsumer(producer->consumable, client, options);
  ASSERT_EQ(consumer.ok(), scenario()["canConsume"].get<bool>());
  if (consumer.ok()) EXPECT_EQ(ToJson(*consumer), scenario()["consumer"]);
}

INSTANTIATE_TEST_SUITE_P(All, NegotiationFixtureTest, ::testing::Range(size_t{0}, size_t{13}));

TEST(RouterFixtureTest, EveryCaseIsRun) { EXPECT_EQ(Fixture()["cases"].size(), 13u); }

}  // namespace
}  // namespace sluice::api
