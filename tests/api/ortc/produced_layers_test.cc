#include "api/ortc/produced_layers.h"

#include <gtest/gtest.h>

namespace sluice::api {
namespace {

ProducedLayers LayersOfModes(std::initializer_list<const char*> modes) {
  ProducerParameters parameters;
  for (const char* mode : modes) {
    RtpEncodingParameters& encoding = parameters.rtp_parameters.encodings.emplace_back();
    if (*mode) encoding.scalability_mode = mode;
  }
  return LayersOf(parameters);
}

TEST(ProducedLayersTest, OneEncodingHasWhatItsModeSays) {
  ProducedLayers layers = LayersOfModes({""});
  EXPECT_EQ(layers.highest_spatial(), 0);
  EXPECT_EQ(layers.highest_temporal(), 0);
  layers = LayersOfModes({"L3T2_KEY"});
  EXPECT_EQ(layers.encodings, 1);
  EXPECT_EQ(layers.highest_spatial(), 2);
  EXPECT_EQ(layers.highest_temporal(), 1);
}

TEST(ProducedLayersTest, OfSimulcastEachEncodingIsASpatialLayer) {
  const ProducedLayers layers = LayersOfModes({"L1T2", "L1T3"});
  EXPECT_EQ(layers.highest_spatial(), 1);
  EXPECT_EQ(layers.highest_temporal(), 2);
}

TEST(ProducedLayersTest, SimulcastThatDoesNotSayItsTemporalLayersHasTheUsual) {
  EXPECT_EQ(LayersOfModes({"", ""}).highest_temporal(), 2);
  EXPECT_EQ(LayersOfModes({"L1T1", "L1T1"}).highest_temporal(), 0);
}

TEST(ProducedLayersTest, NoMoreThanTheDataPlaneTellsApart) {
  const ProducedLayers layers = LayersOfModes({"L9T99"});
  EXPECT_EQ(layers.highest_spatial(), 3);
  EXPECT_EQ(layers.highest_temporal(), 7);
}

}  // namespace
}  // namespace sluice::api
