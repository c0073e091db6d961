#include "api/wanted_layers_json.h"

#include <gtest/gtest.h>

namespace sluice::api {
namespace {

using nlohmann::json;

Producer Simulcast() {
  Producer producer;
  for (const char* rid : {"q", "h", "f"}) {
    RtpEncodingParameters encoding;
    encoding.rid = rid;
    encoding.scalability_mode = "L1T3";
    producer.parameters.rtp_parameters.encodings.push_back(encoding);
  }
  producer.parameters.type = ProducerType::kSimulcast;
  return producer;
}

TEST(WantedLayersJsonTest, NothingIsNoJson) { EXPECT_EQ(WantedLayersJson(Simulcast()), std::nullopt); }

TEST(WantedLayersJsonTest, OfSimulcastSomeEncodingsBelowTheHighestMayNotBeWanted) {
  Producer producer = Simulcast();
  producer.wanted.Add(0, {0, 1});
  producer.wanted.Add(2, {0, 7});
  EXPECT_EQ(*WantedLayersJson(producer),
            (json{{"spatialLayer", 2},
                  {"temporalLayer", 2},
                  {"encodings",
                   {{{"encodingIdx", 0}, {"rid", "q"}, {"wanted", true}, {"temporalLayer", 1}},
                    {{"encodingIdx", 1}, {"rid", "h"}, {"wanted", false}},
                    {{"encodingIdx", 2}, {"rid", "f"}, {"wanted", true}, {"temporalLayer", 2}}}}}));
}

TEST(WantedLayersJsonTest, OfSvcTheLayersAreInsideTheOneEncoding) {
  Producer producer;
  producer.parameters.rtp_parameters.encodings.emplace_back().scalability_mode = "L3T3_KEY";
  producer.parameters.type = ProducerType::kSvc;
  producer.wanted = router::WantedLayers::Everything(1);
  json encodings = json::array({{{"encodingIdx", 0}, {"wanted", true}, {"temporalLayer", 2}}});
  EXPECT_EQ(*WantedLayersJson(producer),
            (json{{"spatialLayer", 2}, {"temporalLayer", 2}, {"encodings", encodings}}));
  producer.wanted = {};
  producer.wanted.Add(0, {1, 0});
  encodings[0]["temporalLayer"] = 0;
  EXPECT_EQ(*WantedLayersJson(producer),
            (json{{"spatialLayer", 1}, {"temporalLayer", 0}, {"encodings", encodings}}));
}

}  // namespace
}  // namespace sluice::api
