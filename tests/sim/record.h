// What happened in one simulated run, as time series, and what can be said of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rtp/units.h"

namespace sluice::sim {

// The value below which the share `quantile` (0 to 1) of the values lies; 0 of none.
double Quantile(std::vector<double> values, double quantile);
inline double Median(std::vector<double> values) { return Quantile(std::move(values), 0.5); }

struct Record {
  // The state of one flow at the end of a step of kStep.
  struct Point {
    double target_kbps = 0;
    double sent_kbps = 0;  // Over the step.
    double received_kbps = 0;
    double pacing_ms = 0;  // What waits longest in the pacer.
  };
  struct Flow {
    std::string name;
    std::vector<Point> points;
  };
  struct Wait {
    double at = 0;  // Seconds since the beginning.
    double ms = 0;
  };
  static constexpr TimeDelta kStep = TimeDelta::Millis(100);

  std::vector<double> capacity_kbps;  // At each step.
  std::vector<Flow> flows;
  std::vector<Wait> waits;  // Of each packet in the bottleneck's queue.
  std::vector<Wait> audio;  // One-way delay of each audio packet, without the path's own.

  double seconds() const { return static_cast<double>(capacity_kbps.size()) * kStep.seconds(); }

  // All of these over [from, to) in seconds.
  // What all flows received, of what the link could carry.
  double Use(double from, double to) const;
  double ReceivedKbps(double from, double to, size_t flow = 0) const;
  double WaitQuantile(double from, double to, double quantile) const;
  double AudioQuantile(double from, double to, double quantile) const;
  // How far the target is from its mean nine tenths of the time: (above, below), relative.
  double Swing(double from, double to, size_t flow = 0) const;
  // Fairness between the flows (Jain): 1 when all get the same.
  double Fairness(double from, double to) const;
  // Seconds after `from` at which the target first reaches `kbps`; a large number: never.
  double TimeToReach(double from, double kbps, size_t flow = 0) const;
  // Seconds after `from` at which the target first is at or below `kbps` and stays so, on average, for two
  // seconds.
  double TimeToFall(double from, double kbps, size_t flow = 0) const;

 private:
  size_t Index(double seconds) const;
};

}  // namespace sluice::sim
