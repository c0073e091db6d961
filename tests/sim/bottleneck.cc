#include "tests/sim/bottleneck.h"

#include <algorithm>
#include <random>
#include <utility>

namespace sluice::sim {

void Bottleneck::Send(size_t bytes, Delivered delivered) {
  ++sent_packets_;
  const DataSize size = DataSize::Bytes(static_cast<int64_t>(bytes));
  if (down_ || !Police(bytes) || queued_ + size > options_.queue) {
    ++dropped_packets_;
    return;
  }
  queue_.push_back({bytes, sim_->now(), std::move(delivered)});
  queued_ += size;
  if (!serving_) Serve();
}

void Bottleneck::set_down(bool down) {
  down_ = down;
  if (!down) return;
  dropped_packets_ += static_cast<int64_t>(queue_.size());
  queue_.clear();
  queued_ = DataSize();
  serving_ = false;
  ++generation_;
}

bool Bottleneck::Police(size_t bytes) {
  if (!options_.policer) return true;
  const auto bucket = static_cast<double>(options_.policer->bucket.bytes());
  if (tokens_ < 0) {
    tokens_ = bucket;
    tokens_at_ = sim_->now();
  }
  const double rate = static_cast<double>(options_.policer->rate.bps()) / 8;
  tokens_ = std::min(bucket, tokens_ + (sim_->now() - tokens_at_).seconds() * rate);
  tokens_at_ = sim_->now();
  if (tokens_ < static_cast<double>(bytes)) return false;
  tokens_ -= static_cast<double>(bytes);
  return true;
}

TimeDelta Bottleneck::TimeOf(size_t bytes) const {
  return DataSize::Bytes(static_cast<int64_t>(bytes)) / options_.rate;
}

void Bottleneck::Serve() {
  serving_ = !queue_.empty();
  if (!serving_) return;
  if (observe_wait_) observe_wait_(sim_->now() - queue_.front().since);
  sim_->After(TimeOf(queue_.front().bytes), [this, generation = generation_] {
    if (generation != generation_) return;
    Waiting packet = std::move(queue_.front());
    queue_.pop_front();
    queued_ = queued_ - DataSize::Bytes(static_cast<int64_t>(packet.bytes));
    Transmit(std::move(packet));
    Serve();
  });
}

bool Bottleneck::Lose() {
  bad_ = sim_->Chance(bad_ ? 1 - options_.burst_loss.to_good : options_.burst_loss.to_bad);
  return (bad_ && sim_->Chance(options_.burst_loss.bad_loss)) || sim_->Chance(options_.loss);
}

void Bottleneck::Transmit(Waiting packet) {
  if (Lose()) {
    ++dropped_packets_;
    return;
  }
  Timestamp arrival = sim_->now() + options_.delay;
  if (options_.jitter > TimeDelta::Zero()) {
    std::uniform_int_distribution<int64_t> jitter(0, options_.jitter.us());
    arrival += TimeDelta::Micros(jitter(sim_->random()));
  }
  if (options_.stalls) {
    if (sim_->now() >= stall_until_) {
      std::exponential_distribution<double> interval(1 / options_.stalls->interval.seconds());
      std::uniform_int_distribution<int64_t> length(0, options_.stalls->longest.us());
      stall_from_ = sim_->now() + TimeDelta::Micros(static_cast<int64_t>(interval(sim_->random()) * 1e6));
      stall_until_ = stall_from_ + TimeDelta::Micros(length(sim_->random()));
    }
    if (sim_->now() >= stall_from_) arrival = std::max(arrival, stall_until_ + options_.delay);
    arrival = std::max(arrival, last_arrival_ + TimeOf(packet.bytes) / 5);
  }
  arrival = std::max(arrival, last_arrival_);
  last_arrival_ = arrival;
  delivered_bytes_ += static_cast<int64_t>(packet.bytes);
  sim_->At(arrival, std::move(packet.delivered));
}

}  // namespace sluice::sim
