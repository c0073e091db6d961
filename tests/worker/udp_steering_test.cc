#include "worker/udp_steering.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/worker/loopback.h"
#include "worker/port_allocator.h"

namespace sluice::worker {
namespace {

using transports::Endpoint;

constexpr uint32_t kSockets = 4;

class UdpSteeringTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::string(GetParam()) != "127.0.0.1" && !HasIpv6Loopback()) GTEST_SKIP() << "no ::1 here";
    BindOptions options;
    options.address = *transports::IpAddress::Parse(GetParam());
    auto bound = BindUdpGroup(options, PortRange(), 7, kSockets);
    ASSERT_TRUE(bound.ok()) << bound.status();
    group_ = std::move(*bound);
    steering_ = UdpSteering::Attach(group_);
    if (!steering_) GTEST_SKIP() << "no eBPF here";
  }

  // The socket of the group that a datagram of `from` arrives at.
  std::optional<uint32_t> WhereItArrives(const UdpSocket& from, const Endpoint& to) {
    SendText(from, to, "where?");
    std::vector<pollfd> readable;
    for (const UdpSocket& socket : group_) readable.push_back({socket.fd(), POLLIN, 0});
    if (poll(readable.data(), readable.size(), 5000) != 1) return std::nullopt;
    for (uint32_t i = 0; i < kSockets; ++i) {
      if (!(readable[i].revents & POLLIN)) continue;
      EXPECT_EQ(ReceiveFrom(group_[i], 1)[0].payload, "where?");
      return i;
    }
    return std::nullopt;
  }

  void ExpectSteering(const std::string& client_address, const Endpoint& server) {
    UdpSocket client = BindLoopback(client_address);
    const std::optional<uint32_t> by_hash = WhereItArrives(client, server);
    ASSERT_TRUE(by_hash.has_value());
    for (uint32_t i = 0; i < kSockets; ++i) {
      EXPECT_TRUE(steering_->Steer(client.local(), i));
      EXPECT_EQ(WhereItArrives(client, server), i);
    }
    steering_->Forget(client.local());
    EXPECT_EQ(WhereItArrives(client, server), by_hash);
  }

  std::vector<UdpSocket> group_;
  std::shared_ptr<UdpSteering> steering_;
};

TEST_P(UdpSteeringTest, APeersDatagramsGoWhereTheyAreSteered) {
  const std::string address = GetParam();
  Endpoint server = group_[0].local();
  if (address != "::") return ExpectSteering(address, server);
  // A dual-stack socket has peers of both families.
  ExpectSteering("127.0.0.1", {*transports::IpAddress::Parse("127.0.0.1"), server.port});
  ExpectSteering("::1", {*transports::IpAddress::Parse("::1"), server.port});
}

TEST_P(UdpSteeringTest, OthersAreNotAffected) {
  const std::string address = std::string(GetParam()) == "127.0.0.1" ? "127.0.0.1" : "::1";
  const Endpoint server{*transports::IpAddress::Parse(address), group_[0].local().port};
  for (int i = 0; i < 20; ++i) {
    UdpSocket steered = BindLoopback(address);
    UdpSocket other = BindLoopback(address);
    const std::optional<uint32_t> before = WhereItArrives(other, server);
    EXPECT_TRUE(steering_->Steer(steered.local(), (*before + 1) % kSockets));
    EXPECT_EQ(WhereItArrives(other, server), before);
  }
}

TEST_P(UdpSteeringTest, ASocketThatIsNotThereIsNobodysLoss) {
  const std::string address = std::string(GetParam()) == "127.0.0.1" ? "127.0.0.1" : "::1";
  const Endpoint server{*transports::IpAddress::Parse(address), group_[0].local().port};
  UdpSocket client = BindLoopback(address);
  steering_->Steer(client.local(), kSockets);
  EXPECT_TRUE(WhereItArrives(client, server).has_value());
}

INSTANTIATE_TEST_SUITE_P(Addresses, UdpSteeringTest, ::testing::Values("127.0.0.1", "::1", "::"),
                         [](const auto& info) {
                           std::string name = info.param;
                           return name == "127.0.0.1" ? "Ipv4" : name == "::1" ? "Ipv6" : "DualStack";
                         });

}  // namespace
}  // namespace sluice::worker
