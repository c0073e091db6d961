// A value, or the error that the request is answered with instead.
//
//   Result<RtpCapabilities> capabilities = MakeRouterCapabilities(codecs, "params.mediaCodecs");
//   if (!capabilities.ok()) return capabilities.error();
#pragma once

#include <utility>
#include <variant>

#include "api/json_rpc/rpc_error.h"

namespace sluice::api {

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}         // NOLINT: implicit by design
  Result(RpcError error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return state_.index() == 0; }
  // Only when ok().
  T& operator*() & { return *std::get_if<0>(&state_); }
  const T& operator*() const& { return *std::get_if<0>(&state_); }
  T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  // Only when !ok().
  const RpcError& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, RpcError> state_;
};

}  // namespace sluice::api
