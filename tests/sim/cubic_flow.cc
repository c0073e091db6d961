#include "tests/sim/cubic_flow.h"

#include <algorithm>
#include <cmath>

namespace sluice::sim {
namespace {

constexpr double kScale = 0.4;  // C.
constexpr double kBeta = 0.7;
constexpr int64_t kReordering = 3;
constexpr TimeDelta kTimeout = TimeDelta::Seconds(1);

}  // namespace

void CubicFlow::Start() {
  running_ = true;
  last_ack_ = sim_->now();
  SendAllowed();
  WatchForSilence();
}

void CubicFlow::SendAllowed() {
  while (running_ && static_cast<double>(in_flight_.size()) < window_) {
    const int64_t sequence = next_++;
    in_flight_.insert(sequence);
    link_->Send(kPacketBytes, [this, sequence] {
      ++delivered_;
      sim_->After(return_delay_, [this, sequence] { HandleAck(sequence); });
    });
  }
}

void CubicFlow::HandleAck(int64_t sequence) {
  last_ack_ = sim_->now();
  in_flight_.erase(sequence);
  auto end_of_lost = in_flight_.lower_bound(sequence - kReordering);
  if (end_of_lost != in_flight_.begin()) {
    const bool news = *std::prev(end_of_lost) > recovery_end_;
    in_flight_.erase(in_flight_.begin(), end_of_lost);
    if (news) BackOff();
  }
  if (sequence > recovery_end_) Grow();
  SendAllowed();
}

void CubicFlow::BackOff() {
  recovery_end_ = next_ - 1;
  window_max_ = window_;
  window_ = std::max(2.0, window_ * kBeta);
  threshold_ = window_;
  epoch_ = sim_->now();
}

void CubicFlow::Grow() {
  if (window_ < threshold_) {
    window_ += 1;
    return;
  }
  if (epoch_.IsNever()) {
    epoch_ = sim_->now();
    window_max_ = window_;
  }
  const double k = std::cbrt(window_max_ * (1 - kBeta) / kScale);
  const double target = kScale * std::pow((sim_->now() - epoch_).seconds() - k, 3) + window_max_;
  window_ += std::clamp((target - window_) / window_, 0.01 / window_, 0.5);
}

void CubicFlow::WatchForSilence() {
  sim_->After(TimeDelta::Millis(100), [this] {
    if (!running_) return;
    if (sim_->now() - last_ack_ > kTimeout) {
      last_ack_ = sim_->now();
      threshold_ = std::max(2.0, window_ * kBeta);
      window_ = 2;
      epoch_ = Timestamp::Never();
      recovery_end_ = next_ - 1;
      in_flight_.clear();
      SendAllowed();
    }
    WatchForSilence();
  });
}

}  // namespace sluice::sim
