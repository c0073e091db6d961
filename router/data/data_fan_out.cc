#include "router/data/data_fan_out.h"

#include "router/data/data_consumer.h"

namespace sluice::router {

void DataFanOut::Remove(DataConsumer* consumer) { std::erase(consumers_, consumer); }

void DataFanOut::HandleMessage(Timestamp now, const DataMessageRef& message) {
  for (DataConsumer* consumer : consumers_) consumer->HandleMessage(now, *message);
}

void DataFanOut::Hold() {
  if (++holding_ == 1) link_->SetHeld(producer_, true);
}

void DataFanOut::Release() {
  if (--holding_ == 0) link_->SetHeld(producer_, false);
}

}  // namespace sluice::router
