#include "tests/api/schema_probes.h"

#include <utility>

#include "tests/api/json_schema.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using Pointer = json::json_pointer;

constexpr char kUnknown[] = "nonsense";

bool IsType(const json& schema, const char* type) { return schema.at("type") == type; }

bool IsClosed(const json& schema) { return schema.value("additionalProperties", json()) == json(false); }

bool IsRequired(const json& schema, const std::string& name) {
  json required = schema.value("required", json::array());
  return std::find(required.begin(), required.end(), name) != required.end();
}

class Maker {
 public:
  Maker(const json& document, const std::set<std::string>& names) : document_(document), names_(names) {}

  // Probes for what stands at `at` in `base` (a valid request, but that it may lack this) under `schema`.
  void Visit(const json& unresolved, const json& base, const Pointer& at, const std::string& path) {
    json schema = Resolved(document_, unresolved);
    if (schema.value("readOnly", false)) return;
    WrongTypes(schema, base, at, path);
    if (IsType(schema, "integer") || IsType(schema, "number")) Numbers(schema, base, at, path);
    if (IsType(schema, "string")) Strings(schema, base, at, path);
    if (IsType(schema, "array")) Arrays(schema, base, at, path);
    if (IsType(schema, "object")) Objects(schema, base, at, path);
  }

  SchemaProbes Take() { return std::move(probes_); }

 private:
  void Refused(const json& base, const Pointer& at, json value, const char* reason, const std::string& path) {
    json params = base;
    params[at] = std::move(value);
    probes_.refused.push_back({std::move(params), {reason, path}});
  }

  void WrongTypes(const json& schema, const json& base, const Pointer& at, const std::string& path) {
    if (at.empty()) return;  // Parameters that are no object are not the method's business.
    bool takes_strings = IsType(schema, "string") || schema["type"].is_array();
    Refused(base, at, takes_strings ? json(true) : json("text"), "wrong_type", path);
    if (!IsType(schema, "object")) Refused(base, at, json::object(), "wrong_type", path);
    if (!IsType(schema, "array")) Refused(base, at, json::array(), "wrong_type", path);
    if (IsType(schema, "integer")) Refused(base, at, 1.5, "wrong_type", path);
  }

  void Numbers(const json& schema, const json& base, const Pointer& at, const std::string& path) {
    if (schema.contains("minimum")) {
      Refused(base, at, schema["minimum"].get<int64_t>() - 1, "invalid_value", path);
    }
    if (schema.contains("maximum")) {
      Refused(base, at, schema["maximum"].get<uint64_t>() + 1, "invalid_value", path);
    }
  }

  void Strings(const json& schema, const json& base, const Pointer& at, const std::string& path) {
    if (schema.contains("enum")) Refused(base, at, kUnknown, "invalid_value", path);
    if (schema.value("minLength", 0) > 0) Refused(base, at, "", "invalid_value", path);
    if (!schema.contains("maxLength")) return;
    Refused(base, at, std::string(schema["maxLength"].get<size_t>() + 1, 'x'), "invalid_value", path);
  }

  void Arrays(const json& schema, json base, const Pointer& at, const std::string& path) {
    if (schema.value("minItems", 0) > 0) Refused(base, at, json::array(), "invalid_value", path);
    if (schema.contains("maxItems")) {
      size_t too_many = schema["maxItems"].get<size_t>() + 1;
      Refused(base, at, std::vector<json>(too_many), "invalid_value", path);
    }
    if (!base.contains(at) || base[at].empty()) base[at] = json::array({Smallest(schema["items"])});
    Visit(schema["items"], base, at / 0, path + "[0]");
  }

  void Objects(const json& schema, json base, const Pointer& at, const std::string& path) {
    if (!base.contains(at)) base[at] = Smallest(schema);
    json properties = schema.value("properties", json::object());
    if (IsClosed(schema)) {
      Unknown(properties, base, at, path);
    } else if (schema.contains("additionalProperties")) {
      Visit(schema["additionalProperties"], base, at / kUnknown, path + "." + kUnknown);
    } else {
      probes_.accepted.push_back(base);
      probes_.accepted.back()[at][kUnknown] = true;
    }
    for (const auto& [name, property] : properties.items()) {
      Absent(schema, base, at, path, name);
      Visit(property, base, at / name, path + "." + name);
    }
  }

  void Unknown(const json& properties, const json& base, const Pointer& at, const std::string& path) {
    Refused(base, at / kUnknown, true, "unknown_field", path + "." + kUnknown);
    for (const std::string& name : names_) {
      if (!properties.contains(name)) Refused(base, at / name, true, "unknown_field", path + "." + name);
    }
  }

  void Absent(const json& schema, const json& base, const Pointer& at, const std::string& path,
              const std::string& name) {
    json without = base;
    without[at].erase(name);
    if (IsRequired(schema, name)) {
      probes_.refused.push_back({without, {"missing_field", path + "." + name}});
    } else {
      probes_.accepted.push_back(without);
    }
    if (IsClosed(schema)) {
      Refused(base, at / name, nullptr, "wrong_type", path + "." + name);
    } else if (IsRequired(schema, name)) {
      Refused(base, at / name, nullptr, "missing_field", path + "." + name);
    } else {
      without[at][name] = nullptr;
      probes_.accepted.push_back(std::move(without));
    }
  }

  json Smallest(const json& unresolved) {
    json schema = Resolved(document_, unresolved);
    if (schema.contains("enum")) return schema["enum"][0];
    if (IsType(schema, "string")) return "x";
    if (IsType(schema, "boolean")) return false;
    if (IsType(schema, "array")) return json::array();
    if (!IsType(schema, "object")) return schema.value("minimum", 0);
    json object = json::object();
    for (const json& name : schema.value("required", json::array())) {
      object[name.get<std::string>()] = Smallest(schema["properties"][name.get<std::string>()]);
    }
    return object;
  }

  const json& document_;
  const std::set<std::string>& names_;
  SchemaProbes probes_;
};

}  // namespace

SchemaProbes MakeSchemaProbes(const json& document, const json& schema, const json& valid,
                              const std::set<std::string>& names) {
  Maker maker(document, names);
  maker.Visit(schema, valid, Pointer(), "params");
  return maker.Take();
}

}  // namespace sluice::api
