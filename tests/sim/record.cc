#include "tests/sim/record.h"

#include <algorithm>
#include <cmath>

namespace sluice::sim {
namespace {

constexpr double kNever = 1e6;
constexpr size_t kTwoSeconds = 20;  // Steps.

double QuantileOf(const std::vector<Record::Wait>& waits, double from, double to, double quantile) {
  std::vector<double> values;
  for (const Record::Wait& wait : waits) {
    if (wait.at >= from && wait.at < to) values.push_back(wait.ms);
  }
  return Quantile(std::move(values), quantile);
}

}  // namespace

double Quantile(std::vector<double> values, double quantile) {
  if (values.empty()) return 0;
  const auto index = static_cast<size_t>(quantile * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(index), values.end());
  return values[index];
}

size_t Record::Index(double seconds) const {
  return std::min(capacity_kbps.size(), static_cast<size_t>(std::lround(seconds / kStep.seconds())));
}

double Record::ReceivedKbps(double from, double to, size_t flow) const {
  double sum = 0;
  for (size_t i = Index(from); i < Index(to); ++i) sum += flows[flow].points[i].received_kbps;
  return sum / static_cast<double>(std::max<size_t>(1, Index(to) - Index(from)));
}

double Record::Use(double from, double to) const {
  double received = 0, capacity = 0;
  for (size_t flow = 0; flow < flows.size(); ++flow) received += ReceivedKbps(from, to, flow);
  for (size_t i = Index(from); i < Index(to); ++i) capacity += capacity_kbps[i];
  return received / (capacity / static_cast<double>(Index(to) - Index(from)));
}

double Record::WaitQuantile(double from, double to, double quantile) const {
  return QuantileOf(waits, from, to, quantile);
}

double Record::AudioQuantile(double from, double to, double quantile) const {
  return QuantileOf(audio, from, to, quantile);
}

double Record::Swing(double from, double to, size_t flow) const {
  std::vector<double> targets;
  double mean = 0;
  for (size_t i = Index(from); i < Index(to); ++i) targets.push_back(flows[flow].points[i].target_kbps);
  for (double target : targets) mean += target / static_cast<double>(targets.size());
  return std::max(Quantile(targets, 0.95) / mean - 1, 1 - Quantile(targets, 0.05) / mean);
}

double Record::Fairness(double from, double to) const {
  double sum = 0, squares = 0;
  for (size_t flow = 0; flow < flows.size(); ++flow) {
    const double rate = ReceivedKbps(from, to, flow);
    sum += rate;
    squares += rate * rate;
  }
  return sum * sum / (static_cast<double>(flows.size()) * squares);
}

double Record::TimeToReach(double from, double kbps, size_t flow) const {
  for (size_t i = Index(from); i < capacity_kbps.size(); ++i) {
    if (flows[flow].points[i].target_kbps >= kbps) return static_cast<double>(i + 1) * kStep.seconds() - from;
  }
  return kNever;
}

double Record::TimeToFall(double from, double kbps, size_t flow) const {
  const std::vector<Point>& points = flows[flow].points;
  for (size_t i = Index(from); i + kTwoSeconds <= points.size(); ++i) {
    double sum = 0;
    for (size_t k = i; k < i + kTwoSeconds; ++k) sum += points[k].target_kbps;
    if (points[i].target_kbps <= kbps && sum <= kbps * static_cast<double>(kTwoSeconds))
      return static_cast<double>(i + 1) * kStep.seconds() - from;
  }
  return kNever;
}

}  // namespace sluice::sim
