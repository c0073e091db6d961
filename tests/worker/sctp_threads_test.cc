// Associations of several threads at once, opened, used and closed in the middle of it, while another thread
// runs their timers: nothing is lost, and no sanitizer complains.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "transports/sctp/sctp_association.h"
#include "transports/sctp/sctp_stack.h"

namespace sluice::worker {
namespace {

using transports::SctpAssociation;
using transports::SctpStack;
using transports::SctpState;

constexpr uint16_t kOwners = 3;
constexpr int kRounds = 30;
constexpr int kMessages = 40;
constexpr int kLoss = 23;  // Every so many packets one is lost.

// What the timers have for each owner.
class Post {
 public:
  void Put(SctpStack::TimerOutput output) {
    Box& box = boxes_[output.association.owner()];
    std::lock_guard guard(box.mutex);
    box.outputs.push_back(std::move(output));
  }
  std::vector<SctpStack::TimerOutput> Take(uint16_t owner) {
    std::lock_guard guard(boxes_[owner].mutex);
    return std::exchange(boxes_[owner].outputs, {});
  }

 private:
  struct Box {
    std::mutex mutex;
    std::vector<SctpStack::TimerOutput> outputs;
  };
  std::array<Box, kOwners> boxes_;
};

// Two ends on one thread.
class Pair {
 public:
  Pair(uint16_t owner, Post* post, const std::atomic<int64_t>* clock)
      : owner_(owner),
        post_(post),
        clock_(clock),
        ends_{SctpAssociation({}, owner), SctpAssociation({}, owner)} {
    for (SctpAssociation& end : ends_) end.Start(now());
  }

  void Turn() {
    for (SctpStack::TimerOutput& output : post_->Take(owner_)) {
      for (SctpAssociation& end : ends_) {
        if (end.id() == output.association) end.HandleTimerOutput(now(), std::move(output.packet));
      }
    }
    for (size_t i : {0u, 1u}) {
      while (auto output = ends_[i].Poll(now())) Take(i, std::move(*output));
    }
  }
  void Send() {
    auto payload = std::make_shared<const std::vector<uint8_t>>(3'000, uint8_t{1});
    ends_[0].Send(now(), 1, 53, {}, payload);
  }
  bool connected() const {
    return ends_[0].state() == SctpState::kConnected && ends_[1].state() == SctpState::kConnected;
  }
  int received() const { return received_; }

 private:
  Timestamp now() const { return Timestamp::Millis(clock_->load()); }
  void Take(size_t from, SctpAssociation::Output output) {
    if (auto* transmit = std::get_if<SctpAssociation::Transmit>(&output)) {
      if (++sent_ % kLoss != 0) ends_[1 - from].HandlePacket(now(), transmit->packet);
    } else if (std::holds_alternative<SctpAssociation::Message>(output)) {
      ++received_;
    }
  }

  uint16_t owner_;
  Post* post_;
  const std::atomic<int64_t>* clock_;
  std::array<SctpAssociation, 2> ends_;
  int sent_ = 0;
  int received_ = 0;
};

TEST(SctpThreadsTest, OwnersAndTimersDoNotDisturbEachOther) {
  Post post;
  std::atomic<int64_t> clock{1'000};  // Milliseconds.
  std::atomic<int> busy{kOwners};
  std::atomic<int> turns{0};
  std::array<int, kOwners> received{};
  std::vector<std::thread> owners;
  for (uint16_t owner = 0; owner < kOwners; ++owner) {
    owners.emplace_back([&, owner] {
      for (int round = 0; round < kRounds; ++round) {
        Pair pair(owner, &post, &clock);
        for (; !pair.connected(); ++turns) pair.Turn();
        for (int i = 0; i < kMessages; ++i) pair.Send();
        const bool cut = round % 3 == 2;  // Some go away in the middle.
        for (; pair.received() < (cut ? kMessages / 4 : kMessages); ++turns) pair.Turn();
        received[owner] += pair.received();
      }
      --busy;
    });
  }
  while (busy > 0) {
    clock += 10;
    for (SctpStack::TimerOutput& output : SctpStack::Get().HandleTimers(Timestamp::Millis(clock))) {
      post.Put(std::move(output));
    }
    // Time passes while the owners work, or they would hardly come to it.
    for (int seen = turns; busy > 0 && turns < seen + kOwners;) std::this_thread::yield();
  }
  for (std::thread& owner : owners) owner.join();
  for (int messages : received)
    EXPECT_GE(messages, kRounds / 3 * 2 * kMessages + kRounds / 3 * kMessages / 4);
  EXPECT_TRUE(SctpStack::Get().idle());
}

}  // namespace
}  // namespace sluice::worker
