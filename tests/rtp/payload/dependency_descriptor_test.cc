#include "rtp/payload/dependency_descriptor.h"

#include <gmock/gmock.h>

#include "tests/rtp/dependency_elements.h"

namespace sluice::rtp {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

// Two spatial and two temporal layers.
DependencyTemplates L2T2() {
  return {.id_offset = 60,
          .templates = {{{0, 0}, "SSSS", {}, {0, 0}},
                        {{0, 0}, "SSRR", {4}, {4, 3}},
                        {{0, 1}, "-D-R", {2}, {2, 1}},
                        {{1, 0}, "--SS", {1}, {1, 1}},
                        {{1, 0}, "--SS", {4, 1}, {1, 1}},
                        {{1, 1}, "---D", {2, 1}, {3, 2}}},
          .chain_of_target = {0, 0, 1, 1},
          .resolutions = {{640, 360}, {1280, 720}}};
}

std::string Letters(const FrameDependencies& frame, int targets) {
  std::string letters;
  for (int i = 0; i < targets; ++i) letters += "-DSR"[static_cast<size_t>(frame.Of(i))];
  return letters;
}

class DependencyDescriptorTest : public ::testing::Test {
 protected:
  std::optional<DependencyDescriptor> Parse(const DependencyElement& element) {
    return DependencyDescriptor::Parse(element.Encode(templates_), structure_);
  }
  void Attach() { ASSERT_TRUE(Parse({.template_id = 60, .attach = true})); }

  DependencyTemplates templates_ = L2T2();
  DependencyStructure structure_;
};

TEST_F(DependencyDescriptorTest, ReadsTheMandatoryFields) {
  auto descriptor = DependencyDescriptor::ParseMandatory(Octets{0x80 | 42, 0x12, 0x34});
  ASSERT_TRUE(descriptor);
  EXPECT_TRUE(descriptor->frame_start);
  EXPECT_FALSE(descriptor->frame_end);
  EXPECT_EQ(descriptor->template_id, 42);
  EXPECT_EQ(descriptor->frame_number, 0x1234);
  EXPECT_FALSE(descriptor->has_structure);
  EXPECT_TRUE(DependencyDescriptor::ParseMandatory(Octets{0x40, 0, 0})->frame_end);
  EXPECT_TRUE(DependencyDescriptor::ParseMandatory(Octets{0x80, 0, 0, 0x80})->has_structure);
  EXPECT_FALSE(DependencyDescriptor::ParseMandatory(Octets{0x80, 0, 0, 0x7f})->has_structure);
  for (size_t size = 0; size < 3; ++size)
    EXPECT_FALSE(DependencyDescriptor::ParseMandatory(Octets(size, 0x80)));
}

TEST_F(DependencyDescriptorTest, ReadsTheWholeStructure) {
  auto descriptor = Parse({.template_id = 60, .frame_number = 7, .attach = true});
  ASSERT_TRUE(descriptor);
  EXPECT_TRUE(descriptor->has_structure);
  EXPECT_THAT(descriptor->active_targets, Optional(0b1111u));
  EXPECT_EQ(structure_.target_count, 4);
  EXPECT_EQ(structure_.spatial_layers, 2);
  EXPECT_EQ(structure_.chain_count, 2);
  ASSERT_EQ(structure_.template_count, templates_.templates.size());
  for (size_t i = 0; i < templates_.templates.size(); ++i) {
    const FrameDependencies& frame = structure_.templates[i];
    EXPECT_EQ(frame.layers, templates_.templates[i].layers);
    EXPECT_EQ(Letters(frame, 4), templates_.templates[i].indications);
    EXPECT_EQ(std::vector<int>(frame.references().begin(), frame.references().end()),
              templates_.templates[i].diffs);
    EXPECT_EQ(std::vector<int>(frame.chain_diffs.begin(), frame.chain_diffs.begin() + 2),
              templates_.templates[i].chain_diffs);
  }
  EXPECT_EQ(structure_.layers_of_target[0], (Layers{0, 0}));
  EXPECT_EQ(structure_.layers_of_target[1], (Layers{0, 1}));
  EXPECT_EQ(structure_.layers_of_target[2], (Layers{1, 0}));
  EXPECT_EQ(structure_.layers_of_target[3], (Layers{1, 1}));
  EXPECT_EQ(structure_.chain_of_target[1], 0);
  EXPECT_EQ(structure_.chain_of_target[2], 1);
  EXPECT_TRUE(structure_.has_resolutions);
  EXPECT_EQ(structure_.resolutions[1], (DependencyStructure::Resolution{1280, 720}));
}

TEST_F(DependencyDescriptorTest, ReadsAStructureWithoutChainsAndResolutions) {
  templates_ = {.templates = {{{0, 0}, "S"}}};
  ASSERT_TRUE(Parse({.attach = true}));
  EXPECT_EQ(structure_.chain_count, 0);
  EXPECT_FALSE(structure_.has_resolutions);
}

TEST_F(DependencyDescriptorTest, AFrameIsWhatItsTemplateSays) {
  Attach();
  auto descriptor = Parse({.template_id = 65 % 64, .frame_number = 0x8001});
  ASSERT_TRUE(descriptor);
  EXPECT_EQ(descriptor->frame.layers, (Layers{1, 1}));
  EXPECT_EQ(Letters(descriptor->frame, 4), "---D");
  EXPECT_THAT(descriptor->frame.references(), ElementsAre(2, 1));
  EXPECT_FALSE(descriptor->active_targets);
}

TEST_F(DependencyDescriptorTest, AFrameMayDifferFromItsTemplate) {
  Attach();
  auto descriptor = Parse({.template_id = 62,
                           .frame_number = 9,
                           .active = 0b0011,
                           .indications = "SDRS",
                           .diffs = std::vector<int>{1, 16, 17, 256, 257, 4096},
                           .chain_diffs = std::vector<int>{255, 3}});
  ASSERT_TRUE(descriptor);
  EXPECT_THAT(descriptor->active_targets, Optional(0b0011u));
  EXPECT_EQ(descriptor->frame.layers, (Layers{0, 1}));
  EXPECT_EQ(Letters(descriptor->frame, 4), "SDRS");
  EXPECT_THAT(descriptor->frame.references(), ElementsAre(1, 16, 17, 256, 257, 4096));
  EXPECT_EQ(descriptor->frame.chain_diffs[0], 255);
  EXPECT_EQ(descriptor->frame.chain_diffs[1], 3);
}

TEST_F(DependencyDescriptorTest, RefusesAnUnknownTemplate) {
  EXPECT_FALSE(Parse({.template_id = 60}));  // No structure yet.
  Attach();
  EXPECT_FALSE(Parse({.template_id = 59}));
  EXPECT_FALSE(Parse({.template_id = 66 % 64}));
}

TEST_F(DependencyDescriptorTest, RefusesWhatIsCutOff) {
  const Octets octets = DependencyElement{
      .template_id = 60,
      .attach = true,
      .active = 1,
      .indications = "SSSS",
      .diffs = std::vector<int>{1},
      .chain_diffs = std::vector<int>{
          1, 2}}.Encode(templates_);
  for (size_t size = 0; size < octets.size(); ++size)
    EXPECT_FALSE(DependencyDescriptor::Parse(Bytes(octets).first(size), structure_)) << size;
  EXPECT_TRUE(DependencyDescriptor::Parse(octets, structure_));
}

TEST_F(DependencyDescriptorTest, RefusesMoreThanThereIsRoomFor) {
  DependencyTemplates deep = {.templates = {{{0, 0}, "S"}}};
  deep.templates.push_back({{1, 0}, "S"});
  deep.templates.push_back({{2, 0}, "S"});
  deep.templates.push_back({{3, 0}, "S"});
  templates_ = deep;
  EXPECT_TRUE(Parse({.attach = true}));
  templates_.templates.push_back({{4, 0}, "S"});
  EXPECT_FALSE(Parse({.attach = true}));

  templates_ = {.templates = {{{0, 0}, "S", std::vector<int>(8, 1)}}};
  EXPECT_TRUE(Parse({.attach = true}));
  EXPECT_TRUE(Parse({.diffs = std::vector<int>(8, 1)}));
  EXPECT_FALSE(Parse({.diffs = std::vector<int>(9, 1)}));
  templates_ = {.templates = {{{0, 0}, "S", std::vector<int>(9, 1)}}};
  EXPECT_FALSE(Parse({.attach = true}));

  templates_ = {.templates = std::vector<DependencyTemplate>(64, {{0, 0}, "S"})};
  EXPECT_TRUE(Parse({.attach = true}));
  templates_.templates.push_back({{0, 0}, "S"});
  EXPECT_FALSE(Parse({.attach = true}));
}

// What is written must read back as the same but for what was to be changed.
TEST_F(DependencyDescriptorTest, RewritesFrameNumberAndActiveTargets) {
  Attach();
  const DependencyElement variants[] = {
      {.template_id = 61, .frame_number = 5},
      {.template_id = 61, .frame_number = 5, .active = 0b1111},
      {.template_id = 60, .frame_number = 5, .attach = true},
      {.template_id = 60, .frame_number = 5, .attach = true, .active = 0b0011},
      {.end = false, .template_id = 63, .diffs = std::vector<int>{3}},
      {.start = false,
       .template_id = 63,
       .active = 0b0001,
       .indications = "--SR",
       .diffs = std::vector<int>{300},
       .chain_diffs = std::vector<int>{200, 7}},
  };
  for (const DependencyElement& variant : variants) {
    const Octets element = variant.Encode(templates_);
    auto before = DependencyDescriptor::Parse(element, structure_);
    ASSERT_TRUE(before);
    for (std::optional<uint32_t> active : {std::optional<uint32_t>(), std::optional<uint32_t>(0b0101)}) {
      uint8_t out[255];
      const size_t size = RewriteDependencyDescriptor(element, 0xfedc, active, structure_.target_count,
                                                      before->active_targets_position, out);
      ASSERT_GT(size, 0u);
      EXPECT_LE(size, element.size() + 5);
      DependencyElement expected = variant;
      expected.frame_number = 0xfedc;
      if (active) expected.active = active;
      // The zeros at the end may fill one octet more.
      Octets written(out, out + size), exact = expected.Encode(templates_);
      ASSERT_GE(written.size(), exact.size());
      exact.resize(written.size());
      EXPECT_EQ(written, exact);
    }
  }
}

TEST_F(DependencyDescriptorTest, RewritesNothingThatDoesNotFit) {
  Attach();
  const Octets element = DependencyElement{.template_id = 60}.Encode(templates_);
  uint8_t out[5];
  EXPECT_EQ(RewriteDependencyDescriptor(element, 1, 0b0101, 4, 29, MutableBytes(out)), 5u);
  EXPECT_EQ(RewriteDependencyDescriptor(element, 1, 0b0101, 4, 29, MutableBytes(out).first(4)), 0u);
  EXPECT_EQ(RewriteDependencyDescriptor(element, 1, std::nullopt, 4, 29, MutableBytes(out).first(2)), 0u);
}

}  // namespace
}  // namespace sluice::rtp
