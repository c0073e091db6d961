#include "api/json_rpc/json_reader.h"

#include <algorithm>
#include <cmath>

#include "api/json_rpc/text.h"

namespace sluice::api {
namespace {

using nlohmann::json;

const json& EmptyObject() {
  static const json empty = json::object();
  return empty;
}

bool IsPlainName(std::string_view name) {
  if (name.empty() || IsDigit(name[0])) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '_' || c == '-'; });
}

// The value as an integer of at least 0; nullopt: it is something else, or beyond uint64_t.
std::optional<uint64_t> AsUint(const json& value) {
  if (value.is_number_unsigned()) return value.get<uint64_t>();
  if (value.is_number_integer() && value.get<int64_t>() >= 0) return value.get<uint64_t>();
  if (!value.is_number_float()) return std::nullopt;
  double number = value.get<double>();
  // 2^64 is the first double that does not fit; NaN fails both comparisons.
  if (!(number >= 0 && number < 18446744073709551616.0) || number != std::floor(number)) return std::nullopt;
  return static_cast<uint64_t>(number);
}

bool IsIntegral(const json& value) {
  return value.is_number_integer() ||
         (value.is_number_float() && value.get<double>() == std::floor(value.get<double>()));
}

std::string RangeText(uint64_t min, uint64_t max) {
  if (max == std::numeric_limits<uint64_t>::max()) return Concat("must be at least ", std::to_string(min));
  return Concat("must be from ", std::to_string(min), " to ", std::to_string(max));
}

std::string CountText(Limits limits, std::string_view unit) {
  if (limits.max == Limits{}.max) return Concat("must have at least ", std::to_string(limits.min), " ", unit);
  return Concat("must have from ", std::to_string(limits.min), " to ", std::to_string(limits.max), " ", unit);
}

bool Within(Limits limits, size_t n) { return n >= limits.min && n <= limits.max; }

}  // namespace

std::string JoinPath(std::string_view path, std::string_view name) {
  if (IsPlainName(name)) return Concat(path, ".", name);
  // A name is as long as its sender likes; its beginning is enough to find it.
  json quoted = name.substr(0, 64);
  return Concat(path, "[", quoted.dump(-1, ' ', false, json::error_handler_t::replace), "]");
}

std::string JoinPath(std::string_view path, size_t index) {
  return Concat(path, "[", std::to_string(index), "]");
}

ObjectReader::ObjectReader(const json& value, std::string path, Fields fields)
    : ObjectReader(value, std::move(path), fields, std::make_shared<std::optional<RpcError>>()) {}

ObjectReader::ObjectReader(const json& value, std::string path, Fields fields,
                           std::shared_ptr<std::optional<RpcError>> error)
    : object_(value.is_object() ? &value : &EmptyObject()),
      path_(std::move(path)),
      fields_(fields),
      error_(std::move(error)) {
  if (!value.is_object()) Fail(RpcError::WrongType(path_, "an object"));
}

bool ObjectReader::Has(std::string_view field) const {
  auto member = object_->find(field);
  return member != object_->end() && !(fields_ == Fields::kOpen && member->is_null());
}

std::string ObjectReader::PathOf(std::string_view field) const { return JoinPath(path_, field); }

void ObjectReader::Fail(RpcError error) {
  if (ok()) *error_ = std::move(error);
}

void ObjectReader::Finish() {
  if (fields_ == Fields::kOpen || !ok()) return;
  for (const auto& [name, value] : object_->items()) {
    if (std::find(read_.begin(), read_.end(), name) == read_.end()) {
      return Fail(RpcError::UnknownField(PathOf(name)));
    }
  }
}

const json* ObjectReader::Raw(std::string_view field) {
  if (fields_ == Fields::kExact) read_.emplace_back(field);
  return ok() && Has(field) ? &*object_->find(field) : nullptr;
}

const json& ObjectReader::RawObject() {
  fields_ = Fields::kOpen;
  return *object_;
}

const json* ObjectReader::Find(std::string_view field, bool required) {
  const json* value = Raw(field);
  if (value == nullptr && required) Fail(RpcError::MissingField(PathOf(field)));
  return value;
}

std::optional<std::string> ObjectReader::ReadString(std::string_view field, bool required, Limits length) {
  const json* value = Find(field, required);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    Fail(RpcError::WrongType(PathOf(field), "a string"));
    return std::nullopt;
  }
  const std::string& text = value->get_ref<const std::string&>();
  if (Within(length, text.size())) return text;
  Fail(RpcError::InvalidValue(PathOf(field), CountText(length, "bytes")));
  return std::nullopt;
}

std::string ObjectReader::RequiredString(std::string_view field, Limits length) {
  return ReadString(field, true, length).value_or(std::string());
}

std::optional<std::string> ObjectReader::OptionalString(std::string_view field, Limits length) {
  return ReadString(field, false, length);
}

std::string ObjectReader::OptionalString(std::string_view field, Limits length, std::string_view otherwise) {
  return ReadString(field, false, length).value_or(std::string(otherwise));
}

std::optional<bool> ObjectReader::ReadBool(std::string_view field, bool required) {
  const json* value = Find(field, required);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  Fail(RpcError::WrongType(PathOf(field), "true or false"));
  return std::nullopt;
}

bool ObjectReader::RequiredBool(std::string_view field) { return ReadBool(field, true).value_or(false); }

std::optional<bool> ObjectReader::OptionalBool(std::string_view field) { return ReadBool(field, false); }

bool ObjectReader::OptionalBool(std::string_view field, bool otherwise) {
  return ReadBool(field, false).value_or(otherwise);
}

std::optional<uint64_t> ObjectReader::ReadUint(std::string_view field, bool required, uint64_t min,
                                               uint64_t max) {
  const json* value = Find(field, required);
  if (value == nullptr) return std::nullopt;
  if (!IsIntegral(*value)) {
    Fail(RpcError::WrongType(PathOf(field), "an integer"));
    return std::nullopt;
  }
  std::optional<uint64_t> number = AsUint(*value);
  if (number && *number >= min && *number <= max) return number;
  Fail(RpcError::InvalidValue(PathOf(field), RangeText(min, max)));
  return std::nullopt;
}

std::optional<double> ObjectReader::OptionalNumber(std::string_view field, double min, double max) {
  const json* value = Find(field, false);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) {
    Fail(RpcError::WrongType(PathOf(field), "a number"));
    return std::nullopt;
  }
  double number = value->get<double>();
  if (number >= min && number <= max) return number;
  Fail(RpcError::InvalidValue(PathOf(field),
                              Concat("must be from ", json(min).dump(), " to ", json(max).dump())));
  return std::nullopt;
}

std::optional<ObjectReader> ObjectReader::ReadObject(std::string_view field, bool required, Fields fields) {
  const json* value = Find(field, required);
  if (value == nullptr) return std::nullopt;
  return ObjectReader(*value, PathOf(field), fields, error_);
}

ObjectReader ObjectReader::RequiredObject(std::string_view field, Fields fields) {
  if (std::optional<ObjectReader> reader = ReadObject(field, true, fields)) return std::move(*reader);
  return ObjectReader(EmptyObject(), PathOf(field), fields, error_);
}

std::optional<ObjectReader> ObjectReader::OptionalObject(std::string_view field, Fields fields) {
  return ReadObject(field, false, fields);
}

const json* ObjectReader::FindArray(std::string_view field, bool required, Limits count) {
  const json* value = Find(field, required);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) {
    Fail(RpcError::WrongType(PathOf(field), "an array"));
    return nullptr;
  }
  if (Within(count, value->size())) return value;
  Fail(RpcError::InvalidValue(PathOf(field), CountText(count, "elements")));
  return nullptr;
}

std::vector<ObjectReader> ObjectReader::ReadObjects(std::string_view field, bool required, Limits count,
                                                    Fields fields) {
  std::vector<ObjectReader> readers;
  const json* array = FindArray(field, required, count);
  if (array == nullptr) return readers;
  std::string path = PathOf(field);
  readers.reserve(array->size());
  for (size_t i = 0; i < array->size(); ++i) {
    readers.push_back(ObjectReader((*array)[i], JoinPath(path, i), fields, error_));
    if (!ok()) return {};
  }
  return readers;
}

std::vector<ObjectReader> ObjectReader::RequiredObjects(std::string_view field, Limits count, Fields fields) {
  return ReadObjects(field, true, count, fields);
}

std::vector<ObjectReader> ObjectReader::OptionalObjects(std::string_view field, Limits count, Fields fields) {
  return ReadObjects(field, false, count, fields);
}

std::optional<std::vector<std::string>> ObjectReader::OptionalStrings(std::string_view field, Limits count,
                                                                      Limits length) {
  const json* array = FindArray(field, false, count);
  if (array == nullptr) return std::nullopt;
  std::vector<std::string> strings;
  for (const json& element : *array) {
    std::string path = JoinPath(PathOf(field), strings.size());
    if (!element.is_string()) {
      Fail(RpcError::WrongType(std::move(path), "a string"));
      return std::nullopt;
    }
    strings.push_back(element.get<std::string>());
    if (Within(length, strings.back().size())) continue;
    Fail(RpcError::InvalidValue(std::move(path), CountText(length, "bytes")));
    return std::nullopt;
  }
  return strings;
}

std::optional<std::vector<uint64_t>> ObjectReader::ReadUints(std::string_view field, Limits count,
                                                             uint64_t max) {
  const json* array = FindArray(field, false, count);
  if (array == nullptr) return std::nullopt;
  std::vector<uint64_t> numbers;
  for (const json& element : *array) {
    std::optional<uint64_t> number = IsIntegral(element) ? AsUint(element) : std::nullopt;
    if (number && *number <= max) {
      numbers.push_back(*number);
      continue;
    }
    std::string path = JoinPath(PathOf(field), numbers.size());
    Fail(IsIntegral(element) ? RpcError::InvalidValue(std::move(path), RangeText(0, max))
                             : RpcError::WrongType(std::move(path), "an integer"));
    return std::nullopt;
  }
  return numbers;
}

void ObjectReader::FailChoice(std::string_view field, std::string names) {
  Fail(RpcError::InvalidValue(PathOf(field), Concat("must be one of ", names)));
}

}  // namespace sluice::api
