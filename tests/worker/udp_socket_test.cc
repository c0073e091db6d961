#include "worker/udp_socket.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "absl/status/status.h"
#include "tests/worker/loopback.h"

namespace sluice::worker {
namespace {

using testing::HasSubstr;
using transports::Endpoint;
using transports::IpAddress;

UdpBindOptions At(const char* address, uint16_t port = 0) {
  UdpBindOptions options;
  options.address = *IpAddress::Parse(address);
  options.port = port;
  return options;
}

int BufferSize(const UdpSocket& socket, int option) {
  int size = 0;
  socklen_t length = sizeof size;
  getsockopt(socket.fd(), SOL_SOCKET, option, &size, &length);
  return size;
}

TEST(UdpSocketTest, LearnsThePortOfTheKernelsChoice) {
  UdpSocket socket = BindLoopback();
  EXPECT_EQ(socket.local().address.ToString(), "127.0.0.1");
  EXPECT_NE(socket.local().port, 0);
  EXPECT_NE(fcntl(socket.fd(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(fcntl(socket.fd(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(UdpSocketTest, PortInUseIsSaidWithItsEndpoint) {
  UdpSocket socket = BindLoopback();
  absl::Status status = UdpSocket::Bind(At("127.0.0.1", socket.local().port)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(status.message()), HasSubstr(socket.local().ToString()));
}

TEST(UdpSocketTest, AddressThatIsNotHereIsUnavailable) {
  absl::Status status = UdpSocket::Bind(At("192.0.2.77")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("192.0.2.77"));
}

TEST(UdpSocketTest, PortMayBeSharedWhenBothAsk) {
  UdpBindOptions options = At("127.0.0.1");
  options.reuse_port = true;
  absl::StatusOr<UdpSocket> first = UdpSocket::Bind(options);
  ASSERT_TRUE(first.ok());
  options.port = first->local().port;
  EXPECT_TRUE(UdpSocket::Bind(options).ok());
  options.reuse_port = false;
  EXPECT_FALSE(UdpSocket::Bind(options).ok());
}

TEST(UdpSocketTest, MovingLeavesOneOwner) {
  UdpSocket first = BindLoopback();
  const int fd = first.fd();
  UdpSocket second = std::move(first);
  EXPECT_EQ(second.fd(), fd);
  second = BindLoopback();  // Closes the descriptor, so that its port is free.
  EXPECT_TRUE(second.is_open());
  second.Close();
  EXPECT_FALSE(second.is_open());
}

TEST(UdpSocketTest, ClosingFreesThePort) {
  UdpSocket socket = BindLoopback();
  const uint16_t port = socket.local().port;
  socket.Close();
  EXPECT_TRUE(UdpSocket::Bind(At("127.0.0.1", port)).ok());
}

TEST(UdpSocketTest, BuffersAreAsAskedOrTheSystemsMost) {
  UdpBindOptions options = At("127.0.0.1");
  options.send_buffer = options.receive_buffer = 64 * 1024;
  absl::StatusOr<UdpSocket> small = UdpSocket::Bind(options);
  ASSERT_TRUE(small.ok());
  EXPECT_EQ(BufferSize(*small, SO_SNDBUF), 2 * 64 * 1024);  // The kernel doubles it, for its overhead.
  EXPECT_EQ(BufferSize(*small, SO_RCVBUF), 2 * 64 * 1024);
  UdpSocket socket = BindLoopback();
  EXPECT_GT(BufferSize(socket, SO_RCVBUF), BufferSize(*small, SO_RCVBUF));
}

TEST(UdpSocketTest, DualStackSocketSpeaksWithIpv4) {
  if (!HasIpv6Loopback()) GTEST_SKIP() << "no IPv6 here";
  UdpSocket dual = BindLoopback("::");
  UdpSocket v4 = BindLoopback();
  EXPECT_TRUE(dual.is_v6());
  SendText(dual, v4.local(), "to IPv4");
  std::vector<Received> received = ReceiveFrom(v4, 1);
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(received[0].payload, "to IPv4");
  SendText(v4, received[0].from, "and back");
  received = ReceiveFrom(dual, 1);
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(received[0].from, v4.local());  // Not its IPv4-mapped spelling.
}

TEST(UdpSocketTest, Ipv6OnlySocketLeavesIpv4Free) {
  if (!HasIpv6Loopback()) GTEST_SKIP() << "no IPv6 here";
  UdpBindOptions options = At("::");
  options.ipv6_only = true;
  absl::StatusOr<UdpSocket> v6 = UdpSocket::Bind(options);
  ASSERT_TRUE(v6.ok());
  EXPECT_TRUE(UdpSocket::Bind(At("0.0.0.0", v6->local().port)).ok());
  absl::StatusOr<UdpSocket> dual = UdpSocket::Bind(At("::"));
  ASSERT_TRUE(dual.ok());
  EXPECT_FALSE(UdpSocket::Bind(At("0.0.0.0", dual->local().port)).ok());
}

TEST(UdpSocketTest, AddressesAreWrittenForTheSocketsFamily) {
  const Endpoint v4{*IpAddress::Parse("192.0.2.1"), 5000};
  const Endpoint v6{*IpAddress::Parse("2001:db8::1"), 5000};
  sockaddr_in6 address;
  EXPECT_EQ(WriteSockaddr(v4, false, &address), sizeof(sockaddr_in));
  EXPECT_EQ(address.sin6_family, AF_INET);
  EXPECT_EQ(WriteSockaddr(v4, true, &address), sizeof(sockaddr_in6));
  EXPECT_TRUE(IN6_IS_ADDR_V4MAPPED(&address.sin6_addr));
  EXPECT_EQ(Endpoint::FromSockaddr(reinterpret_cast<sockaddr*>(&address)), v4);
  EXPECT_EQ(WriteSockaddr(v6, true, &address), sizeof(sockaddr_in6));
  EXPECT_EQ(Endpoint::FromSockaddr(reinterpret_cast<sockaddr*>(&address)), v6);
}

}  // namespace
}  // namespace sluice::worker
