// Validated reading of a JSON object, with the path of each field. Handlers read linearly and look once:
//
//   ObjectReader params(request.params, "params");
//   std::string router_id = params.RequiredString("routerId", kIdLength);
//   uint16_t port = params.OptionalUintOr<uint16_t>("port", 0);
//   for (ObjectReader& info : params.RequiredObjects("listenInfos", {1, 32})) { …; info.Finish(); }
//   params.Finish();
//   if (params.error()) return *params.error();
//
// The first error is kept; after it every read returns its default (required ones: empty, zero, the minimum)
// and changes nothing. A reader of a nested object shares the error with the one it came from.
//
// The JSON must outlive the readers. Control thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "api/json_rpc/rpc_error.h"

namespace sluice::api {

enum class Fields : uint8_t {
  kExact,  // Our own objects: Finish() reports a field that nobody read; null is a value of the wrong type.
  kOpen,   // A client's ORTC objects: other fields are ignored; null is as good as absent.
};

// Inclusive limits for lengths (bytes of a string, elements of an array).
struct Limits {
  size_t min = 0;
  size_t max = std::numeric_limits<size_t>::max();
};
inline constexpr Limits kIdLength{1, 64};

class ObjectReader {
 public:
  // `value` not being an object is an error at `path`.
  ObjectReader(const nlohmann::json& value, std::string path, Fields fields = Fields::kExact);
  ObjectReader(ObjectReader&&) = default;
  ObjectReader& operator=(ObjectReader&&) = default;

  bool Has(std::string_view field) const;  // Does not count as reading it.

  std::string RequiredString(std::string_view field, Limits length = {1});
  std::optional<std::string> OptionalString(std::string_view field, Limits length = {});
  std::string OptionalString(std::string_view field, Limits length, std::string_view otherwise);

  bool RequiredBool(std::string_view field);
  std::optional<bool> OptionalBool(std::string_view field);
  bool OptionalBool(std::string_view field, bool otherwise);

  // Integers must be integral (1.0 is) and within [min, max]; name T for a narrower type.
  template <typename T = uint64_t>
  T RequiredUint(std::string_view field, std::type_identity_t<T> min = 0,
                 std::type_identity_t<T> max = std::numeric_limits<T>::max()) {
    static_assert(std::is_unsigned_v<T>);
    return static_cast<T>(ReadUint(field, true, min, max).value_or(min));
  }
  template <typename T = uint64_t>
  std::optional<T> OptionalUint(std::string_view field, std::type_identity_t<T> min = 0,
                                std::type_identity_t<T> max = std::numeric_limits<T>::max()) {
    static_assert(std::is_unsigned_v<T>);
    std::optional<uint64_t> value = ReadUint(field, false, min, max);
    return value ? std::optional<T>(static_cast<T>(*value)) : std::nullopt;
  }
  // `otherwise` itself need not be within the limits.
  template <typename T = uint64_t>
  T OptionalUintOr(std::string_view field, std::type_identity_t<T> otherwise, std::type_identity_t<T> min = 0,
                   std::type_identity_t<T> max = std::numeric_limits<T>::max()) {
    return OptionalUint<T>(field, min, max).value_or(otherwise);
  }
  // Any finite number within [min, max].
  std::optional<double> OptionalNumber(std::string_view field, double min, double max);

  // A string out of a fixed set; the required form returns the first choice on error:
  //   params.RequiredChoice<Protocol>("protocol", {{"udp", Protocol::kUdp}, {"tcp", Protocol::kTcp}})
  template <typename T>
  using Choices = std::initializer_list<std::pair<std::string_view, T>>;
  template <typename T>
  T RequiredChoice(std::string_view field, Choices<T> choices) {
    if (std::optional<T> value = ReadChoice(field, true, choices)) return *value;
    return choices.begin()->second;
  }
  template <typename T>
  std::optional<T> OptionalChoice(std::string_view field, Choices<T> choices) {
    return ReadChoice(field, false, choices);
  }

  ObjectReader RequiredObject(std::string_view field, Fields fields = Fields::kExact);
  std::optional<ObjectReader> OptionalObject(std::string_view field, Fields fields = Fields::kExact);
  // A reader for each element; empty on error and, for the optional form, when absent.
  std::vector<ObjectReader> RequiredObjects(std::string_view field, Limits count = {},
                                            Fields fields = Fields::kExact);
  std::vector<ObjectReader> OptionalObjects(std::string_view field, Limits count = {},
                                            Fields fields = Fields::kExact);
  std::optional<std::vector<std::string>> OptionalStrings(std::string_view field, Limits count = {},
                                                          Limits length = {1});

  // Integers as RequiredUint() takes them.
  template <typename T>
  std::optional<std::vector<T>> OptionalUints(std::string_view field, Limits count = {}) {
    static_assert(std::is_unsigned_v<T>);
    std::optional<std::vector<uint64_t>> values = ReadUints(field, count, std::numeric_limits<T>::max());
    return values ? std::optional(std::vector<T>(values->begin(), values->end())) : std::nullopt;
  }

  // The member itself, counted as read; nullptr when absent.
  const nlohmann::json* Raw(std::string_view field);
  // All members, counted as read: an object used as a map.
  const nlohmann::json& RawObject();

  // Keeps `error` unless there is one already.
  void Fail(RpcError error);
  // Reports a field that nobody read (kExact).
  void Finish();

  const std::optional<RpcError>& error() const { return *error_; }
  bool ok() const { return !error_->has_value(); }
  const std::string& path() const { return path_; }
  std::string PathOf(std::string_view field) const;

 private:
  ObjectReader(const nlohmann::json& value, std::string path, Fields fields,
               std::shared_ptr<std::optional<RpcError>> error);

  // The member if it is there and `ok()`; counts it as read, reports it as missing if it is required.
  const nlohmann::json* Find(std::string_view field, bool required);
  std::optional<std::string> ReadString(std::string_view field, bool required, Limits length);
  std::optional<bool> ReadBool(std::string_view field, bool required);
  std::optional<uint64_t> ReadUint(std::string_view field, bool required, uint64_t min, uint64_t max);
  std::optional<std::vector<uint64_t>> ReadUints(std::string_view field, Limits count, uint64_t max);
  std::optional<ObjectReader> ReadObject(std::string_view field, bool required, Fields fields);
  std::vector<ObjectReader> ReadObjects(std::string_view field, bool required, Limits count, Fields fields);
  const nlohmann::json* FindArray(std::string_view field, bool required, Limits count);
  void FailChoice(std::string_view field, std::string names);

  template <typename T>
  std::optional<T> ReadChoice(std::string_view field, bool required, Choices<T> choices) {
    std::optional<std::string> value = ReadString(field, required, {});
    if (!value) return std::nullopt;
    std::string names;
    for (const auto& [name, choice] : choices) {
      if (*value == name) return choice;
      names.append(names.empty() ? "" : ", ").append(name);
    }
    FailChoice(field, std::move(names));
    return std::nullopt;
  }

  const nlohmann::json* object_;
  std::string path_;
  Fields fields_;
  std::vector<std::string> read_;
  std::shared_ptr<std::optional<RpcError>> error_;
};

// The member `name` of the object at `path`: "params.codecs[0]" + "apt"; names that are not plain
// identifiers come quoted (params["a b"]).
std::string JoinPath(std::string_view path, std::string_view name);
std::string JoinPath(std::string_view path, size_t index);

}  // namespace sluice::api
