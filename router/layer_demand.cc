#include "router/layer_demand.h"

#include <algorithm>

namespace sluice::router {

void LayerDemand::Set(const PacketSink* sink, const WantedLayers& wanted) {
  auto it =
      std::find_if(sinks_.begin(), sinks_.end(), [&](const auto& entry) { return entry.first == sink; });
  if (it == sinks_.end()) {
    sinks_.emplace_back(sink, wanted);
  } else {
    it->second = wanted;
  }
}

void LayerDemand::Remove(const PacketSink* sink) {
  std::erase_if(sinks_, [&](const auto& entry) { return entry.first == sink; });
}

bool LayerDemand::Update(Timestamp now, bool paused) {
  WantedLayers wanted;
  for (const auto& [sink, of_sink] : sinks_) {
    if (!paused) wanted.Add(of_sink);
  }
  const WantedLayers before = told_;
  next_timeout_ = Timestamp::Never();
  for (size_t i = 0; i < falls_.size(); ++i) {
    UpdateEncoding(now, i, wanted.Of(i));
    next_timeout_ = std::min(next_timeout_, falls_[i].end);
  }
  return told_ != before;
}

void LayerDemand::UpdateEncoding(Timestamp now, size_t encoding, WantedLayers::Encoding wanted) {
  Fall& fall = falls_[encoding];
  if (wanted) told_.Add(encoding, *wanted);
  if (told_.Of(encoding) == wanted) {
    fall.end = Timestamp::Never();
    return;
  }
  if (fall.end.IsNever()) fall = {.end = now + kPatience, .most = wanted};
  fall.most = WantedLayers::Most(fall.most, wanted);
  if (now < fall.end) return;
  told_.Set(encoding, fall.most);
  fall = {.end = fall.most == wanted ? Timestamp::Never() : now + kPatience, .most = wanted};
}

}  // namespace sluice::router
