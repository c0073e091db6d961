#include "bench/load/parameters_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::load {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

json Connection() {
  return {{"id", "p1-down"},
          {"peerId", "p1"},
          {"sends", false},
          {"ip", "127.0.0.1"},
          {"port", 40'000},
          {"iceParameters", {{"usernameFragment", "u"}, {"password", "p"}, {"iceLite", true}}},
          {"dtlsParameters",
           {{"role", "auto"},
            {"fingerprints",
             {{{"algorithm", "sha-256"},
               {"value",
                "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:"
                "1E:1F"}}}}}}};
}

json Receive() {
  return {
      {"connectionId", "p1-down"},
      {"streamId", "p2-video"},
      {"rtpParameters",
       {{"codecs",
         {{{"mimeType", "video/VP8"},
           {"clockRate", 90'000},
           {"payloadType", 101},
           {"rtcpFeedback",
            {{{"type", "nack"}, {"parameter", ""}},
             {{"type", "nack"}, {"parameter", "pli"}},
             {{"type", "transport-cc"}}}}}}},
        {"headerExtensions",
         {{{"uri", "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"}, {"id", 5}}}},
        {"encodings", {{{"ssrc", 4'000'000'000u}, {"rtx", {{"ssrc", 7}}}}}}}}};
}

TEST(ParametersJsonTest, ReadsAConnection) {
  auto connection = ReadConnection(Connection());
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ(connection->server.ToString(), "127.0.0.1:40000");
  EXPECT_TRUE(connection->secure);
  EXPECT_EQ(connection->ice.password, "p");
  EXPECT_EQ(connection->fingerprints.size(), 1u);
  EXPECT_EQ(connection->role, transports::DtlsRole::kClient);
}

TEST(ParametersJsonTest, AServerThatIsDtlsClientMakesUsTheServer) {
  json connection = Connection();
  connection["dtlsParameters"]["role"] = "client";
  EXPECT_EQ(ReadConnection(connection)->role, transports::DtlsRole::kServer);
}

TEST(ParametersJsonTest, WithoutIceItIsPlain) {
  json connection = Connection();
  connection.erase("iceParameters");
  EXPECT_FALSE(ReadConnection(connection)->secure);
}

TEST(ParametersJsonTest, ReadsAReception) {
  auto incoming = ReadIncoming(Receive());
  ASSERT_TRUE(incoming.ok()) << incoming.status();
  EXPECT_EQ(incoming->kind, MediaKind::kVideo);
  EXPECT_EQ(incoming->ssrc, Ssrc(4'000'000'000u));
  EXPECT_EQ(incoming->rtx_ssrc, Ssrc(7));
  EXPECT_TRUE(incoming->nack);
  EXPECT_TRUE(incoming->pli);
  EXPECT_TRUE(incoming->transport_cc);
  EXPECT_EQ(incoming->extensions.IdOf(rtp::ExtensionKind::kTransportSequenceNumber), 5);
}

TEST(ParametersJsonTest, WhatIsMissingOrOfAnotherTypeIsNamed) {
  for (const char* field : {"id", "peerId", "ip", "port", "dtlsParameters"}) {
    json connection = Connection();
    connection.erase(field);
    EXPECT_THAT(std::string(ReadConnection(connection).status().message()), HasSubstr(field));
  }
  json connection = Connection();
  connection["ip"] = "localhost";
  EXPECT_THAT(std::string(ReadConnection(connection).status().message()), HasSubstr("ip"));
  json receive = Receive();
  receive["rtpParameters"]["encodings"] = json::array();
  EXPECT_FALSE(ReadIncoming(receive).ok());
  EXPECT_FALSE(ReadJoined({{"connections", 5}}).ok());
  EXPECT_FALSE(ReadJoined(json::array()).ok());
}

TEST(ParametersJsonTest, ReadsWhatAJoinBrought) {
  auto joined = ReadJoined({{"connections", {Connection()}}, {"receive", {Receive(), Receive()}}});
  ASSERT_TRUE(joined.ok()) << joined.status();
  EXPECT_EQ(joined->connections.size(), 1u);
  EXPECT_EQ(joined->receive.size(), 2u);
  EXPECT_TRUE(ReadJoined({{"connections", json::array()}})->receive.empty());
}

}  // namespace
}  // namespace sluice::load
