#include "api/data_plane.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace sluice::api {

DataPlane::DataPlane(worker::WorkerPool::Options pool, OnEvent on_event)
    : on_event_(std::move(on_event)), pool_(std::move(pool)) {
  load_.resize(pool_.workers());
}

uint32_t DataPlane::Place() const {
  return static_cast<uint32_t>(std::min_element(load_.begin(), load_.end()) - load_.begin());
}

void DataPlane::HandleEvents() {
  pool_.DrainEvents([this](uint32_t, worker::Event&& event) {
    if (const auto* handled = std::get_if<worker::ApplicationHandled>(&event)) {
      unhandled_ -= handled->cost;
      return;
    }
    auto* answer = std::get_if<worker::Answer>(&event);
    if (!answer) {
      on_event_(std::move(event));
      return;
    }
    auto question = questions_.extract(answer->query);
    if (question) question.mapped()(std::move(answer->snapshot));
  });
}

}  // namespace sluice::api
