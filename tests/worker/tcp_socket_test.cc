#include "worker/tcp_socket.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <string>

#include "absl/status/status.h"
#include "tests/worker/client_socket.h"
#include "tests/worker/loopback.h"

namespace sluice::worker {
namespace {

using testing::HasSubstr;
using transports::IpAddress;
using transports::Protocol;

BindOptions At(const char* address, uint16_t port = 0) {
  BindOptions options;
  options.address = *IpAddress::Parse(address);
  options.port = port;
  return options;
}

TcpListenSocket Listen(const BindOptions& options = At("127.0.0.1")) {
  absl::StatusOr<TcpListenSocket> bound = TcpListenSocket::Bind(options);
  EXPECT_TRUE(bound.ok()) << bound.status();
  return bound.ok() ? std::move(*bound) : TcpListenSocket();
}

int Option(int fd, int level, int option) {
  int value = 0;
  socklen_t length = sizeof value;
  getsockopt(fd, level, option, &value, &length);
  return value;
}

TcpSocket AcceptOne(TcpListenSocket& listening) {
  pollfd readable{.fd = listening.fd(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&readable, 1, 5000), 1);
  std::optional<TcpSocket> accepted = listening.Accept();
  EXPECT_TRUE(accepted.has_value());
  return accepted ? std::move(*accepted) : TcpSocket();
}

TEST(TcpSocketTest, AcceptsAConnectionAndKnowsBothEnds) {
  TcpListenSocket listening = Listen();
  EXPECT_FALSE(listening.Accept().has_value());
  EXPECT_EQ(errno, EAGAIN);
  ClientSocket client(Protocol::kTcp, listening.local());
  TcpSocket accepted = AcceptOne(listening);
  EXPECT_EQ(accepted.local(), listening.local());
  EXPECT_EQ(accepted.remote(), client.local());
  EXPECT_NE(fcntl(accepted.fd(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(fcntl(accepted.fd(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(TcpSocketTest, NothingWaitsInTheKernelToBeSentTogether) {
  TcpListenSocket listening = Listen();
  ClientSocket client(Protocol::kTcp, listening.local());
  TcpSocket accepted = AcceptOne(listening);
  EXPECT_EQ(Option(accepted.fd(), IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(Option(accepted.fd(), IPPROTO_TCP, TCP_NOTSENT_LOWAT), TcpListenSocket::kMaxUnsent);
}

TEST(TcpSocketTest, ConnectionsHaveTheBuffersThatTheListenerWasGiven) {
  BindOptions options = At("127.0.0.1");
  options.send_buffer = 100'000;
  options.receive_buffer = 50'000;
  TcpListenSocket listening = Listen(options);
  ClientSocket client(Protocol::kTcp, listening.local());
  TcpSocket accepted = AcceptOne(listening);
  EXPECT_EQ(Option(accepted.fd(), SOL_SOCKET, SO_SNDBUF),
            200'000);  // The kernel doubles it, for its overhead.
  EXPECT_EQ(Option(accepted.fd(), SOL_SOCKET, SO_RCVBUF), 100'000);
}

TEST(TcpSocketTest, PortInUseIsSaidWithItsEndpoint) {
  TcpListenSocket listening = Listen();
  absl::Status status = TcpListenSocket::Bind(At("127.0.0.1", listening.local().port)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(status.message()), HasSubstr("TCP " + listening.local().ToString()));
}

TEST(TcpSocketTest, AddressThatIsNotHereIsUnavailable) {
  EXPECT_EQ(TcpListenSocket::Bind(At("192.0.2.77")).status().code(), absl::StatusCode::kUnavailable);
}

TEST(TcpSocketTest, APortIsFreeAgainAlthoughItsConnectionsWereJustClosed) {
  TcpListenSocket listening = Listen();
  const uint16_t port = listening.local().port;
  ClientSocket client(Protocol::kTcp, listening.local());
  AcceptOne(listening);  // Closed from here, so it stays in TIME-WAIT here.
  EXPECT_TRUE(client.WaitForClose());
  listening = TcpListenSocket();
  EXPECT_TRUE(TcpListenSocket::Bind(At("127.0.0.1", port)).ok());
}

TEST(TcpSocketTest, Ipv6AndIpv4ConnectionsToADualStackListener) {
  if (!HasIpv6Loopback()) GTEST_SKIP() << "no IPv6 here";
  TcpListenSocket listening = Listen(At("::"));
  ClientSocket v4(Protocol::kTcp, {*IpAddress::Parse("127.0.0.1"), listening.local().port});
  EXPECT_EQ(AcceptOne(listening).remote(), v4.local());  // Not its IPv4-mapped spelling.
  ClientSocket v6(Protocol::kTcp, {*IpAddress::Parse("::1"), listening.local().port});
  EXPECT_EQ(AcceptOne(listening).remote(), v6.local());
}

}  // namespace
}  // namespace sluice::worker
