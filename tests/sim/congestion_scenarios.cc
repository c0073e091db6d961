#include "tests/sim/congestion_scenarios.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "tests/sim/network_run.h"

namespace sluice::sim {
namespace {

using Limit = Bar::Limit;

constexpr TimeDelta kOneWay = TimeDelta::Millis(20);
constexpr double kSettled = 10;  // Seconds after which a run is called steady.

DataRate Kilobits(double kbps) { return DataRate::BitsPerSec(static_cast<int64_t>(kbps * 1'000)); }

// A drop-tail queue of `queue` at the link's rate.
Bottleneck::Options Link(double kbps, TimeDelta queue = TimeDelta::Millis(500)) {
  return {.rate = Kilobits(kbps), .delay = kOneWay, .queue = Kilobits(kbps) * queue};
}

Record RunAlone(uint64_t seed, const Bottleneck::Options& link, double seconds = 60,
                const PacedFlow::Options& flow = {}) {
  NetworkRun run(seed, link);
  run.AddFlow("sluice", flow)->Start();
  run.RunFor(seconds);
  return run.TakeRecord();
}

Bar Use(double at_least = 0.85, double from = kSettled, double to = 60) {
  return {"use of the link", "", Limit::kAtLeast, at_least,
          [=](const Record& record) { return record.Use(from, to); }};
}
Bar Delay(double at_most = 100, double from = kSettled, double to = 60) {
  return {"queueing delay, 95th percentile", "ms", Limit::kAtMost, at_most,
          [=](const Record& record) { return record.WaitQuantile(from, to, 0.95); }};
}
Bar Swing(double at_most = 0.15, double from = kSettled, double to = 60) {
  return {"swing of the estimate", "", Limit::kAtMost, at_most,
          [=](const Record& record) { return record.Swing(from, to); }};
}
std::vector<Bar> Steady() { return {Use(), Delay(), Swing()}; }

Scenario Constant(double kbps, std::string rate) {
  return {"constant_" + std::to_string(static_cast<int>(kbps)) + "k", "Constant " + rate,
          "A link of " + rate + ", 40 ms round trip, queue of 500 ms.",
          [=](uint64_t seed) { return RunAlone(seed, Link(kbps)); }, Steady()};
}

constexpr double kHigh = 2'500, kLow = 625, kDown = 20, kUp = 40;

Record RunSteps(uint64_t seed) {
  NetworkRun run(seed, Link(kHigh, TimeDelta::Millis(500)));
  run.AddFlow("sluice", {})->Start();
  run.RunFor(kDown);
  // Anywhere between two feedbacks.
  run.sim().After(TimeDelta::Micros(static_cast<int64_t>(run.sim().random()() % 100'000)),
                  [&run] { run.link().set_rate(Kilobits(kLow)); });
  run.RunFor(kUp - kDown);
  run.link().set_rate(Kilobits(kHigh));
  run.RunFor(20);
  return run.TakeRecord();
}

Scenario Steps() {
  return {"steps",
          "Steps by four times",
          "2.5 Mbit/s, after 20 s 625 kbit/s, after 40 s 2.5 Mbit/s again; the queue (156 KB) holds two "
          "seconds then.",
          RunSteps,
          {{"down: followed after", "s", Limit::kAtMost, 1.5,
            [](const Record& record) { return record.TimeToFall(kDown, kLow); }},
           {"down: peak of the queueing delay", "ms", Limit::kAtMost, 300,
            [](const Record& record) { return record.WaitQuantile(kDown, kDown + 3, 1); }},
           {"up: 85 % reached after", "s", Limit::kAtMost, 8,
            [](const Record& record) { return record.TimeToReach(kUp, 0.85 * kHigh); }},
           Use(0.85, kDown + 5, kUp),
           Use(0.85, kUp + 8, 60)}};
}

Scenario Policer() {
  return {"policer",
          "Policer",
          "20 Mbit/s with a token bucket of 1.5 Mbit/s and 30 KB that drops what exceeds it.",
          [](uint64_t seed) {
            Bottleneck::Options link = Link(20'000, TimeDelta::Millis(100));
            link.policer = Bottleneck::Policer{Kilobits(1'500), DataSize::Bytes(30'000)};
            return RunAlone(seed, link);
          },
          {Use(0.85), Swing(), {"of what was sent, lost", "", Limit::kAtMost, 0.1, [](const Record& record) {
                                  double sent = 0, received = 0;
                                  for (const Record::Point& point : record.flows[0].points) {
                                    sent += point.sent_kbps;
                                    received += point.received_kbps;
                                  }
                                  return 1 - received / sent;
                                }}}};
}

constexpr double kLossy = 2'500;

Scenario RandomLoss(int percent, double of_clean) {
  return {"loss_" + std::to_string(percent),
          std::to_string(percent) + " % random loss",
          "2.5 Mbit/s; " + std::to_string(percent) + " % of the packets are lost whatever the rate.",
          [=](uint64_t seed) {
            Bottleneck::Options link = Link(kLossy);
            link.loss = percent / 100.0;
            return RunAlone(seed, link);
          },
          {{"of the rate without loss", "", Limit::kAtLeast, of_clean,
            [=](const Record& record) {
              static const double clean = RunAlone(1, Link(kLossy)).ReceivedKbps(kSettled, 60);
              return record.ReceivedKbps(kSettled, 60) / clean;
            }},
           Delay(100)}};
}

Scenario BurstyLoss() {
  return {"loss_bursty", "Bursty loss",
          "2.5 Mbit/s; Gilbert-Elliott: about every 200 packets five in a row, of which 80 % are lost.",
          [](uint64_t seed) {
            Bottleneck::Options link = Link(kLossy);
            link.burst_loss = {.to_bad = 0.005, .to_good = 0.2, .bad_loss = 0.8};
            return RunAlone(seed, link);
          },
          Steady()};
}

Scenario WiFi() {
  return {"wifi", "Wi-Fi-like jitter",
          "5 Mbit/s; some ten times a second nothing arrives for up to 40 ms and then all at once; 8 ms of "
          "jitter besides.",
          [](uint64_t seed) {
            Bottleneck::Options link = Link(5'000);
            link.stalls = Bottleneck::Stalls{TimeDelta::Millis(100), TimeDelta::Millis(40)};
            link.jitter = TimeDelta::Millis(8);
            return RunAlone(seed, link);
          },
          Steady()};
}

// Every 100 ms another rate: a slow wave of ±50 % and faster fading of about ±30 %.
Record RunLte(uint64_t seed) {
  Bottleneck::Options options = Link(4'000, TimeDelta::Millis(1'000));
  options.jitter = TimeDelta::Millis(4);
  NetworkRun run(seed, options);
  run.AddFlow("sluice", {})->Start();
  double fading = 0;
  run.RunFor(60, [&](double seconds) {
    fading = 0.9 * fading + 0.13 * std::normal_distribution<>()(run.sim().random());
    const double wave = 1 + 0.5 * std::sin(seconds / 6);
    run.link().set_rate(Kilobits(std::clamp(4'000 * wave * std::exp(fading), 500.0, 12'000.0)));
  });
  return run.TakeRecord();
}

Scenario Lte() {
  return {"lte",
          "LTE-like variation",
          "A rate that changes ten times a second: 4 Mbit/s ± 50 % over 40 s, and ± 30 % within a second.",
          RunLte,
          {Use(0.65), Delay()}};
}

Record RunCubic(uint64_t seed) {
  NetworkRun run(seed, Link(5'000, TimeDelta::Millis(200)));
  run.AddFlow("sluice", {})->Start();
  CubicFlow* cubic = run.AddCubic("CUBIC", kOneWay);
  run.RunFor(10);
  cubic->Start();
  run.RunFor(60);
  return run.TakeRecord();
}

Scenario Cubic() {
  return {"cubic",
          "Against CUBIC",
          "5 Mbit/s with a queue of 200 ms; after 10 s a greedy TCP flow joins and fills it.",
          RunCubic,
          {{"share of the link", "", Limit::kAtLeast, 0.2,
            [](const Record& record) { return record.ReceivedKbps(20, 70) / 5'000; }},
           {"share of the link", "", Limit::kAtMost, 0.6,
            [](const Record& record) { return record.ReceivedKbps(20, 70) / 5'000; }}}};
}

Record RunThree(uint64_t seed) {
  NetworkRun run(seed, Link(3'000, TimeDelta::Millis(300)));
  std::vector<PacedFlow*> flows;
  for (const char* name : {"first", "second", "third"}) flows.push_back(run.AddFlow(name, {}));
  flows[0]->Start();
  run.RunFor(10);
  flows[1]->Start();
  run.RunFor(5);
  flows[2]->Start();
  run.RunFor(75);
  return run.TakeRecord();
}

Scenario Three() {
  return {"three",
          "Three subscribers on one link",
          "3 Mbit/s; they begin after 0, 10 and 15 s.",
          RunThree,
          {{"fairness (Jain) within 30 s", "", Limit::kAtLeast, 0.95,
            [](const Record& record) { return record.Fairness(45, 60); }},
           {"fairness (Jain) later", "", Limit::kAtLeast, 0.95,
            [](const Record& record) { return record.Fairness(60, 90); }},
           Use(0.85, 20, 90),
           Delay(100, 20, 90)}};
}

Scenario BadFeedback() {
  return {"feedback", "Feedback lost and delayed",
          "2.5 Mbit/s; a fifth of the feedback is lost, the rest comes up to 100 ms late and out of order.",
          [](uint64_t seed) {
            PacedFlow::Options flow;
            flow.feedback_loss = 0.2;
            flow.feedback_jitter = TimeDelta::Millis(100);
            return RunAlone(seed, Link(2'500), 60, flow);
          },
          Steady()};
}

Scenario Drift() {
  return {"drift",
          "Clock drift",
          "2.5 Mbit/s; the receiver's clock is fast by 500 ppm, over five minutes.",
          [](uint64_t seed) {
            PacedFlow::Options flow;
            flow.clock_drift = 500e-6;
            return RunAlone(seed, Link(2'500), 300, flow);
          },
          {Use(0.85, kSettled, 300), Delay(100, kSettled, 300), Swing(0.15, kSettled, 300)}};
}

constexpr double kQuiet = 3'600;

Record RunApplicationLimited(uint64_t seed) {
  NetworkRun run(seed, Link(2'500));
  PacedFlow::Options options;
  options.max_video = Kilobits(100);
  PacedFlow* flow = run.AddFlow("sluice", options);
  flow->Start();
  run.RunFor(kQuiet);
  flow->set_max_video(DataRate::Infinite());
  run.RunFor(20);
  return run.TakeRecord();
}

Scenario ApplicationLimited() {
  return {"application_limited",
          "An hour with little to send",
          "2.5 Mbit/s; for an hour there is nothing but 140 kbit/s to send, then as much as fits.",
          RunApplicationLimited,
          {{"85 % reached after", "s", Limit::kAtMost, 3,
            [](const Record& record) { return record.TimeToReach(kQuiet, 0.85 * 2'500); }},
           Delay(100, 0, kQuiet + 20),
           {"sent in the quiet hour, of what there was", "", Limit::kAtMost, 1.05, [](const Record& record) {
              double sent = 0;
              for (size_t i = 0; i < static_cast<size_t>(kQuiet * 10); ++i)
                sent += record.flows[0].points[i].sent_kbps;
              return sent / (kQuiet * 10) / 140;
            }}}};
}

constexpr double kGone = 20, kBack = 25;

Record RunVanishing(uint64_t seed) {
  NetworkRun run(seed, Link(2'500));
  PacedFlow* flow = run.AddFlow("sluice", {});
  flow->Start();
  run.RunFor(kGone);
  run.link().set_down(true);
  flow->set_feedback_down(true);
  run.RunFor(kBack - kGone);
  run.link().set_down(false);
  flow->set_feedback_down(false);
  run.RunFor(20);
  return run.TakeRecord();
}

Scenario Vanishing() {
  return {"vanishing",
          "A link that vanishes for 5 s",
          "2.5 Mbit/s; between 20 and 25 s nothing passes, both ways.",
          RunVanishing,
          {{"back: 85 % reached after", "s", Limit::kAtMost, 2,
            [](const Record& record) { return record.TimeToReach(kBack, 0.85 * 2'500); }},
           {"rate in its fifth second, of the link's", "", Limit::kAtMost, 0.05,
            [](const Record& record) { return record.flows[0].points[245].sent_kbps / 2'500; }},
           Use(0.85, kBack + 2, 45)}};
}

std::vector<Scenario> MakeAll() {
  return {Constant(300, "300 kbit/s"),
          Constant(1'000, "1 Mbit/s"),
          Constant(2'500, "2.5 Mbit/s"),
          Constant(10'000, "10 Mbit/s"),
          Steps(),
          Policer(),
          RandomLoss(2, 0.9),
          RandomLoss(5, 0.8),
          RandomLoss(10, 0.6),
          BurstyLoss(),
          WiFi(),
          Lte(),
          Cubic(),
          Three(),
          BadFeedback(),
          Drift(),
          ApplicationLimited(),
          Vanishing()};
}

}  // namespace

const std::vector<Scenario>& CongestionScenarios() {
  static const std::vector<Scenario>* all = new std::vector<Scenario>(MakeAll());
  return *all;
}

std::vector<double> MeasureBars(const Scenario& scenario, int seeds) {
  std::vector<std::vector<double>> values(scenario.bars.size());
  for (int seed = 1; seed <= seeds; ++seed) {
    const Record record = scenario.run(static_cast<uint64_t>(seed));
    for (size_t i = 0; i < values.size(); ++i) values[i].push_back(scenario.bars[i].measure(record));
  }
  std::vector<double> medians;
  for (auto& of_bar : values) medians.push_back(Median(std::move(of_bar)));
  return medians;
}

}  // namespace sluice::sim
