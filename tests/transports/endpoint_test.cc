#include "transports/endpoint.h"

#include <gtest/gtest.h>

namespace sluice::transports {
namespace {

IpAddress Parsed(const char* text) { return IpAddress::Parse(text).value(); }

TEST(IpAddressTest, MulticastIsToldApart) {
  for (const char* group : {"224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::101"}) {
    EXPECT_TRUE(Parsed(group).IsMulticast()) << group;
  }
  for (const char* host : {"223.255.255.255", "240.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "fe80::1"}) {
    EXPECT_FALSE(Parsed(host).IsMulticast()) << host;
  }
}

TEST(IpAddressTest, MappedIpv4IsIpv4) {
  EXPECT_EQ(Parsed("::ffff:192.0.2.1"), Parsed("192.0.2.1"));
  EXPECT_TRUE(Parsed("::ffff:224.0.0.1").IsMulticast());
}

}  // namespace
}  // namespace sluice::transports
