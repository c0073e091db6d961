#include "worker/port_allocator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "absl/status/status.h"
#include "tests/worker/loopback.h"

namespace sluice::worker {
namespace {

using testing::HasSubstr;

UdpBindOptions Loopback() {
  UdpBindOptions options;
  options.address = *transports::IpAddress::Parse("127.0.0.1");
  return options;
}

TEST(PortWalkTest, VisitsEveryPortOnceFromARandomStart) {
  PortWalk walk({65530, 65535}, 10);  // 10 mod 6 = 4.
  std::vector<uint16_t> ports;
  while (auto port = walk.Next()) ports.push_back(*port);
  EXPECT_THAT(ports, testing::ElementsAre(65534, 65535, 65530, 65531, 65532, 65533));
}

TEST(PortWalkTest, EmptyRangeHasNoPorts) { EXPECT_FALSE(PortWalk({2, 1}, 7).Next()); }

TEST(PortWalkTest, WholeRangeDoesNotOverflow) {
  PortWalk walk({0, 65535}, 0xffffffff);
  std::set<uint16_t> ports;
  while (auto port = walk.Next()) ports.insert(*port);
  EXPECT_EQ(ports.size(), 65536u);
}

TEST(PortAllocatorTest, SkipsPortsInUseAndSaysWhenNoneIsLeft) {
  // A port that was free a moment ago, as a range of one.
  UdpSocket holder = BindLoopback();
  const uint16_t port = holder.local().port;
  const PortRange only{port, port};
  absl::Status status = BindUdpInRange(Loopback(), only, 0).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr(std::to_string(port)));

  holder.Close();
  absl::StatusOr<UdpSocket> bound = BindUdpInRange(Loopback(), only, 0);
  ASSERT_TRUE(bound.ok()) << bound.status();
  EXPECT_EQ(bound->local().port, port);
}

TEST(PortAllocatorTest, FillsARangeWithoutRepeating) {
  std::vector<UdpSocket> sockets;
  std::set<uint16_t> ports;
  for (int i = 0; i < 10; ++i) {
    absl::StatusOr<UdpSocket> bound = BindUdpInRange(Loopback(), {20000, 20999}, 500);
    ASSERT_TRUE(bound.ok()) << bound.status();
    ports.insert(bound->local().port);
    sockets.push_back(std::move(*bound));
  }
  EXPECT_EQ(ports.size(), 10u);
  EXPECT_GE(*ports.begin(), 20000);
  EXPECT_LE(*ports.rbegin(), 20999);
}

TEST(PortAllocatorTest, RefusesWhatIsNoRange) {
  EXPECT_EQ(BindUdpInRange(Loopback(), {2000, 1999}, 0).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(BindUdpInRange(Loopback(), {0, 10}, 0).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(PortAllocatorTest, OtherErrorsEndTheSearch) {
  UdpBindOptions elsewhere;
  elsewhere.address = *transports::IpAddress::Parse("192.0.2.77");
  EXPECT_EQ(BindUdpInRange(elsewhere, PortRange(), 0).status().code(), absl::StatusCode::kUnavailable);
}

TEST(PortAllocatorTest, TcpPortsInUseAreSkippedToo) {
  absl::StatusOr<TcpListenSocket> holder = TcpListenSocket::Bind(Loopback());
  ASSERT_TRUE(holder.ok());
  const PortRange only{holder->local().port, holder->local().port};
  EXPECT_TRUE(absl::IsResourceExhausted(BindTcpInRange(Loopback(), only, 0).status()));
  *holder = TcpListenSocket();
  EXPECT_TRUE(BindTcpInRange(Loopback(), only, 0).ok());
}

template <typename Socket>
std::set<uint16_t> Ports(const std::vector<Socket>& sockets) {
  std::set<uint16_t> ports;
  for (const Socket& socket : sockets) ports.insert(socket.local().port);
  return ports;
}

TEST(PortAllocatorTest, AGroupSharesOnePort) {
  auto udp = BindUdpGroup(Loopback(), PortRange(), 1, 3);
  ASSERT_TRUE(udp.ok()) << udp.status();
  EXPECT_EQ(udp->size(), 3u);
  EXPECT_EQ(Ports(*udp).size(), 1u);
  auto tcp = BindTcpGroup(Loopback(), PortRange(), 1, 3);
  ASSERT_TRUE(tcp.ok()) << tcp.status();
  EXPECT_EQ(tcp->size(), 3u);
  EXPECT_EQ(Ports(*tcp).size(), 1u);
}

// Another process of the same user must not end up with a part of what arrives.
TEST(PortAllocatorTest, AGroupDoesNotJoinAnother) {
  BindOptions options = Loopback();
  auto udp = BindUdpGroup(options, PortRange(), 1, 2);
  ASSERT_TRUE(udp.ok());
  options.port = udp->front().local().port;
  EXPECT_TRUE(absl::IsAlreadyExists(BindUdpGroup(options, PortRange(), 1, 2).status()));
  auto tcp = BindTcpGroup(Loopback(), PortRange(), 1, 2);
  ASSERT_TRUE(tcp.ok());
  options.port = tcp->front().local().port;
  EXPECT_TRUE(absl::IsAlreadyExists(BindTcpGroup(options, PortRange(), 1, 2).status()));
}

TEST(PortAllocatorTest, AGroupThatIsClosedLeavesItsPort) {
  BindOptions options = Loopback();
  options.port = BindTcpGroup(options, PortRange(), 1, 3)->front().local().port;
  EXPECT_TRUE(BindTcpGroup(options, PortRange(), 1, 1).ok());
}

}  // namespace
}  // namespace sluice::worker
