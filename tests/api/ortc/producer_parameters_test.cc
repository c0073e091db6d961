#include "api/ortc/producer_parameters.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "api/ortc/router_capabilities.h"
#include "rtp/header_extension.h"

namespace sluice::api {
namespace {

RtpCapabilities Router() {
  std::vector<RtpCodecCapability> codecs;
  for (const char* mime_type : {"audio/opus", "video/VP8", "video/VP9", "video/H264", "video/AV1"}) {
    RtpCodecCapability& codec = codecs.emplace_back();
    codec.mime_type = mime_type;
    codec.kind = *KindOfMimeType(mime_type);
    codec.clock_rate = codec.kind == MediaKind::kVideo ? 90'000 : 48'000;
    if (codec.kind == MediaKind::kAudio) codec.channels = 2;
  }
  return *MakeRouterCapabilities(codecs);
}

RtpCodecParameters Codec(std::string mime_type, uint8_t payload_type) {
  RtpCodecParameters codec;
  codec.mime_type = std::move(mime_type);
  codec.payload_type = PayloadType(payload_type);
  bool is_audio = KindOfMimeType(codec.mime_type) == MediaKind::kAudio;
  codec.clock_rate = is_audio ? 48'000 : 90'000;
  if (is_audio) codec.channels = 2;
  return codec;
}

RtpCodecParameters Rtx(uint8_t payload_type, int64_t apt) {
  RtpCodecParameters codec = Codec("video/rtx", payload_type);
  codec.parameters["apt"] = apt;
  return codec;
}

RtpEncodingParameters Encoding(uint32_t ssrc) {
  RtpEncodingParameters encoding;
  encoding.ssrc = Ssrc(ssrc);
  return encoding;
}

// VP8 with RTX, one stream.
RtpParameters Video(const char* mime_type = "video/VP8") {
  RtpParameters rtp;
  rtp.mid = "0";
  rtp.codecs = {Codec(mime_type, 96), Rtx(97, 96)};
  rtp.encodings = {Encoding(1000)};
  return rtp;
}

RtpParameters WithModes(RtpParameters rtp, const std::vector<std::string>& modes) {
  rtp.encodings.clear();
  for (const std::string& mode : modes) {
    RtpEncodingParameters& encoding =
        rtp.encodings.emplace_back(Encoding(1000 + static_cast<uint32_t>(rtp.encodings.size())));
    if (!mode.empty()) encoding.scalability_mode = mode;
  }
  return rtp;
}

Result<ProducerParameters> Negotiate(RtpParameters rtp, MediaKind kind = MediaKind::kVideo) {
  return NegotiateProducer(kind, std::move(rtp), Router(), Ssrc(500));
}

// "reason path-below-rtpParameters", empty for none.
std::string ErrorOf(RtpParameters rtp, MediaKind kind = MediaKind::kVideo) {
  Result<ProducerParameters> producer = Negotiate(std::move(rtp), kind);
  if (producer.ok()) return "";
  return producer.error().reason + " " +
         producer.error().path.substr(std::string("params.rtpParameters.").size());
}

TEST(ProducerParametersTest, PayloadTypesAreMappedToTheRouters) {
  Result<ProducerParameters> producer = Negotiate(Video());
  ASSERT_TRUE(producer.ok());
  EXPECT_EQ(producer->rtp_mapping.codecs, (std::vector<CodecMapping>{{PayloadType(96), PayloadType(101)},
                                                                     {PayloadType(97), PayloadType(102)}}));
}

TEST(ProducerParametersTest, EncodingsGetConsecutiveMappedSsrcs) {
  RtpParameters rtp = Video();
  rtp.encodings[0].rid = "a";
  rtp.encodings.push_back({});
  rtp.encodings[1].rid = "b";
  Result<ProducerParameters> producer = Negotiate(rtp);
  ASSERT_TRUE(producer.ok());
  EXPECT_EQ(producer->rtp_mapping.encodings,
            (std::vector<EncodingMapping>{{Ssrc(1000), "a", Ssrc(500)}, {std::nullopt, "b", Ssrc(501)}}));
  EXPECT_EQ(producer->consumable.encodings[1].ssrc, Ssrc(501));
  EXPECT_EQ(producer->consumable.encodings[1].rid, std::nullopt);
}

TEST(ProducerParametersTest, ConsumableHasRtxEvenIfTheProducerHasNone) {
  RtpParameters rtp = Video();
  rtp.codecs.pop_back();
  Result<ProducerParameters> producer = Negotiate(rtp);
  ASSERT_TRUE(producer.ok());
  EXPECT_NE(producer->consumable.FindRtxCodec(PayloadType(101)), nullptr);
}

TEST(ProducerParametersTest, ConsumableKeepsTheProducersCodecParameters) {
  RtpParameters rtp = Video();
  rtp.codecs[0].parameters["x-google-max-bitrate"] = int64_t{9};
  Result<ProducerParameters> producer = Negotiate(rtp);
  ASSERT_TRUE(producer.ok());
  EXPECT_EQ(producer->consumable.codecs[0].parameters, rtp.codecs[0].parameters);
}

TEST(ProducerParametersTest, AbsCaptureTimeIsOfferedOnlyIfTheProducerHasIt) {
  constexpr char kUri[] = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
  RtpParameters rtp = Video();
  EXPECT_FALSE(Negotiate(rtp)->consumable.HasHeaderExtension(kUri));
  rtp.header_extensions = {{kUri, 9, false, {}}};
  EXPECT_TRUE(Negotiate(rtp)->consumable.HasHeaderExtension(kUri));
}

TEST(ProducerParametersTest, HeaderExtensionsThatAreOnlyReceivedAreNotConsumable) {
  RtpParameters consumable = Negotiate(Video())->consumable;
  EXPECT_TRUE(consumable.HasHeaderExtension("urn:ietf:params:rtp-hdrext:sdes:mid"));
  EXPECT_FALSE(consumable.HasHeaderExtension("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"));
  EXPECT_FALSE(consumable.HasHeaderExtension("urn:ietf:params:rtp-hdrext:ssrc-audio-level"))
      << "that is audio's";
}

TEST(ProducerParametersTest, WhichLayersAPublisherSendsIsForTheRouterAlone) {
  const auto uri = rtp::ExtensionUri(rtp::ExtensionKind::kVideoLayersAllocation);
  RtpParameters rtp = Video();
  rtp.header_extensions = {{std::string(uri), 13, false, {}}};
  EXPECT_TRUE(Negotiate(rtp)->rtp_parameters.HasHeaderExtension(uri));
  EXPECT_FALSE(Negotiate(rtp)->consumable.HasHeaderExtension(uri));
}

TEST(ProducerParametersTest, TypeFollowsFromTheEncodings) {
  EXPECT_EQ(Negotiate(Video())->type, ProducerType::kSimple);
  EXPECT_EQ(Negotiate(WithModes(Video(), {"L1T1"}))->type, ProducerType::kSimple);
  EXPECT_EQ(Negotiate(WithModes(Video(), {"", ""}))->type, ProducerType::kSimulcast);
  EXPECT_EQ(Negotiate(WithModes(Video(), {"L1T3", "L1T3"}))->type, ProducerType::kSimulcast);
  EXPECT_EQ(Negotiate(WithModes(Video(), {"L1T3"}))->type, ProducerType::kSvc);
  EXPECT_EQ(Negotiate(WithModes(Video("video/VP9"), {"L3T3_KEY"}))->type, ProducerType::kSvc);
  EXPECT_EQ(Negotiate(WithModes(Video("video/AV1"), {"L1T3", "L1T3"}))->type, ProducerType::kSimulcast);
  EXPECT_EQ(ToString(ProducerType::kSimple), "simple");
  EXPECT_EQ(ToString(ProducerType::kSimulcast), "simulcast");
  EXPECT_EQ(ToString(ProducerType::kSvc), "svc");
}

TEST(ProducerParametersTest, LayersThatACodecDoesNotHaveAreUnsupported) {
  RtpParameters audio;
  audio.codecs = {Codec("audio/opus", 111)};
  EXPECT_EQ(ErrorOf(WithModes(audio, {"", ""}), MediaKind::kAudio), "unsupported encodings[0]");
  EXPECT_EQ(ErrorOf(WithModes(audio, {"L1T3"}), MediaKind::kAudio), "unsupported encodings[0]");
  EXPECT_EQ(ErrorOf(WithModes(audio, {""}), MediaKind::kAudio), "");
  EXPECT_EQ(ErrorOf(WithModes(Video("video/VP9"), {"L1T3", "L2T3"})),
            "unsupported encodings[1].scalabilityMode");
}

TEST(ProducerParametersTest, CodecsThatTheRouterLacksAreUnsupported) {
  EXPECT_EQ(ErrorOf(Video("video/H263")), "unsupported codecs[0]");
  RtpParameters rtp = Video();
  rtp.codecs.push_back(Codec("video/red", 118));
  EXPECT_EQ(ErrorOf(rtp), "unsupported codecs[2]");
  RtpParameters audio;
  audio.codecs = {Codec("audio/opus", 111), Codec("audio/rtx", 112)};
  audio.codecs[1].parameters["apt"] = int64_t{111};
  audio.encodings = {Encoding(1)};
  EXPECT_EQ(ErrorOf(audio, MediaKind::kAudio), "unsupported codecs[1]") << "no RTX for audio";
  EXPECT_EQ(Negotiate(Video("video/H263")).error().path, "params.rtpParameters.codecs[0]");
}

TEST(ProducerParametersTest, CodecsMustMakeSense) {
  RtpParameters rtp = Video();
  rtp.codecs.clear();
  EXPECT_EQ(ErrorOf(rtp), "invalid_value codecs");
  rtp.codecs = {Rtx(97, 96)};
  EXPECT_EQ(ErrorOf(rtp), "invalid_value codecs");
  rtp.codecs = {Codec("video/VP8", 96), Codec("video/VP9", 96)};
  EXPECT_EQ(ErrorOf(rtp), "invalid_value codecs[1].payloadType");
  rtp.codecs = {Codec("video/VP8", 96), Codec("audio/opus", 111)};
  EXPECT_EQ(ErrorOf(rtp), "invalid_value codecs[1].mimeType");
  EXPECT_EQ(ErrorOf(Video(), MediaKind::kAudio), "invalid_value codecs[0].mimeType");
}

TEST(ProducerParametersTest, RtxMustPointToAMediaCodec) {
  RtpParameters rtp = Video();
  rtp.codecs[1].parameters.clear();
  EXPECT_EQ(ErrorOf(rtp), "missing_field codecs[1].parameters.apt");
  rtp.codecs[1] = Rtx(97, 98);
  EXPECT_EQ(ErrorOf(rtp), "invalid_value codecs[1].parameters.apt");
  rtp.codecs[1] = Rtx(97, 97);
  EXPECT_EQ(ErrorOf(rtp), "invalid_value codecs[1].parameters.apt") << "RTX of itself";
  rtp.codecs[1] = Rtx(97, 96 + 256);
  EXPECT_EQ(ErrorOf(rtp), "invalid_value codecs[1].parameters.apt") << "no payload type";
}

TEST(ProducerParametersTest, StreamsMustBeTellable) {
  RtpParameters rtp = Video();
  rtp.encodings = {{}, {}};
  EXPECT_EQ(ErrorOf(rtp), "missing_field encodings[0].ssrc");
  rtp.encodings = {Encoding(1), {}};
  EXPECT_EQ(ErrorOf(rtp), "missing_field encodings[1].ssrc");
  rtp.encodings = {{}};
  EXPECT_EQ(ErrorOf(rtp), "") << "by MID";
  rtp.mid.reset();
  EXPECT_EQ(ErrorOf(rtp), "missing_field encodings[0].ssrc");
  rtp.encodings.clear();
  EXPECT_EQ(ErrorOf(rtp), "missing_field encodings[0].ssrc");
}

TEST(ProducerParametersTest, NoEncodingsAreOneThatIsToldByMid) {
  RtpParameters rtp = Video();
  rtp.encodings.clear();
  Result<ProducerParameters> producer = Negotiate(rtp);
  ASSERT_TRUE(producer.ok());
  EXPECT_EQ(producer->rtp_parameters.encodings.size(), 1u);
  EXPECT_EQ(producer->rtp_mapping.encodings,
            (std::vector<EncodingMapping>{{std::nullopt, std::nullopt, Ssrc(500)}}));
}

TEST(ProducerParametersTest, StreamsMustDiffer) {
  RtpParameters rtp = Video();
  rtp.encodings = {Encoding(1), Encoding(1)};
  EXPECT_EQ(ErrorOf(rtp), "invalid_value encodings[1].ssrc");
  rtp.encodings = {Encoding(1), Encoding(2)};
  rtp.encodings[1].rtx_ssrc = Ssrc(1);
  EXPECT_EQ(ErrorOf(rtp), "invalid_value encodings[1].rtx.ssrc");
  rtp.encodings[1] = Encoding(2);
  rtp.encodings[0].rid = rtp.encodings[1].rid = "h";
  EXPECT_EQ(ErrorOf(rtp), "invalid_value encodings[1].rid");
}

TEST(ProducerParametersTest, CodecPayloadTypeMustBeThatOfAMediaCodec) {
  RtpParameters rtp = Video();
  rtp.encodings[0].codec_payload_type = PayloadType(96);
  EXPECT_EQ(ErrorOf(rtp), "");
  rtp.encodings[0].codec_payload_type = PayloadType(97);
  EXPECT_EQ(ErrorOf(rtp), "invalid_value encodings[0].codecPayloadType");
  rtp.encodings[0].codec_payload_type = PayloadType(98);
  EXPECT_EQ(ErrorOf(rtp), "invalid_value encodings[0].codecPayloadType");
}

TEST(ProducerParametersTest, HeaderExtensionIdsMustDiffer) {
  RtpParameters rtp = Video();
  rtp.header_extensions = {{"urn:a", 1, false, {}}, {"urn:b", 1, false, {}}};
  EXPECT_EQ(ErrorOf(rtp), "invalid_value headerExtensions[1].id");
}

TEST(ProducerParametersTest, MappedSsrcsWrapAround) {
  RtpParameters rtp = Video();
  rtp.encodings = {Encoding(1), Encoding(2)};
  Result<ProducerParameters> producer = NegotiateProducer(MediaKind::kVideo, rtp, Router(), Ssrc(UINT32_MAX));
  ASSERT_TRUE(producer.ok());
  EXPECT_EQ(producer->rtp_mapping.encodings[1].mapped_ssrc, Ssrc(0));
}

RtpCapabilities RedRouter() {
  std::vector<RtpCodecCapability> codecs(2);
  codecs[0].mime_type = "audio/red";
  codecs[1].mime_type = "audio/opus";
  for (RtpCodecCapability& codec : codecs) {
    codec.clock_rate = 48'000;
    codec.channels = 2;
  }
  return *MakeRouterCapabilities(codecs);
}

// Opus (111) in RED (63), the preferred codec first.
RtpParameters RedAudio(std::optional<ParameterValue> blocks) {
  RtpParameters rtp;
  rtp.codecs = {Codec("audio/red", 63), Codec("audio/opus", 111)};
  if (blocks) rtp.codecs[0].parameters[""] = *blocks;
  rtp.encodings = {Encoding(1000)};
  return rtp;
}

std::string RedErrorOf(const RtpParameters& rtp) {
  Result<ProducerParameters> producer = NegotiateProducer(MediaKind::kAudio, rtp, RedRouter(), Ssrc(500));
  return producer.ok() ? "" : producer.error().reason + " " + producer.error().path;
}

TEST(ProducerParametersTest, RedIsConsumableWithItsBlocksInTheRoutersNames) {
  for (const std::optional<ParameterValue>& blocks : {std::optional<ParameterValue>("111/111"), {}}) {
    Result<ProducerParameters> producer =
        NegotiateProducer(MediaKind::kAudio, RedAudio(blocks), RedRouter(), Ssrc(500));
    ASSERT_TRUE(producer.ok());
    EXPECT_EQ(producer->rtp_parameters.FirstMediaCodec()->mime_type, "audio/opus");
    ASSERT_EQ(producer->consumable.codecs.size(), 2u);
    const RtpCodecParameters& red = producer->consumable.codecs[1];
    EXPECT_EQ(producer->consumable.codecs[0].payload_type, PayloadType(101));
    EXPECT_EQ(red.mime_type, "audio/red");
    EXPECT_EQ(red.payload_type, PayloadType(100));
    EXPECT_EQ(red.parameters, (ParameterMap{{"", "101/101"}}));
  }
}

TEST(ProducerParametersTest, RedHasBlocksOfMediaCodecsOnly) {
  const std::string field = "invalid_value params.rtpParameters.codecs[0]";
  for (const char* blocks : {"", "/", "111/", "63/63", "111/63", "110", "999", "111,111", "-1"}) {
    EXPECT_EQ(RedErrorOf(RedAudio(blocks)).substr(0, field.size()), field) << blocks;
  }
  EXPECT_EQ(RedErrorOf(RedAudio(int64_t{111})).substr(0, field.size()), field);
  EXPECT_EQ(RedErrorOf(RedAudio("111")), "");
}

TEST(ProducerParametersTest, RedAloneIsNoCodec) {
  RtpParameters rtp = RedAudio({});
  rtp.codecs.pop_back();
  EXPECT_EQ(RedErrorOf(rtp), "invalid_value params.rtpParameters.codecs");
}

TEST(ProducerParametersTest, RedIsRefusedWhereTheRouterHasNone) {
  EXPECT_EQ(ErrorOf(RedAudio({}), MediaKind::kAudio), "unsupported codecs[0]");
}

}  // namespace
}  // namespace sluice::api
