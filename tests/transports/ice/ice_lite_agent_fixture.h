// An agent with default options, a clock, three paths to it, and what came out of it.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "tests/transports/ice/ice_client.h"
#include "transports/ice/ice_lite_agent.h"

namespace sluice::transports {

inline const Path kWifi = UdpPath("192.0.2.1", 40000);
inline const Path kMobile = UdpPath("198.51.100.2", 50000);
inline const Path kV6 = UdpPath("2001:db8::7", 60000);

inline BindingRequest Nominating() {
  BindingRequest request;
  request.use_candidate = true;
  return request;
}

inline BindingRequest Nominating(uint32_t number) {
  BindingRequest request;
  request.nomination = number;
  return request;
}

class IceLiteAgentTest : public ::testing::Test {
 protected:
  IceLiteAgentTest() : IceLiteAgentTest({.local = ServerCredentials()}) {}
  explicit IceLiteAgentTest(IceLiteAgent::Options options) : agent_(std::move(options)) {}

  void Receive(const Path& from, const std::vector<uint8_t>& datagram) {
    agent_.HandleDatagram(now_, from, datagram);
    Drain();
  }
  void Receive(const Path& from, const BindingRequest& request) { Receive(from, request.Write()); }

  // Takes everything the agent has to say; events are appended, responses replace those of the last input.
  void Drain() {
    responses_.clear();
    while (std::optional<IceLiteAgent::Output> output = agent_.Poll()) {
      if (auto* transmit = std::get_if<IceLiteAgent::Transmit>(&*output)) responses_.push_back(*transmit);
      if (auto* state = std::get_if<IceLiteAgent::StateChanged>(&*output)) states_.push_back(state->state);
      if (auto* selected = std::get_if<IceLiteAgent::PathSelected>(&*output))
        selections_.push_back(selected->path);
    }
  }

  void Wait(TimeDelta time) {
    now_ += time;
    agent_.HandleTimeout(now_);
    Drain();
  }

  // The one response to the last input.
  StunMessage Response() {
    EXPECT_EQ(responses_.size(), 1u);
    const auto& datagram = responses_.at(0).datagram;
    return StunMessage::Parse(Bytes(datagram.data(), datagram.size())).value();
  }

  // The error that the last input was answered with; 0 if there was none.
  uint16_t Error() { return responses_.empty() ? 0 : Response().error_code().value_or(0); }

  uint64_t AllDrops() const {
    uint64_t sum = 0;
    for (size_t i = 0; i < static_cast<size_t>(IceDrop::kCount); ++i)
      sum += agent_.dropped(static_cast<IceDrop>(i));
    return sum;
  }

  // Nothing was learned from the last input, and this is why.
  void ExpectDropped(IceDrop reason) {
    EXPECT_EQ(agent_.dropped(reason), 1u);
    EXPECT_EQ(AllDrops(), 1u);
    EXPECT_EQ(agent_.state(), IceState::kNew);
    EXPECT_EQ(agent_.path_count(), 0u);
    EXPECT_TRUE(agent_.NextTimeout().IsNever());
  }

  const HmacSha1 key_{ServerCredentials().password};
  Timestamp now_ = Timestamp::Seconds(100);
  IceLiteAgent agent_;
  std::vector<IceLiteAgent::Transmit> responses_;
  std::vector<IceState> states_;
  std::vector<Path> selections_;
};

}  // namespace sluice::transports
