// A consumer of a stream with layers inside it, as an encoder makes it in each scalability mode: what it
// forwards can be decoded, whatever layers are asked for when.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "rtp/payload/dependency_reader.h"
#include "tests/router/consumer_fixture.h"
#include "tests/rtp/dependency_elements.h"

namespace sluice::router {
namespace {

using rtp::Layers;
using rtp::ModelFrame;
using rtp::ScalabilityMode;

// An encoder that makes key pictures when asked to, the consumer, and what a decoder makes of its packets.
class ConsumerSvcTest : public ConsumerFixture, public ::testing::WithParamInterface<ScalabilityMode> {
 protected:
  void Begin(Layers preferred) {
    ConsumerConfig config = VideoConsumer();
    config.codec = rtp::Codec::kAv1;
    config.spatial_layers = GetParam().spatial;
    config.temporal_layers = GetParam().temporal;
    config.preferred_layers = preferred;
    Reset(config);
    encoder_ = rtp::ModelEncoder(GetParam());
    describer_ = rtp::DependencyDescriber(GetParam());
    reader_ = rtp::DependencyReader();
    decoded_.clear();
    link_.requests.push_back(0);  // Its first picture.
    Pictures(kPeriod);
    ASSERT_EQ(consumer_->current_layers(), preferred);
  }

  // Two periods of the temporal layers, a whole number of them.
  static constexpr int kPeriod = 8;

  void Pictures(int count) {
    for (int i = 0; i < count; ++i) {
      const bool key = !link_.requests.empty();
      link_.requests.clear();
      for (const ModelFrame& frame : encoder_.Next(key)) Send(frame);
      timestamp_ += 6000;
      Wait(TimeDelta::Millis(66));
    }
  }

  // In one packet, which says in its payload which frame it is.
  void Send(const ModelFrame& frame) {
    const Octets element = describer_.Describe(frame, true, true).Encode(describer_.templates());
    const auto number = static_cast<uint8_t>(frame.number);
    SlabRef slab = ForwardedMedia{.sequence = frame.number,
                                  .timestamp = timestamp_,
                                  .arrival = now_,
                                  .marker = frame.last_in_picture,
                                  .payload = {number}}
                       .In(pool_);
    ASSERT_TRUE(reader_.Read(element, timestamp_, slab->packet().frame));
    port_.Clear();
    fan_out_->HandlePacket(now_, slab);
    if (!port_.rtp.empty()) Decode(frame);
  }

  void Decode(const ModelFrame& frame) {
    ASSERT_EQ(port_.rtp.size(), 1u);
    for (int64_t reference : frame.references) {
      EXPECT_TRUE(decoded_.contains(reference)) << "frame " << frame.number << " refers to " << reference;
    }
    decoded_.insert(frame.number);
    last_marker_ = port_.rtp[0].marker;
  }

  std::vector<Layers> AllLayers() const {
    std::vector<Layers> all;
    for (uint8_t spatial = 0; spatial < GetParam().spatial; ++spatial) {
      for (uint8_t temporal = 0; temporal < GetParam().temporal; ++temporal) all.push_back({spatial, temporal});
    }
    return all;
  }

  rtp::ModelEncoder encoder_{{}};
  rtp::DependencyDescriber describer_{{}};
  rtp::DependencyReader reader_;
  uint32_t timestamp_ = 0;
  std::set<int64_t> decoded_;
  bool last_marker_ = false;
};

TEST_P(ConsumerSvcTest, EveryChangeOfLayersIsDecodable) {
  for (const Layers from : AllLayers()) {
    for (const Layers to : AllLayers()) {
      SCOPED_TRACE(testing::Message() << int{from.spatial} << '.' << int{from.temporal} << " to "
                                      << int{to.spatial} << '.' << int{to.temporal});
      for (int moment = 0; moment < kPeriod; ++moment) {
        Begin(from);
        Pictures(moment);
        consumer_->SetPreferredLayers(now_, to);
        Pictures(kPeriod);
        EXPECT_EQ(consumer_->current_layers(), to);
        EXPECT_TRUE(last_marker_);
      }
    }
  }
}

TEST_P(ConsumerSvcTest, TemporalLayersChangeWithoutAKeyFrame) {
  for (const Layers from : AllLayers()) {
    for (uint8_t temporal = 0; temporal < GetParam().temporal; ++temporal) {
      Begin(from);
      consumer_->SetPreferredLayers(now_, {from.spatial, temporal});
      for (int i = 0; i < kPeriod; ++i) {
        Pictures(1);
        EXPECT_TRUE(link_.requests.empty());
      }
      EXPECT_EQ(consumer_->current_layers(), (Layers{from.spatial, temporal}));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, ConsumerSvcTest,
                         ::testing::Values(ScalabilityMode{1, 3}, ScalabilityMode{2, 1}, ScalabilityMode{2, 2},
                                           ScalabilityMode{3, 3}, ScalabilityMode{2, 1, true},
                                           ScalabilityMode{2, 2, true}, ScalabilityMode{3, 3, true}));

}  // namespace
}  // namespace sluice::router
