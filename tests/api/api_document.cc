#include "tests/api/api_document.h"

#include <fstream>

#include "tests/api/json_schema.h"

namespace sluice::api {
namespace {

const nlohmann::json& FindByName(const nlohmann::json& list, std::string_view name) {
  static const nlohmann::json none;
  for (const nlohmann::json& candidate : list) {
    if (candidate["name"] == name) return candidate;
  }
  return none;
}

}  // namespace

ApiDocument::ApiDocument() {
  std::ifstream in(SLUICE_SOURCE_DIR "/api/openrpc.json");
  document_ = nlohmann::json::parse(in);
}

const ApiDocument& ApiDocument::Get() {
  static const ApiDocument document;
  return document;
}

std::vector<std::string> ApiDocument::MethodNames() const {
  std::vector<std::string> names;
  for (const nlohmann::json& method : document_["methods"]) names.push_back(method["name"]);
  return names;
}

const nlohmann::json& ApiDocument::Method(std::string_view name) const {
  return FindByName(document_["methods"], name);
}

const nlohmann::json& ApiDocument::Notification(std::string_view name) const {
  return FindByName(document_["x-notifications"], name);
}

nlohmann::json ApiDocument::Example(std::string_view method, size_t index) const {
  nlohmann::json params = nlohmann::json::object();
  for (const nlohmann::json& param : Method(method).at("examples").at(index)["params"]) {
    params[param["name"].get<std::string>()] = param["value"];
  }
  return params;
}

std::vector<std::string> ApiDocument::Reasons(const nlohmann::json& errors) const {
  std::vector<std::string> reasons;
  for (const nlohmann::json& error : errors) reasons.push_back(Resolved(document_, error)["data"]["reason"]);
  return reasons;
}

std::vector<std::string> ApiDocument::CheckResult(std::string_view method,
                                                  const nlohmann::json& result) const {
  const nlohmann::json& described = Method(method);
  if (described.is_null()) return {"the method is not documented"};
  return SchemaFaults(document_, described["result"]["schema"], result);
}

std::vector<std::string> ApiDocument::CheckNotification(const nlohmann::json& notification) const {
  const nlohmann::json& described = Notification(notification["method"].get<std::string>());
  if (described.is_null()) return {"the notification is not documented"};
  return SchemaFaults(document_, ParamsSchema(described["params"]), notification["params"], "params");
}

nlohmann::json ParamsSchema(const nlohmann::json& params) {
  nlohmann::json schema = {{"type", "object"},
                           {"required", nlohmann::json::array()},
                           {"properties", nlohmann::json::object()},
                           {"additionalProperties", false}};
  for (const nlohmann::json& param : params) {
    schema["properties"][param["name"].get<std::string>()] = param["schema"];
    if (param["required"]) schema["required"].push_back(param["name"]);
  }
  return schema;
}

}  // namespace sluice::api
