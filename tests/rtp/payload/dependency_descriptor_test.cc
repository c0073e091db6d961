#include "rtp/payload/dependency_descriptor.h"

#include <gmock/gmock.h>

#include "tests/rtp/rtp_packets.h"

namespace sluice::rtp {
namespace {

TEST(DependencyDescriptorTest, ReadsTheMandatoryFields) {
  auto descriptor = DependencyDescriptor::Parse(Octets{0x80 | 42, 0x12, 0x34});
  ASSERT_TRUE(descriptor);
  EXPECT_TRUE(descriptor->frame_start);
  EXPECT_FALSE(descriptor->frame_end);
  EXPECT_EQ(descriptor->template_id, 42);
  EXPECT_EQ(descriptor->frame_number, 0x1234);
  EXPECT_FALSE(descriptor->has_structure);
  EXPECT_TRUE(DependencyDescriptor::Parse(Octets{0x40, 0, 0})->frame_end);
}

TEST(DependencyDescriptorTest, TheStructureFlagIsTheFirstBitBehindThem) {
  EXPECT_TRUE(DependencyDescriptor::Parse(Octets{0x80, 0, 0, 0x80})->has_structure);
  EXPECT_FALSE(DependencyDescriptor::Parse(Octets{0x80, 0, 0, 0x7f})->has_structure);
}

TEST(DependencyDescriptorTest, RefusesLessThanThreeOctets) {
  for (size_t size = 0; size < 3; ++size) EXPECT_FALSE(DependencyDescriptor::Parse(Octets(size, 0x80)));
}

}  // namespace
}  // namespace sluice::rtp
