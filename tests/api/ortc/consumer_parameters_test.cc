#include "api/ortc/consumer_parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "api/ortc/producer_parameters.h"
#include "api/ortc/router_capabilities.h"

namespace sluice::api {
namespace {

using ::testing::ElementsAre;

constexpr char kTransportCc[] = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
constexpr char kAbsSendTime[] = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";

RtpCapabilities Router() {
  RtpCodecCapability vp8;
  vp8.kind = MediaKind::kVideo;
  vp8.mime_type = "video/VP8";
  vp8.clock_rate = 90'000;
  RtpCodecCapability vp9 = vp8;
  vp9.mime_type = "video/VP9";
  return *MakeRouterCapabilities({vp8, vp9});
}

// The router's codec `mime_type`, as a producer with `encodings` makes it consumable.
RtpParameters Consumable(std::vector<RtpEncodingParameters> encodings, const char* mime_type = "video/VP8") {
  RtpParameters rtp;
  RtpCodecParameters& codec = rtp.codecs.emplace_back();
  codec.mime_type = mime_type;
  codec.clock_rate = 90'000;
  codec.payload_type = PayloadType(96);
  rtp.encodings = std::move(encodings);
  for (size_t i = 0; i < rtp.encodings.size(); ++i)
    rtp.encodings[i].ssrc = Ssrc(static_cast<uint32_t>(i + 1));
  rtp.rtcp.cname = "alice";
  rtp.msid = "stream track";
  return NegotiateProducer(MediaKind::kVideo, rtp, Router(), Ssrc(500))->consumable;
}

RtpEncodingParameters Encoding(const char* mode, int64_t max_bitrate = 0) {
  RtpEncodingParameters encoding;
  if (mode != nullptr) encoding.scalability_mode = mode;
  if (max_bitrate > 0) encoding.max_bitrate = DataRate::BitsPerSec(max_bitrate);
  return encoding;
}

RtpCapabilities Without(RtpCapabilities caps, std::string_view uri) {
  std::erase_if(caps.header_extensions, [&](const auto& extension) { return extension.uri == uri; });
  return caps;
}

RtpParameters Consume(const RtpParameters& consumable, const RtpCapabilities& client,
                      bool enable_rtx = true) {
  Result<RtpParameters> consumer = NegotiateConsumer(consumable, client, {enable_rtx, "7", Ssrc(9000)});
  EXPECT_TRUE(consumer.ok());
  return consumer.ok() ? *consumer : RtpParameters{};
}

std::vector<std::string> FeedbackOf(const RtpParameters& consumer) {
  std::vector<std::string> names;
  for (const RtcpFeedback& feedback : consumer.codecs[0].rtcp_feedback) {
    names.push_back(feedback.parameter.empty() ? feedback.type : feedback.type + " " + feedback.parameter);
  }
  return names;
}

TEST(ConsumerParametersTest, OneEncodingWithItsOwnSsrcs) {
  RtpParameters consumer = Consume(Consumable({Encoding(nullptr)}), Router());
  ASSERT_EQ(consumer.encodings.size(), 1u);
  EXPECT_EQ(consumer.encodings[0].ssrc, Ssrc(9000));
  EXPECT_EQ(consumer.encodings[0].rtx_ssrc, Ssrc(9001));
  EXPECT_EQ(consumer.encodings[0].scalability_mode, std::nullopt);
  EXPECT_EQ(consumer.encodings[0].max_bitrate, std::nullopt);
  EXPECT_EQ(consumer.mid, "7");
  EXPECT_EQ(consumer.rtcp.cname, "alice");
  EXPECT_EQ(consumer.msid, "stream track");
}

TEST(ConsumerParametersTest, SimulcastIsOneEncodingWithSpatialLayers) {
  RtpParameters three = Consumable({Encoding("L1T3", 100), Encoding("L1T3", 900), Encoding("L1T3")});
  RtpParameters consumer = Consume(three, Router());
  ASSERT_EQ(consumer.encodings.size(), 1u);
  EXPECT_EQ(consumer.encodings[0].scalability_mode, "L3T3");
  EXPECT_EQ(consumer.encodings[0].max_bitrate, DataRate::BitsPerSec(900));
  EXPECT_EQ(
      Consume(Consumable({Encoding(nullptr), Encoding(nullptr)}), Router()).encodings[0].scalability_mode,
      "L2T1");
}

TEST(ConsumerParametersTest, SvcModeIsPassedOnAsItIs) {
  RtpParameters consumer = Consume(Consumable({Encoding("L3T3_KEY")}, "video/VP9"), Router());
  EXPECT_EQ(consumer.encodings[0].scalability_mode, "L3T3_KEY");
}

TEST(ConsumerParametersTest, WithoutRtxThereIsNoRtxCodecNoRtxSsrcAndNoPlainNack) {
  RtpParameters consumer = Consume(Consumable({Encoding(nullptr)}), Router(), /*enable_rtx=*/false);
  EXPECT_EQ(consumer.codecs.size(), 1u);
  EXPECT_EQ(consumer.encodings[0].rtx_ssrc, std::nullopt);
  EXPECT_THAT(FeedbackOf(consumer), ElementsAre("nack pli", "ccm fir", "transport-cc"));
}

TEST(ConsumerParametersTest, ClientWithoutRtxKeepsNackAndGetsNoRtxStream) {
  RtpCapabilities client = Router();
  std::erase_if(client.codecs, [](const auto& codec) { return codec.IsRtx(); });
  RtpParameters consumer = Consume(Consumable({Encoding(nullptr)}), client);
  EXPECT_EQ(consumer.codecs.size(), 1u);
  EXPECT_EQ(consumer.encodings[0].rtx_ssrc, std::nullopt);
  EXPECT_THAT(FeedbackOf(consumer), ElementsAre("nack", "nack pli", "ccm fir", "transport-cc"));
}

TEST(ConsumerParametersTest, TransportCcIsPreferredToRemb) {
  RtpParameters consumable = Consumable({Encoding(nullptr)});
  EXPECT_THAT(FeedbackOf(Consume(consumable, Router())),
              ElementsAre("nack", "nack pli", "ccm fir", "transport-cc"));
  EXPECT_THAT(FeedbackOf(Consume(consumable, Without(Router(), kTransportCc))),
              ElementsAre("nack", "nack pli", "ccm fir", "goog-remb"));
  EXPECT_THAT(FeedbackOf(Consume(consumable, Without(Without(Router(), kTransportCc), kAbsSendTime))),
              ElementsAre("nack", "nack pli", "ccm fir"));
}

TEST(ConsumerParametersTest, FeedbackIsWhatBothHave) {
  RtpCapabilities client = Router();
  client.codecs[0].rtcp_feedback = {{"transport-cc", ""}, {"nack", "pli"}, {"nack", "sli"}};
  EXPECT_THAT(FeedbackOf(Consume(Consumable({Encoding(nullptr)}), client)),
              ElementsAre("transport-cc", "nack pli"));
}

TEST(ConsumerParametersTest, HeaderExtensionsMustHaveTheSameIdAndUri) {
  RtpParameters consumable = Consumable({Encoding(nullptr)});
  RtpCapabilities client;
  client.codecs = Router().codecs;
  client.header_extensions = {{MediaKind::kVideo, kAbsSendTime, 4, false, ExtensionDirection::kSendRecv},
                              {MediaKind::kVideo, kTransportCc, 6, false, ExtensionDirection::kSendRecv}};
  RtpParameters consumer = Consume(consumable, client);
  ASSERT_EQ(consumer.header_extensions.size(), 1u);
  EXPECT_EQ(consumer.header_extensions[0].uri, kAbsSendTime);
}

TEST(ConsumerParametersTest, ClientWithoutTheCodecCannotConsume) {
  RtpParameters consumable = Consumable({Encoding(nullptr)});
  RtpCapabilities client = Router();
  std::erase_if(client.codecs, [](const auto& codec) { return codec.Is("video/VP8"); });
  EXPECT_FALSE(CanConsume(consumable, client)) << "RTX alone is not enough";
  Result<RtpParameters> consumer = NegotiateConsumer(consumable, client, {true, std::nullopt, Ssrc(9000)});
  ASSERT_FALSE(consumer.ok());
  EXPECT_EQ(consumer.error().reason, "unsupported");
  EXPECT_EQ(consumer.error().path, "params.rtpCapabilities");
  EXPECT_FALSE(CanConsume(consumable, RtpCapabilities{}));
}

TEST(ConsumerParametersTest, OnlyTheCodecsThatTheClientHasAreLeft) {
  RtpParameters consumable = Consumable({Encoding(nullptr)});
  RtpParameters vp9 = Consumable({Encoding(nullptr)}, "video/VP9");
  consumable.codecs.insert(consumable.codecs.end(), vp9.codecs.begin(), vp9.codecs.end());
  RtpCapabilities client = Router();
  std::erase_if(client.codecs, [](const auto& codec) { return codec.Is("video/VP8"); });
  EXPECT_TRUE(CanConsume(consumable, client));
  RtpParameters consumer = Consume(consumable, client);
  ASSERT_EQ(consumer.codecs.size(), 2u);
  EXPECT_EQ(consumer.codecs[0].mime_type, "video/VP9");
  EXPECT_EQ(consumer.codecs[1].IntegerParameter("apt"), consumer.codecs[0].payload_type.value());
}

// Of Opus in RED.
RtpParameters RedConsumable(RtpCapabilities* router) {
  std::vector<RtpCodecCapability> codecs(2);
  codecs[0].mime_type = "audio/opus";
  codecs[1].mime_type = "audio/red";
  for (RtpCodecCapability& codec : codecs) {
    codec.clock_rate = 48'000;
    codec.channels = 2;
  }
  *router = *MakeRouterCapabilities(codecs);
  RtpParameters rtp;
  for (const RtpCodecCapability& codec : router->codecs) {
    static_cast<CodecDescription&>(rtp.codecs.emplace_back()) = codec;
    rtp.codecs.back().payload_type = *codec.preferred_payload_type;
  }
  rtp.encodings.emplace_back().ssrc = Ssrc(1);
  return NegotiateProducer(MediaKind::kAudio, rtp, *router, Ssrc(500))->consumable;
}

TEST(ConsumerParametersTest, RedGoesToWhoTakesIt) {
  RtpCapabilities client;
  const RtpParameters consumable = RedConsumable(&client);
  for (RtpCodecCapability& codec : client.codecs) codec.parameters.clear();  // As SDP parsers do.
  RtpParameters consumer = Consume(consumable, client, false);
  ASSERT_EQ(consumer.codecs.size(), 2u);
  EXPECT_EQ(consumer.codecs[0].mime_type, "audio/opus");
  EXPECT_EQ(consumer.codecs[1].parameters, (ParameterMap{{"", "100/100"}}));
}

TEST(ConsumerParametersTest, WhoDoesNotTakeRedGetsTheCodecInside) {
  RtpCapabilities client;
  const RtpParameters consumable = RedConsumable(&client);
  client.codecs.pop_back();
  RtpParameters consumer = Consume(consumable, client, false);
  ASSERT_EQ(consumer.codecs.size(), 1u);
  EXPECT_EQ(consumer.codecs[0].mime_type, "audio/opus");
}

TEST(ConsumerParametersTest, RedAloneCannotBeConsumed) {
  RtpCapabilities client;
  const RtpParameters consumable = RedConsumable(&client);
  client.codecs.erase(client.codecs.begin());
  EXPECT_FALSE(CanConsume(consumable, client));
}

}  // namespace
}  // namespace sluice::api
