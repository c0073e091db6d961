#include "tests/api/json_schema.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string_view>

namespace sluice::api {
namespace {

using nlohmann::json;

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

bool HasType(const json& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "number") return value.is_number();
  return type == "integer" &&
         (value.is_number_integer() || (value.is_number() && std::floor(value.get<double>()) == value));
}

class Check {
 public:
  Check(const json& document, std::vector<std::string>* faults) : document_(document), faults_(faults) {}

  void Value(const json& unresolved, const json& value, const std::string& path) {
    json schema = Resolved(document_, unresolved);
    CheckKeywords(schema, path);
    if (!HasOneOfTypes(schema, value)) return Fault(path, "has the wrong type: " + value.dump());
    if (schema.contains("enum") &&
        std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end()) {
      Fault(path, "is none of the listed values: " + value.dump());
    }
    if (value.is_number()) Range(schema, "minimum", "maximum", value.get<double>(), path);
    if (value.is_string()) {
      Range(schema, "minLength", "maxLength", static_cast<double>(value.get_ref<const std::string&>().size()),
            path);
    }
    if (value.is_array()) Elements(schema, value, path);
    if (value.is_object()) Members(schema, value, path);
  }

 private:
  void Fault(const std::string& path, const std::string& what) { faults_->push_back(path + " " + what); }

  void CheckKeywords(const json& schema, const std::string& path) {
    for (const auto& [keyword, value] : schema.items()) {
      bool known =
          IsOneOf(keyword, {"type", "enum", "minimum", "maximum", "minLength", "maxLength", "minItems",
                            "maxItems", "items", "properties", "required", "additionalProperties",
                            "description", "default", "deprecated", "readOnly"});
      if (!known) Fault(path, "has a schema with an unknown keyword: " + keyword);
    }
  }

  static bool HasOneOfTypes(const json& schema, const json& value) {
    const json& type = schema.at("type");
    if (type.is_string()) return HasType(value, type.get<std::string>());
    return std::any_of(type.begin(), type.end(),
                       [&](const json& name) { return HasType(value, name.get<std::string>()); });
  }

  void Range(const json& schema, const char* min, const char* max, double number, const std::string& path) {
    if (schema.contains(min) && number < schema[min].get<double>())
      Fault(path, std::string("is below ") + min);
    if (schema.contains(max) && number > schema[max].get<double>())
      Fault(path, std::string("is above ") + max);
  }

  void Elements(const json& schema, const json& value, const std::string& path) {
    Range(schema, "minItems", "maxItems", static_cast<double>(value.size()), path);
    for (size_t i = 0; i < value.size(); ++i) {
      Value(schema.at("items"), value[i], path + "[" + std::to_string(i) + "]");
    }
  }

  void Members(const json& schema, const json& value, const std::string& path) {
    for (const json& name : schema.value("required", json::array())) {
      if (!value.contains(name.get<std::string>())) Fault(path, "lacks " + name.get<std::string>());
    }
    json properties = schema.value("properties", json::object());
    json others = schema.value("additionalProperties", json(false));
    for (const auto& [name, member] : value.items()) {
      if (properties.contains(name)) {
        Value(properties[name], member, path + "." + name);
      } else if (others.is_object()) {
        Value(others, member, path + "." + name);
      } else {
        Fault(path, "has a member that is not documented: " + name);
      }
    }
  }

  const json& document_;
  std::vector<std::string>* faults_;
};

}  // namespace

json Resolved(const json& document, const json& schema) {
  if (!schema.contains("$ref")) return schema;
  json resolved = document.at(json::json_pointer(schema["$ref"].get<std::string>().substr(1)));
  for (const auto& [keyword, value] : schema.items()) {
    if (keyword != "$ref") resolved[keyword] = value;
  }
  return resolved;
}

std::vector<std::string> SchemaFaults(const json& document, const json& schema, const json& value,
                                      const std::string& path) {
  std::vector<std::string> faults;
  Check(document, &faults).Value(schema, value, path);
  return faults;
}

}  // namespace sluice::api
