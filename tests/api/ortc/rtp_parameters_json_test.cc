#include "api/ortc/rtp_parameters_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace sluice::api {
namespace {

using nlohmann::json;

constexpr char kParameters[] = R"({
  "mid": "1",
  "codecs": [
    {"mimeType":"video/VP8","payloadType":96,"clockRate":90000,"parameters":{},
     "rtcpFeedback":[{"type":"nack","parameter":"pli"},{"type":"goog-remb","parameter":""}]},
    {"mimeType":"video/rtx","payloadType":97,"clockRate":90000,"parameters":{"apt":96},"rtcpFeedback":[]}],
  "headerExtensions": [
    {"uri":"urn:ietf:params:rtp-hdrext:sdes:mid","id":4,"encrypt":false,"parameters":{"v":"1"}}],
  "encodings": [
    {"ssrc":1111,"rtx":{"ssrc":1112},"codecPayloadType":96,"dtx":false,"scalabilityMode":"L1T3",
     "maxBitrate":900000,"scaleResolutionDownBy":1.5},
    {"rid":"h","dtx":true}],
  "rtcp": {"cname":"abc","reducedSize":false},
  "msid": "stream track"})";

RtpParameters Read(const json& value) {
  ObjectReader reader(value, "rtp", Fields::kOpen);
  return ReadRtpParameters(std::move(reader));
}

// kParameters with one field, named by a JSON pointer, replaced; "reason path" of the error, empty for none.
std::string ErrorWith(const char* pointer, json value) {
  json rtp = json::parse(kParameters);
  rtp[json::json_pointer(pointer)] = std::move(value);
  json params = {{"rtpParameters", std::move(rtp)}};
  ObjectReader reader(params, "params");
  ReadRtpParameters(reader.RequiredObject("rtpParameters", Fields::kOpen));
  return reader.error() ? reader.error()->reason + " " + reader.error()->path : "";
}

TEST(RtpParametersJsonTest, EveryFieldRoundTrips) {
  json value = json::parse(kParameters);
  EXPECT_EQ(ToJson(Read(value)), value);
}

TEST(RtpParametersJsonTest, FieldsAreRead) {
  RtpParameters rtp = Read(json::parse(kParameters));
  EXPECT_EQ(rtp.mid, "1");
  EXPECT_EQ(rtp.codecs[1].payload_type, PayloadType(97));
  EXPECT_EQ(rtp.header_extensions[0].id, 4);
  EXPECT_EQ(rtp.encodings[0].ssrc, Ssrc(1111));
  EXPECT_EQ(rtp.encodings[0].rtx_ssrc, Ssrc(1112));
  EXPECT_EQ(rtp.encodings[0].max_bitrate, DataRate::BitsPerSec(900'000));
  EXPECT_EQ(rtp.encodings[1].rid, "h");
  EXPECT_EQ(rtp.rtcp.cname, "abc");
  EXPECT_FALSE(rtp.rtcp.reduced_size);
}

TEST(RtpParametersJsonTest, OnlyTheCodecsAreRequired) {
  RtpParameters rtp = Read(json::parse(R"({"codecs":[]})"));
  EXPECT_EQ(rtp, RtpParameters{});
  EXPECT_TRUE(rtp.rtcp.reduced_size);
}

TEST(RtpParametersJsonTest, EmptyNamesAreNone) {
  RtpParameters rtp =
      Read(json::parse(R"({"mid":"","msid":"","codecs":[],"encodings":[{"rid":"","scalabilityMode":""}],
                           "rtcp":{"cname":""}})"));
  EXPECT_EQ(rtp.mid, std::nullopt);
  EXPECT_EQ(rtp.msid, std::nullopt);
  EXPECT_EQ(rtp.encodings[0].rid, std::nullopt);
  EXPECT_EQ(rtp.encodings[0].scalability_mode, std::nullopt);
  EXPECT_EQ(rtp.rtcp.cname, std::nullopt);
}

TEST(RtpParametersJsonTest, UnknownFieldsAndNullsAreIgnored) {
  EXPECT_EQ(ErrorWith("/encodings/0/active", true), "");
  EXPECT_EQ(ErrorWith("/encodings/0/networkPriority", "low"), "");
  EXPECT_EQ(ErrorWith("/rtcp/mux", true), "");
  EXPECT_EQ(ErrorWith("/encodings/0/rtx", nullptr), "");
  EXPECT_EQ(ErrorWith("/mid", nullptr), "");
  EXPECT_EQ(ErrorWith("/codecs/0/parameters", nullptr), "");
}

TEST(RtpParametersJsonTest, ErrorsHaveTheirPath) {
  const std::string rtp = " params.rtpParameters.";
  EXPECT_EQ(ErrorWith("", "x"), "wrong_type params.rtpParameters");
  EXPECT_EQ(ErrorWith("/mid", 1), "wrong_type" + rtp + "mid");
  EXPECT_EQ(ErrorWith("/mid", std::string(256, 'm')), "invalid_value" + rtp + "mid");
  EXPECT_EQ(ErrorWith("/msid", 1), "wrong_type" + rtp + "msid");
  EXPECT_EQ(ErrorWith("/codecs", nullptr), "missing_field" + rtp + "codecs");
  EXPECT_EQ(ErrorWith("/codecs/0/mimeType", "vp8"), "invalid_value" + rtp + "codecs[0].mimeType");
  EXPECT_EQ(ErrorWith("/codecs/1/payloadType", nullptr), "missing_field" + rtp + "codecs[1].payloadType");
  EXPECT_EQ(ErrorWith("/codecs/1/payloadType", 128), "invalid_value" + rtp + "codecs[1].payloadType");
  EXPECT_EQ(ErrorWith("/codecs/1/payloadType", 96.5), "wrong_type" + rtp + "codecs[1].payloadType");
  EXPECT_EQ(ErrorWith("/codecs/1/parameters/apt", "96"), "wrong_type" + rtp + "codecs[1].parameters.apt");
  EXPECT_EQ(ErrorWith("/headerExtensions/0/uri", nullptr), "missing_field" + rtp + "headerExtensions[0].uri");
  EXPECT_EQ(ErrorWith("/headerExtensions/0/id", 0), "invalid_value" + rtp + "headerExtensions[0].id");
  EXPECT_EQ(ErrorWith("/headerExtensions/0/encrypt", "no"),
            "wrong_type" + rtp + "headerExtensions[0].encrypt");
  EXPECT_EQ(ErrorWith("/headerExtensions/0/parameters/v", {1}),
            "wrong_type" + rtp + "headerExtensions[0].parameters.v");
  EXPECT_EQ(ErrorWith("/encodings/0/ssrc", 0), "invalid_value" + rtp + "encodings[0].ssrc");
  EXPECT_EQ(ErrorWith("/encodings/0/ssrc", 4294967296), "invalid_value" + rtp + "encodings[0].ssrc");
  EXPECT_EQ(ErrorWith("/encodings/0/ssrc", "1"), "wrong_type" + rtp + "encodings[0].ssrc");
  EXPECT_EQ(ErrorWith("/encodings/1/rid", 1), "wrong_type" + rtp + "encodings[1].rid");
  EXPECT_EQ(ErrorWith("/encodings/0/rtx", 5), "wrong_type" + rtp + "encodings[0].rtx");
  EXPECT_EQ(ErrorWith("/encodings/0/rtx/ssrc", nullptr), "missing_field" + rtp + "encodings[0].rtx.ssrc");
  EXPECT_EQ(ErrorWith("/encodings/0/dtx", 1), "wrong_type" + rtp + "encodings[0].dtx");
  EXPECT_EQ(ErrorWith("/encodings/0/scalabilityMode", 3),
            "wrong_type" + rtp + "encodings[0].scalabilityMode");
  EXPECT_EQ(ErrorWith("/encodings/0/maxBitrate", -1), "invalid_value" + rtp + "encodings[0].maxBitrate");
  EXPECT_EQ(ErrorWith("/encodings/0/maxBitrate", 1e19), "invalid_value" + rtp + "encodings[0].maxBitrate");
  EXPECT_EQ(ErrorWith("/encodings/0/scaleResolutionDownBy", 0.5),
            "invalid_value" + rtp + "encodings[0].scaleResolutionDownBy");
  EXPECT_EQ(ErrorWith("/encodings/0/codecPayloadType", 200),
            "invalid_value" + rtp + "encodings[0].codecPayloadType");
  EXPECT_EQ(ErrorWith("/encodings", json::array_t(17, json{{"rid", "x"}})),
            "invalid_value" + rtp + "encodings");
  EXPECT_EQ(ErrorWith("/rtcp", "x"), "wrong_type" + rtp + "rtcp");
  EXPECT_EQ(ErrorWith("/rtcp/cname", 1), "wrong_type" + rtp + "rtcp.cname");
  EXPECT_EQ(ErrorWith("/rtcp/reducedSize", "yes"), "wrong_type" + rtp + "rtcp.reducedSize");
}

TEST(RtpParametersTest, CodecsAreFoundByPayloadTypeAndApt) {
  RtpParameters rtp = Read(json::parse(kParameters));
  EXPECT_EQ(rtp.FindCodec(PayloadType(97)), &rtp.codecs[1]);
  EXPECT_EQ(rtp.FindCodec(PayloadType(98)), nullptr);
  EXPECT_EQ(rtp.FindRtxCodec(PayloadType(96)), &rtp.codecs[1]);
  EXPECT_EQ(rtp.FindRtxCodec(PayloadType(97)), nullptr);
  EXPECT_EQ(rtp.CodecOf(rtp.encodings[0]), &rtp.codecs[0]);
  EXPECT_EQ(rtp.CodecOf(rtp.encodings[1]), &rtp.codecs[0]);
  rtp.encodings[1].codec_payload_type = PayloadType(97);
  EXPECT_EQ(rtp.CodecOf(rtp.encodings[1]), nullptr) << "RTX is no media codec";
}

}  // namespace
}  // namespace sluice::api
