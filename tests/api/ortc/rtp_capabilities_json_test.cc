#include "api/ortc/rtp_capabilities_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "api/ortc/router_capabilities.h"
#include "api/ortc/supported_capabilities.h"

namespace sluice::api {
namespace {

using nlohmann::json;

// Reads `caps`; "reason path" of the error, empty for none.
std::string ErrorOf(const json& caps) {
  std::optional<RpcError> error;
  {
    json params = {{"rtpCapabilities", caps}};
    ObjectReader reader(params, "params");
    ReadRtpCapabilities(reader.RequiredObject("rtpCapabilities", Fields::kOpen));
    error = reader.error();
  }
  return error ? error->reason + " " + error->path : "";
}

RtpCapabilities Read(const json& caps) {
  ObjectReader reader(caps, "caps", Fields::kOpen);
  return ReadRtpCapabilities(std::move(reader));
}

json OneCodec(const char* field, json value) {
  json codec = {{"mimeType", "audio/opus"}, {"clockRate", 48000}, {"channels", 2}};
  codec[field] = std::move(value);
  return {{"codecs", json::array({codec})}};
}

json OneExtension(const char* field, json value) {
  json extension = {{"kind", "audio"}, {"uri", "urn:x"}, {"preferredId", 1}};
  extension[field] = std::move(value);
  return {{"headerExtensions", json::array({extension})}};
}

TEST(RtpCapabilitiesJsonTest, EverythingIsOptional) {
  EXPECT_EQ(Read(json::object()), RtpCapabilities{});
  EXPECT_EQ(Read(json{{"codecs", nullptr}, {"headerExtensions", nullptr}}), RtpCapabilities{});
}

TEST(RtpCapabilitiesJsonTest, SupportedCapabilitiesRoundTrip) {
  EXPECT_EQ(Read(ToJson(SupportedCapabilities())), SupportedCapabilities());
}

TEST(RtpCapabilitiesJsonTest, DefaultsAreFilledIn) {
  RtpCapabilities caps = Read(json::parse(R"({"codecs":[{"mimeType":"audio/PCMU","clockRate":8000},
      {"mimeType":"Video/vp8","kind":"audio","clockRate":90000,"channels":2}],
      "headerExtensions":[{"kind":"video","uri":"urn:x","preferredId":255}]})"));
  EXPECT_EQ(caps.codecs[0].channels, 1);
  EXPECT_EQ(caps.codecs[0].preferred_payload_type, std::nullopt);
  EXPECT_EQ(caps.codecs[1].kind, MediaKind::kVideo) << "the MIME type counts";
  EXPECT_EQ(caps.codecs[1].channels, std::nullopt) << "video has none";
  EXPECT_EQ(caps.header_extensions[0].direction, ExtensionDirection::kSendRecv);
  EXPECT_FALSE(caps.header_extensions[0].preferred_encrypt);
}

TEST(RtpCapabilitiesJsonTest, ParametersAreStringsAndNumbers) {
  RtpCapabilities caps = Read(OneCodec("parameters", {{"a", "x"}, {"b", 1.0}, {"c", 2.5}, {"d", -3}}));
  const ParameterMap& parameters = caps.codecs[0].parameters;
  EXPECT_EQ(parameters.at("a"), ParameterValue("x"));
  EXPECT_EQ(parameters.at("b"), ParameterValue(int64_t{1}));
  EXPECT_EQ(parameters.at("c"), ParameterValue(2.5));
  EXPECT_EQ(parameters.at("d"), ParameterValue(int64_t{-3}));
}

TEST(RtpCapabilitiesJsonTest, HugeNumbersInParametersStayNumbers) {
  RtpCapabilities caps = Read(OneCodec("parameters", {{"a", UINT64_MAX}, {"b", 1e300}, {"c", INT64_MIN}}));
  EXPECT_TRUE(std::holds_alternative<double>(caps.codecs[0].parameters.at("a")));
  EXPECT_TRUE(std::holds_alternative<double>(caps.codecs[0].parameters.at("b")));
  EXPECT_EQ(caps.codecs[0].parameters.at("c"), ParameterValue(INT64_MIN));
}

TEST(RtpCapabilitiesJsonTest, UnknownFieldsAreIgnored) {
  EXPECT_EQ(ErrorOf(OneCodec("future", {{"x", 1}})), "");
  EXPECT_EQ(ErrorOf(OneExtension("future", true)), "");
  EXPECT_EQ(ErrorOf({{"fecMechanisms", json::array()}}), "");
}

TEST(RtpCapabilitiesJsonTest, ErrorsHaveTheirPath) {
  const std::string codec = " params.rtpCapabilities.codecs[0].";
  const std::string extension = " params.rtpCapabilities.headerExtensions[0].";
  EXPECT_EQ(ErrorOf({{"codecs", 1}}), "wrong_type params.rtpCapabilities.codecs");
  EXPECT_EQ(ErrorOf({{"codecs", {1}}}), "wrong_type params.rtpCapabilities.codecs[0]");
  EXPECT_EQ(ErrorOf(json(7)), "wrong_type params.rtpCapabilities");
  EXPECT_EQ(ErrorOf(OneCodec("mimeType", nullptr)), "missing_field" + codec + "mimeType");
  EXPECT_EQ(ErrorOf(OneCodec("mimeType", 1)), "wrong_type" + codec + "mimeType");
  EXPECT_EQ(ErrorOf(OneCodec("mimeType", "text/plain")), "invalid_value" + codec + "mimeType");
  EXPECT_EQ(ErrorOf(OneCodec("mimeType", "audio/")), "invalid_value" + codec + "mimeType");
  EXPECT_EQ(ErrorOf(OneCodec("clockRate", 0)), "invalid_value" + codec + "clockRate");
  EXPECT_EQ(ErrorOf(OneCodec("clockRate", "48000")), "wrong_type" + codec + "clockRate");
  EXPECT_EQ(ErrorOf(OneCodec("channels", 0)), "invalid_value" + codec + "channels");
  EXPECT_EQ(ErrorOf(OneCodec("channels", "2")), "wrong_type" + codec + "channels");
  EXPECT_EQ(ErrorOf(OneCodec("preferredPayloadType", 128)), "invalid_value" + codec + "preferredPayloadType");
  EXPECT_EQ(ErrorOf(OneCodec("parameters", 5)), "wrong_type" + codec + "parameters");
  EXPECT_EQ(ErrorOf(OneCodec("parameters", {{"x", true}})), "wrong_type" + codec + "parameters.x");
  EXPECT_EQ(ErrorOf(OneCodec("parameters", {{"a b", nullptr}})),
            "wrong_type" + codec + "parameters[\"a b\"]");
  EXPECT_EQ(ErrorOf(OneCodec("parameters", {{"apt", "96"}})), "wrong_type" + codec + "parameters.apt");
  EXPECT_EQ(ErrorOf(OneCodec("parameters", {{"apt", 128}})), "invalid_value" + codec + "parameters.apt");
  EXPECT_EQ(ErrorOf(OneCodec("rtcpFeedback", {{"type", "nack"}})), "wrong_type" + codec + "rtcpFeedback");
  EXPECT_EQ(ErrorOf(OneCodec("rtcpFeedback", json::array({json::object()}))),
            "missing_field" + codec + "rtcpFeedback[0].type");
  EXPECT_EQ(ErrorOf(OneCodec("rtcpFeedback", {{{"type", ""}}})),
            "invalid_value" + codec + "rtcpFeedback[0].type");
  EXPECT_EQ(ErrorOf(OneExtension("kind", "")), "invalid_value" + extension + "kind");
  EXPECT_EQ(ErrorOf(OneExtension("uri", "")), "invalid_value" + extension + "uri");
  EXPECT_EQ(ErrorOf(OneExtension("preferredId", 0)), "invalid_value" + extension + "preferredId");
  EXPECT_EQ(ErrorOf(OneExtension("preferredId", 256)), "invalid_value" + extension + "preferredId");
  EXPECT_EQ(ErrorOf(OneExtension("preferredEncrypt", 1)), "wrong_type" + extension + "preferredEncrypt");
  EXPECT_EQ(ErrorOf(OneExtension("direction", "both")), "invalid_value" + extension + "direction");
}

}  // namespace
}  // namespace sluice::api
