#include "bench/network/svg_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace sluice::bench {
namespace {

constexpr int kWidth = 960, kHeight = 360;
constexpr double kLeft = 60, kRight = 945;
constexpr size_t kColumns = 440;  // More points than these are summed up, the highest of each.
constexpr std::array kEstimates = {"#1f5fbf", "#b5541c", "#7a3fa0"};
constexpr const char* kSent = "#2a9d55";
constexpr const char* kWait = "#c4302b";

struct Panel {
  double top = 0, bottom = 0;
  double seconds = 1;  // Of the whole run.
  double max = 1;      // Of the vertical axis.

  double X(double at) const { return kLeft + (kRight - kLeft) * at / seconds; }
  double Y(double value) const { return bottom - (bottom - top) * std::min(value / max, 1.0); }
};

// A round number that is no less.
double RoundUp(double value) {
  const double unit = std::pow(10, std::floor(std::log10(std::max(value, 1.0))));
  for (double step : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0}) {
    if (step * unit >= value) return step * unit;
  }
  return 10 * unit;
}

// The highest value of each column, by seconds.
using Series = std::vector<std::pair<double, double>>;
Series Columns(double seconds, size_t count, const std::function<std::pair<double, double>(size_t)>& point) {
  Series series;
  for (size_t i = 0, column = kColumns; i < count; ++i) {
    const auto [at, value] = point(i);
    const auto its = static_cast<size_t>(at / seconds * kColumns);
    if (its != column) {
      series.emplace_back(at, value);
      column = its;
    } else {
      series.back().second = std::max(series.back().second, value);
    }
  }
  return series;
}

std::string Line(const Panel& panel, const Series& series, const char* color, double width) {
  std::string points;
  for (auto [at, value] : series) absl::StrAppendFormat(&points, "%.0f,%.1f ", panel.X(at), panel.Y(value));
  return absl::StrFormat("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\" points=\"%s\"/>\n",
                         color, width, points);
}

std::string Area(const Panel& panel, const Series& series) {
  std::string path = absl::StrFormat("M%.0f,%.0f", kLeft, panel.bottom);
  double last = panel.bottom;
  for (auto [at, value] : series) {
    absl::StrAppendFormat(&path, "L%.0f,%.1fL%.0f,%.1f", panel.X(at), last, panel.X(at), panel.Y(value));
    last = panel.Y(value);
  }
  return absl::StrFormat("<path fill=\"#e4e4e4\" d=\"%sL%.0f,%.1fL%.0f,%.0fZ\"/>\n", path, kRight, last,
                         kRight, panel.bottom);
}

std::string Text(double x, double y, const std::string& text, const char* more = "") {
  return absl::StrFormat("<text x=\"%.0f\" y=\"%.0f\" %s>%s</text>\n", x, y, more, text);
}

std::string Axes(const Panel& panel, const std::string& unit) {
  std::string out;
  for (int i = 0; i <= 4; ++i) {
    const double value = panel.max * i / 4, y = panel.Y(value);
    out += absl::StrFormat("<path stroke=\"#ccc\" stroke-width=\".5\" d=\"M%.0f,%.1fH%.0f\"/>\n", kLeft, y,
                           kRight);
    out += Text(kLeft - 6, y + 4, absl::StrFormat("%.4g", value), "text-anchor=\"end\"");
  }
  return out + Text(kLeft, panel.top - 6, unit);
}

std::string TimeAxis(const Panel& panel) {
  std::string out;
  const double step = RoundUp(panel.seconds / 9);
  for (double at = 0; at <= panel.seconds; at += step)
    out += Text(panel.X(at), panel.bottom + 16, absl::StrFormat("%.0f s", at), "text-anchor=\"middle\"");
  return out;
}

std::string Legend(const sim::Record& record) {
  std::string out;
  double x = 330;
  auto entry = [&](const char* color, const std::string& name) {
    out += absl::StrFormat("<rect x=\"%.0f\" y=\"26\" width=\"14\" height=\"4\" fill=\"%s\"/>\n", x, color);
    out += Text(x + 18, 32, name);
    x += 36 + 6.5 * static_cast<double>(name.size());
  };
  entry("#d0d0d0", "link");
  for (size_t i = 0; i < record.flows.size(); ++i) {
    const bool alone = record.flows.size() == 1;
    entry(kEstimates[i % kEstimates.size()], alone ? "estimate" : record.flows[i].name);
  }
  entry(kSent, "sent");
  return out;
}

}  // namespace

std::string DrawRecord(const std::string& title, const sim::Record& record) {
  const double seconds = record.seconds();
  const double step = sim::Record::kStep.seconds();
  auto columns = [&](const std::function<double(size_t)>& value) {
    return Columns(seconds, record.capacity_kbps.size(),
                   [&](size_t i) { return std::pair(static_cast<double>(i) * step, value(i)); });
  };
  const double highest = *std::max_element(record.capacity_kbps.begin(), record.capacity_kbps.end());
  const Panel rates{.top = 50, .bottom = 220, .seconds = seconds, .max = RoundUp(highest * 1.15)};
  Series waits = Columns(seconds, record.waits.size(),
                         [&](size_t i) { return std::pair(record.waits[i].at, record.waits[i].ms); });
  double longest = 0;
  for (auto [at, ms] : waits) longest = std::max(longest, ms);
  const Panel delay{.top = 252, .bottom = 335, .seconds = seconds, .max = RoundUp(std::max(longest, 40.0))};

  std::string out = absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" "
      "font-size=\"11\" "
      "fill=\"#333\">\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
      kWidth, kHeight, kWidth, kHeight);
  out += Text(kLeft, 18, title, "font-size=\"14\" font-weight=\"bold\"") + Legend(record);
  out += Area(rates, columns([&](size_t i) { return record.capacity_kbps[i]; })) + Axes(rates, "kbit/s");
  for (const auto& flow : record.flows)
    out += Line(rates, columns([&](size_t i) { return flow.points[i].sent_kbps; }), kSent, 0.7);
  for (size_t k = 0; k < record.flows.size(); ++k) {
    const auto& points = record.flows[k].points;
    const bool estimates = points.back().target_kbps > 0;  // The others have only what they send.
    out += Line(rates,
                columns([&](size_t i) { return estimates ? points[i].target_kbps : points[i].sent_kbps; }),
                kEstimates[k % kEstimates.size()], 1.5);
  }
  out += Axes(delay, "queueing delay, ms") + Line(delay, waits, kWait, 1) + TimeAxis(delay);
  return out + "</svg>\n";
}

}  // namespace sluice::bench
