#include "api/ortc/router_capabilities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "api/ortc/supported_capabilities.h"

namespace sluice::api {
namespace {

using ::testing::ElementsAre;

RtpCodecCapability Codec(std::string mime_type, std::optional<uint8_t> payload_type = std::nullopt) {
  RtpCodecCapability codec;
  codec.mime_type = std::move(mime_type);
  codec.kind = *KindOfMimeType(codec.mime_type);
  codec.clock_rate = codec.kind == MediaKind::kVideo ? 90'000 : 48'000;
  if (codec.Is("audio/opus")) codec.channels = 2;
  if (payload_type) codec.preferred_payload_type = PayloadType(*payload_type);
  return codec;
}

RtpCodecCapability Telephony(std::string mime_type) {
  RtpCodecCapability codec = Codec(std::move(mime_type));
  codec.clock_rate = 8'000;
  codec.channels = 1;
  return codec;
}

std::vector<int> PayloadTypesOf(const RtpCapabilities& capabilities) {
  std::vector<int> types;
  for (const RtpCodecCapability& codec : capabilities.codecs)
    types.push_back(codec.preferred_payload_type->value());
  return types;
}

// The payload types, or nothing on error.
std::vector<int> Assign(const std::vector<RtpCodecCapability>& codecs) {
  Result<RtpCapabilities> router = MakeRouterCapabilities(codecs);
  return router.ok() ? PayloadTypesOf(*router) : std::vector<int>{};
}

RpcError ErrorOf(const std::vector<RtpCodecCapability>& codecs) {
  Result<RtpCapabilities> router = MakeRouterCapabilities(codecs);
  return router.ok() ? RpcError{} : router.error();
}

TEST(RouterCapabilitiesTest, PayloadTypesAreDynamicFromHundredOn) {
  EXPECT_THAT(Assign({Codec("audio/opus"), Codec("video/VP8")}), ElementsAre(100, 101, 102));
}

RtpCodecCapability Red() {
  RtpCodecCapability codec = Codec("audio/red");
  codec.channels = 2;
  return codec;
}

TEST(RouterCapabilitiesTest, RedRepeatsTheCodecThatItCan) {
  Result<RtpCapabilities> router =
      MakeRouterCapabilities({Telephony("audio/PCMU"), Red(), Codec("audio/opus", 111)});
  ASSERT_TRUE(router.ok());
  EXPECT_EQ(router->codecs[1].parameters, (ParameterMap{{"", "111/111"}}));
}

TEST(RouterCapabilitiesTest, RedNeedsACodecToRepeat) {
  EXPECT_EQ(ErrorOf({Red()}).reason, "unsupported");
  EXPECT_EQ(ErrorOf({Telephony("audio/PCMU"), Red()}).reason, "unsupported");
}

TEST(RouterCapabilitiesTest, StaticPayloadTypesAreKept) {
  EXPECT_THAT(Assign({Telephony("audio/PCMU"), Telephony("audio/PCMA"), Telephony("audio/G722")}),
              ElementsAre(0, 8, 9));
}

TEST(RouterCapabilitiesTest, PreferredPayloadTypesAreKept) {
  EXPECT_THAT(Assign({Codec("audio/opus", 111), Codec("video/VP8", 35)}), ElementsAre(111, 35, 100));
}

TEST(RouterCapabilitiesTest, PreferredPayloadTypeIsNotGivenToAnEarlierCodec) {
  EXPECT_THAT(Assign({Codec("audio/opus"), Codec("video/VP8", 100), Codec("video/VP9", 101)}),
              ElementsAre(102, 100, 103, 101, 104));
}

TEST(RouterCapabilitiesTest, VideoCodecsHaveRtxAndAudioCodecsDoNot) {
  Result<RtpCapabilities> router = MakeRouterCapabilities({Codec("audio/opus"), Codec("video/VP8")});
  ASSERT_TRUE(router.ok());
  ASSERT_EQ(router->codecs.size(), 3u);
  const RtpCodecCapability& rtx = router->codecs[2];
  EXPECT_EQ(rtx.mime_type, "video/rtx");
  EXPECT_EQ(rtx.IntegerParameter("apt"), 101);
  EXPECT_EQ(rtx.clock_rate, 90'000u);
  EXPECT_TRUE(rtx.rtcp_feedback.empty());
}

TEST(RouterCapabilitiesTest, LastDynamicPayloadTypesAreNinetySixToNinetyNine) {
  std::vector<RtpCodecCapability> codecs(16, Codec("video/VP8"));
  std::vector<int> types = Assign(codecs);
  ASSERT_EQ(types.size(), 32u);
  EXPECT_EQ(types[27], 127);
  EXPECT_THAT(std::vector<int>(types.begin() + 28, types.end()), ElementsAre(96, 97, 98, 99));
}

TEST(RouterCapabilitiesTest, RunningOutOfPayloadTypesIsAnError) {
  std::vector<RtpCodecCapability> codecs(17, Codec("video/VP8"));
  EXPECT_EQ(ErrorOf(codecs).reason, "resource_unavailable");
  EXPECT_EQ(ErrorOf(codecs).path, "params.mediaCodecs[16]");
}

TEST(RouterCapabilitiesTest, UnsupportedCodecIsAnError) {
  EXPECT_EQ(ErrorOf({Codec("video/VP8"), Codec("video/H263")}).reason, "unsupported");
  EXPECT_EQ(ErrorOf({Codec("video/VP8"), Codec("video/H263")}).path, "params.mediaCodecs[1]");
  RtpCodecCapability mono = Codec("audio/opus");
  mono.channels = 1;
  EXPECT_EQ(ErrorOf({mono}).reason, "unsupported");
  EXPECT_EQ(ErrorOf({Codec("video/rtx")}).reason, "unsupported") << "RTX comes by itself";
}

TEST(RouterCapabilitiesTest, PayloadTypesThatClashAreAnError) {
  RpcError twice = ErrorOf({Codec("audio/opus", 120), Codec("video/VP8", 120)});
  EXPECT_EQ(twice.reason, "invalid_value");
  EXPECT_EQ(twice.path, "params.mediaCodecs[1].preferredPayloadType");
  EXPECT_EQ(ErrorOf({Telephony("audio/PCMU"), Codec("video/VP8", 0)}).reason, "invalid_value");
}

TEST(RouterCapabilitiesTest, PayloadTypesOfRtcpAreAnError) {
  EXPECT_EQ(ErrorOf({Codec("video/VP8", 72)}).reason, "invalid_value");
  EXPECT_THAT(Assign({Codec("audio/opus", 63), Codec("video/VP8", 96)}), ElementsAre(63, 96, 100));
}

TEST(RouterCapabilitiesTest, ParametersAreMergedWithTheDefaults) {
  RtpCodecCapability h264 = Codec("video/H264");
  h264.parameters = {{"packetization-mode", int64_t{1}}, {"x-google-start-bitrate", int64_t{1500}}};
  Result<RtpCapabilities> router = MakeRouterCapabilities({h264});
  ASSERT_TRUE(router.ok());
  EXPECT_EQ(router->codecs[0].parameters, (ParameterMap{{"level-asymmetry-allowed", int64_t{1}},
                                                        {"packetization-mode", int64_t{1}},
                                                        {"x-google-start-bitrate", int64_t{1500}}}));
}

TEST(RouterCapabilitiesTest, NameAndFeedbackAreTheSupportedOnes) {
  RtpCodecCapability vp8 = Codec("VIDEO/vp8");
  vp8.rtcp_feedback = {{"made-up", ""}};
  Result<RtpCapabilities> router = MakeRouterCapabilities({vp8});
  ASSERT_TRUE(router.ok());
  EXPECT_EQ(router->codecs[0].mime_type, "video/VP8");
  EXPECT_EQ(router->codecs[0].rtcp_feedback.size(), 5u);
}

TEST(RouterCapabilitiesTest, WithoutCodecsThereAreStillHeaderExtensions) {
  Result<RtpCapabilities> router = MakeRouterCapabilities({});
  ASSERT_TRUE(router.ok());
  EXPECT_TRUE(router->codecs.empty());
  EXPECT_EQ(router->header_extensions, SupportedCapabilities().header_extensions);
}

TEST(RouterCapabilitiesTest, EverySupportedCodecMakesARouter) {
  for (const RtpCodecCapability& codec : SupportedCapabilities().codecs) {
    EXPECT_TRUE(MakeRouterCapabilities({codec, Codec("audio/opus")}).ok()) << codec.mime_type;
  }
}

}  // namespace
}  // namespace sluice::api
