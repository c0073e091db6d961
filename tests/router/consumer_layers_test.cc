// What a subscriber of a stream with layers sees of the numbers inside the payload and the dependency
// descriptor: they go on, whatever is left out, paused and switched.
#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rtp/payload/dependency_descriptor.h"
#include "rtp/payload/vp8_descriptor.h"
#include "rtp/payload/vp9_descriptor.h"
#include "tests/router/consumer_fixture.h"
#include "tests/router/layered_publisher.h"
#include "tests/router/session_fixture.h"

namespace sluice::router {
namespace {

constexpr ProducerHandle kLayered(3);
constexpr ConsumerHandle kConsumer(1);

// A publisher of layers and one subscriber, without loss but what the test leaves out.
class ConsumerLayersTest : public ::testing::Test, public ProducerLink {
 protected:
  ~ConsumerLayersTest() override {
    if (subscriber_) subscriber_->RemoveConsumer(kConsumer);
  }
  void RequestKeyFrame(Timestamp, ProducerHandle, uint8_t) override { key_picture_ = true; }
  void SetWanted(ProducerHandle, const WantedLayers&) override {}

  void Begin(const LayeredPublisher::Options& options, rtp::Layers preferred = {UINT8_MAX, UINT8_MAX}) {
    source_ = std::make_unique<LayeredPublisher>(options);
    fan_out_ = std::make_unique<FanOut>(kLayered, MediaKind::kVideo, options.encodings, this);
    publisher_ =
        std::make_unique<RtpSession>(RtpSession::Options{.rtcp_ssrc = kOurs, .clock = {}}, &pool_, &ignored_);
    publisher_->AddProducer(now_, source_->Config(kLayered))->AddSink(fan_out_.get());
    subscriber_ =
        std::make_unique<RtpSession>(RtpSession::Options{.rtcp_ssrc = kOurs, .clock = {}}, &pool_, &port_);
    subscriber_->SetWritable(now_, true);
    ConsumerConfig config = VideoConsumer();
    config.handle = kConsumer;
    config.codec = options.codec;
    config.encodings = options.encodings;
    config.spatial_layers = options.mode.spatial;
    config.temporal_layers = options.mode.temporal;
    config.preferred_layers = preferred;
    config.extensions.Register(rtp::ExtensionKind::kDependencyDescriptor, kDescriptorId);
    config.first_sequence_number = SequenceNumber(65'530);
    consumer_ = subscriber_->AddConsumer(now_, config, fan_out_.get());
  }

  std::vector<Octets> Next() { return source_->Next(std::exchange(key_picture_, false)); }
  void Receive(const std::vector<Octets>& packets) {
    for (const Octets& packet : packets) {
      SlabRef slab = pool_.AcquireCopy(packet);
      slab->packet().arrival = now_;
      publisher_->HandleRtp(now_, slab);
    }
  }
  void Pictures(int count) {
    for (int i = 0; i < count; ++i) {
      Receive(Next());
      now_ += TimeDelta::Millis(33);
    }
  }
  // Pictures that the subscriber does not get, and none of its own before the next key picture.
  void PauseFor(int pictures) {
    consumer_->Pause(now_);
    Pictures(pictures);
    consumer_->Resume(now_);
  }

  // Each number follows the one before; `modulo` is that of the field.
  static void ExpectConsecutive(const std::vector<int>& numbers, int modulo) {
    for (size_t i = 1; i < numbers.size(); ++i)
      EXPECT_EQ(numbers[i], (numbers[i - 1] + 1) % modulo) << "at " << i;
  }
  std::vector<int> Sequences() const {
    std::vector<int> numbers;
    for (const SentPacket& packet : port_.rtp) numbers.push_back(packet.sequence);
    return numbers;
  }
  template <typename Descriptor>
  std::vector<Descriptor> Descriptors() const {
    std::vector<Descriptor> descriptors;
    for (const SentPacket& packet : port_.rtp) {
      auto descriptor = Descriptor::Parse(packet.payload);
      EXPECT_TRUE(descriptor);
      if (descriptor) descriptors.push_back(*descriptor);
    }
    return descriptors;
  }
  template <typename Descriptor>
  std::vector<int> PictureIds() const {
    std::vector<int> ids;
    for (const Descriptor& descriptor : Descriptors<Descriptor>()) ids.push_back(*descriptor.picture_id);
    return ids;
  }
  // TL0PICIDX of the pictures of temporal layer 0.
  template <typename Descriptor>
  std::vector<int> BasePictures() const {
    std::vector<int> indices;
    for (const Descriptor& descriptor : Descriptors<Descriptor>()) {
      if (descriptor.temporal_layer == 0) indices.push_back(*descriptor.tl0_picture_index);
    }
    return indices;
  }
  // Of all that was sent, read as a receiver would that has seen all before.
  std::vector<rtp::DependencyDescriptor> Dependencies() const {
    std::vector<rtp::DependencyDescriptor> descriptors;
    rtp::DependencyStructure structure;
    for (const SentPacket& packet : port_.rtp) {
      const Octets element = packet.Extension(rtp::ExtensionKind::kDependencyDescriptor, kDescriptorId);
      auto descriptor = rtp::DependencyDescriptor::Parse(element, structure);
      EXPECT_TRUE(descriptor);
      if (descriptor) descriptors.push_back(*descriptor);
    }
    return descriptors;
  }

  Timestamp now_ = Timestamp::Seconds(1'000);
  SlabPool pool_;
  RecordingPort port_, ignored_;
  std::unique_ptr<LayeredPublisher> source_;
  std::unique_ptr<FanOut> fan_out_;
  std::unique_ptr<RtpSession> publisher_, subscriber_;
  Consumer* consumer_ = nullptr;
  bool key_picture_ = true;
};

class Vp8LayersTest : public ConsumerLayersTest, public ::testing::WithParamInterface<bool> {
 protected:
  static int Modulo() { return GetParam() ? 1 << 15 : 1 << 7; }
};

// The highest temporal layer, half of all pictures, is left out; ids and TL0PICIDX wrap.
TEST_P(Vp8LayersTest, PictureIdsHaveNoGapsWhereALayerIsLeftOut) {
  Begin({.codec = rtp::Codec::kVp8, .mode = {1, 3}, .first_picture = 32'000, .long_picture_ids = GetParam()},
        {0, 1});
  Pictures(2'000);
  EXPECT_EQ(port_.rtp.size(), 1'000u);
  ExpectConsecutive(Sequences(), 1 << 16);
  ExpectConsecutive(PictureIds<rtp::Vp8Descriptor>(), Modulo());
  ExpectConsecutive(BasePictures<rtp::Vp8Descriptor>(), 1 << 8);
  for (const auto& descriptor : Descriptors<rtp::Vp8Descriptor>()) {
    EXPECT_LE(*descriptor.temporal_layer, 1);
    EXPECT_EQ(descriptor.long_picture_id, GetParam());
  }
}

TEST_P(Vp8LayersTest, NumbersGoOnAfterPauses) {
  Begin({.codec = rtp::Codec::kVp8, .mode = {1, 3}, .long_picture_ids = GetParam()});
  for (int pause = 1; pause <= 20; ++pause) {
    Pictures(17);
    PauseFor(pause);
  }
  Pictures(5);
  EXPECT_EQ(port_.rtp.size(), 20u * 17 + 5);
  ExpectConsecutive(Sequences(), 1 << 16);
  ExpectConsecutive(PictureIds<rtp::Vp8Descriptor>(), Modulo());
  ExpectConsecutive(BasePictures<rtp::Vp8Descriptor>(), 1 << 8);
}

TEST_P(Vp8LayersTest, NumbersGoOnWhereTheEncodingChanges) {
  Begin({.codec = rtp::Codec::kVp8, .mode = {1, 3}, .encodings = 3, .long_picture_ids = GetParam()});
  for (uint8_t encoding : {0, 2, 1, 2, 0}) {
    consumer_->SetPreferredLayers(now_, {encoding, 2});
    key_picture_ = true;
    Pictures(20);
    EXPECT_EQ(consumer_->current_layers(), (rtp::Layers{encoding, 2}));
  }
  // On the way up a picture is sent of both encodings.
  EXPECT_EQ(port_.rtp.size(), 102u);
  ExpectConsecutive(Sequences(), 1 << 16);
  ExpectConsecutive(PictureIds<rtp::Vp8Descriptor>(), Modulo());
  ExpectConsecutive(BasePictures<rtp::Vp8Descriptor>(), 1 << 8);
}

TEST_P(Vp8LayersTest, ALatePacketGetsTheNumbersThatWereKeptForIt) {
  Begin({.codec = rtp::Codec::kVp8, .mode = {1, 3}, .long_picture_ids = GetParam()});
  Pictures(3);
  PauseFor(2);
  Pictures(4);
  const std::vector<Octets> late = Next();
  Pictures(3);
  Receive(late);
  const std::vector<int> sequences = Sequences(), ids = PictureIds<rtp::Vp8Descriptor>();
  ASSERT_EQ(sequences.size(), 11u);
  EXPECT_EQ(sequences[10], (sequences[6] + 1) % 65'536);
  EXPECT_EQ(ids[10], (ids[6] + 1) % Modulo());
  EXPECT_EQ(ids[7], (ids[6] + 2) % Modulo());
}

INSTANTIATE_TEST_SUITE_P(PictureIds, Vp8LayersTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Of15Bits" : "Of7Bits"; });

class Vp9LayersTest : public ConsumerLayersTest, public ::testing::WithParamInterface<bool> {
 protected:
  static int Modulo() { return GetParam() ? 1 << 15 : 1 << 7; }
};

// What is left out leaves its gaps: later pictures say how far back those are that they refer to.
TEST_P(Vp9LayersTest, PictureIdsKeepTheirDistances) {
  Begin({.codec = rtp::Codec::kVp9, .mode = {3, 3}, .first_picture = 32'700, .long_picture_ids = GetParam()},
        {1, 1});
  Pictures(200);
  ExpectConsecutive(Sequences(), 1 << 16);
  std::optional<int> before;
  int pictures = 0;
  for (const auto& descriptor : Descriptors<rtp::Vp9Descriptor>()) {
    EXPECT_LE(descriptor.spatial_layer, 1);
    if (descriptor.spatial_layer != 0) {
      EXPECT_EQ(descriptor.picture_id, before);
      continue;
    }
    if (before) EXPECT_EQ(*descriptor.picture_id, (*before + 2) % Modulo());
    before = *descriptor.picture_id;
    ++pictures;
  }
  EXPECT_EQ(pictures, 100);
}

TEST_P(Vp9LayersTest, NumbersGoOnAfterPauses) {
  Begin({.codec = rtp::Codec::kVp9, .mode = {1, 3}, .long_picture_ids = GetParam(), .flexible = false});
  for (int pause = 1; pause <= 20; ++pause) {
    Pictures(17);
    PauseFor(pause);
  }
  EXPECT_EQ(port_.rtp.size(), 20u * 17);
  ExpectConsecutive(Sequences(), 1 << 16);
  ExpectConsecutive(PictureIds<rtp::Vp9Descriptor>(), Modulo());
  ExpectConsecutive(BasePictures<rtp::Vp9Descriptor>(), 1 << 8);
}

INSTANTIATE_TEST_SUITE_P(PictureIds, Vp9LayersTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Of15Bits" : "Of7Bits"; });

TEST_F(ConsumerLayersTest, TheLastPacketOfAPictureThatIsSentHasTheMarker) {
  Begin({.codec = rtp::Codec::kVp9, .mode = {3, 1}}, {1, 0});
  Pictures(10);
  ASSERT_EQ(port_.rtp.size(), 20u);
  for (size_t i = 0; i < 20; ++i) EXPECT_EQ(port_.rtp[i].marker, i % 2 == 1);
}

// Frames are counted over all layers: what is left out leaves its gaps, a pause none.
TEST_F(ConsumerLayersTest, FrameNumbersGoOnAfterAPauseAndKeepTheirDistances) {
  Begin({.codec = rtp::Codec::kAv1, .mode = {2, 2}, .first_frame = 65'500});
  Pictures(9);
  PauseFor(10);
  Pictures(9);
  const auto descriptors = Dependencies();
  ASSERT_EQ(descriptors.size(), 36u);
  std::vector<int> numbers;
  for (const auto& descriptor : descriptors) numbers.push_back(descriptor.frame_number);
  EXPECT_EQ(numbers[0], 65'500);
  ExpectConsecutive(numbers, 1 << 16);
  EXPECT_TRUE(descriptors[18].has_structure);
  EXPECT_TRUE(descriptors[18].frame.references().empty());
}

// The subscriber's decoder is told which decode targets it will get: all, or none above what it has chosen.
TEST_F(ConsumerLayersTest, ActiveDecodeTargetsAreThoseThatAreSent) {
  Begin({.codec = rtp::Codec::kAv1, .mode = {3, 3}}, {1, 1});
  Pictures(4);
  consumer_->SetPreferredLayers(now_, {0, 0});
  Pictures(8);
  const auto descriptors = Dependencies();
  // Nine targets, spatial layers first: those of (0,0), (0,1), (1,0) and (1,1).
  EXPECT_EQ(descriptors[0].active_targets, 0b000'011'011u);
  EXPECT_FALSE(descriptors[3].active_targets);
  std::optional<uint32_t> told;
  for (const auto& descriptor : descriptors) told = descriptor.active_targets.value_or(told.value_or(0));
  EXPECT_EQ(told, 0b000'000'001u);
  EXPECT_EQ(descriptors.back().frame.layers, rtp::Layers());
}

// Every frame that is sent refers to frames that have been sent.
TEST_F(ConsumerLayersTest, ReferencesExistAcrossSwitchesOfEveryKind) {
  for (const bool key_only : {false, true}) {
    SCOPED_TRACE(key_only);
    if (subscriber_) subscriber_->RemoveConsumer(kConsumer);
    port_.Clear();
    key_picture_ = true;
    Begin({.codec = rtp::Codec::kAv1, .mode = {3, 3, key_only}, .first_frame = 65'000});
    for (int step = 0; step < 60; ++step) {
      consumer_->SetPreferredLayers(
          now_, {static_cast<uint8_t>(step * 7 % 3), static_cast<uint8_t>(step * 5 / 3 % 3)});
      Pictures(1 + step % 9);
      if (step % 11 == 10) PauseFor(3);
    }
    std::vector<bool> sent(1 << 16);
    size_t references = 0;
    for (const auto& descriptor : Dependencies()) {
      for (int diff : descriptor.frame.references()) {
        EXPECT_TRUE(sent[static_cast<uint16_t>(descriptor.frame_number - diff)]) << descriptor.frame_number;
        ++references;
      }
      EXPECT_FALSE(sent[descriptor.frame_number]);
      sent[descriptor.frame_number] = true;
    }
    EXPECT_GT(references, 200u);
    ExpectConsecutive(Sequences(), 1 << 16);
  }
}

}  // namespace
}  // namespace sluice::router
