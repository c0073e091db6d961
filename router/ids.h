// Small integers by which the control plane and the workers name objects. Never reused: a handle that
// arrives after its object is gone finds nothing.
#pragma once

#include <compare>
#include <cstdint>
#include <utility>

namespace sluice::router {

template <typename Tag>
class Handle {
 public:
  constexpr Handle() = default;
  explicit constexpr Handle(uint32_t value) : value_(value) {}
  constexpr uint32_t value() const { return value_; }
  // Whether it names anything: handles are given from 1 on.
  constexpr bool valid() const { return value_ != 0; }
  constexpr auto operator<=>(const Handle&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, Handle handle) {
    return H::combine(std::move(h), handle.value_);
  }

 private:
  uint32_t value_ = 0;
};

using TransportHandle = Handle<struct TransportTag>;
using ProducerHandle = Handle<struct ProducerTag>;
using ConsumerHandle = Handle<struct ConsumerTag>;
using RtpObserverHandle = Handle<struct RtpObserverTag>;
using DataProducerHandle = Handle<struct DataProducerTag>;
using DataConsumerHandle = Handle<struct DataConsumerTag>;

}  // namespace sluice::router
