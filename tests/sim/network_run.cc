#include "tests/sim/network_run.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sluice::sim {
namespace {

double Kbps(int64_t bytes, TimeDelta time) {
  return static_cast<double>((DataSize::Bytes(bytes) / time).bps()) / 1'000;
}
double Kbps(DataRate rate) { return static_cast<double>(rate.bps()) / 1'000; }

}  // namespace

NetworkRun::NetworkRun(uint64_t seed, const Bottleneck::Options& link)
    : sim_(seed),
      link_(&sim_, link),
      start_(sim_.now()),
      path_delay_(link.delay),
      capacity_limit_(link.policer ? link.policer->rate : DataRate::Infinite()) {
  link_.set_wait_observer([this](TimeDelta wait) {
    record_.waits.push_back({Seconds(), wait.seconds() * 1'000});
  });
}

PacedFlow* NetworkRun::AddFlow(std::string name, const PacedFlow::Options& options) {
  const auto before = static_cast<std::ptrdiff_t>(paced_.size());
  paced_.push_back(std::make_unique<PacedFlow>(&sim_, &link_, options));
  record_.flows.insert(record_.flows.begin() + before, {std::move(name), {}});
  return paced_.back().get();
}

CubicFlow* NetworkRun::AddCubic(std::string name, TimeDelta return_delay) {
  cubic_.push_back(std::make_unique<CubicFlow>(&sim_, &link_, return_delay));
  record_.flows.push_back({std::move(name), {}});
  return cubic_.back().get();
}

void NetworkRun::RunFor(double seconds) {
  RunFor(seconds, [](double) {});
}

void NetworkRun::RunFor(double seconds, const std::function<void(double)>& each_step) {
  const auto steps = static_cast<int>(std::lround(seconds / Record::kStep.seconds()));
  for (int i = 0; i < steps; ++i) {
    each_step(Seconds());
    Step();
  }
}

void NetworkRun::Step() {
  record_.capacity_kbps.push_back(Kbps(std::min(link_.rate(), capacity_limit_)));
  sim_.RunFor(Record::kStep);
  sent_.resize(record_.flows.size());
  received_.resize(record_.flows.size());
  size_t i = 0;
  auto add = [&](int64_t sent, int64_t received, Record::Point point) {
    point.sent_kbps = Kbps(sent - std::exchange(sent_[i], sent), Record::kStep);
    point.received_kbps = Kbps(received - std::exchange(received_[i], received), Record::kStep);
    record_.flows[i++].points.push_back(point);
  };
  for (auto& flow : paced_) {
    add(flow->sent_bytes(), flow->received_bytes(),
        {.target_kbps = Kbps(flow->estimator().target()),
         .pacing_ms = flow->pacing_delay().seconds() * 1'000});
    for (TimeDelta delay : flow->TakeAudioDelays())
      record_.audio.push_back({Seconds(), (delay - path_delay_).seconds() * 1'000});
  }
  for (auto& flow : cubic_) add(flow->delivered_bytes(), flow->delivered_bytes(), {});
}

}  // namespace sluice::sim
