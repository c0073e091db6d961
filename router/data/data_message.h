// A message on its way from a data producer to its consumers. Shared and never changed, so that a thousand
// consumers on all workers hold one copy of it.
#pragma once

#include <memory>
#include <optional>

#include "router/data/data_config.h"
#include "rtp/data_message.h"

namespace sluice::router {

struct DataMessage {
  uint32_t ppid = 0;
  rtp::SharedBytes payload;
  // Whom it is for (messages of the application only). It passes to those that are in `required`, not in
  // `ignored`, and in one of `subchannels`, each as far as given.
  Subchannels subchannels;
  std::optional<uint16_t> required;
  std::optional<uint16_t> ignored;
  // Whoever sends it waits while a consumer holds it back: it may exceed the limits of send buffers.
  bool patient = false;

  bool for_everybody() const { return subchannels.empty() && !required && !ignored; }
  size_t size() const { return payload->size(); }
};

using DataMessageRef = std::shared_ptr<const DataMessage>;

}  // namespace sluice::router
