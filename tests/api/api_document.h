// api/openrpc.json, for tests.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::api {

class ApiDocument {
 public:
  static const ApiDocument& Get();

  const nlohmann::json& json() const { return document_; }
  std::vector<std::string> MethodNames() const;
  const nlohmann::json& Method(std::string_view name) const;        // null: there is none.
  const nlohmann::json& Notification(std::string_view name) const;  // null: there is none.
  // The parameters of a method's example.
  nlohmann::json Example(std::string_view method, size_t index = 0) const;
  // The reasons that a method's errors have.
  std::vector<std::string> Reasons(const nlohmann::json& errors) const;

  // Faults, a sentence each.
  std::vector<std::string> CheckResult(std::string_view method, const nlohmann::json& result) const;
  std::vector<std::string> CheckNotification(const nlohmann::json& notification) const;

 private:
  ApiDocument();

  nlohmann::json document_;
};

// The schema of an object with these parameters (a method's or a notification's).
nlohmann::json ParamsSchema(const nlohmann::json& params);

}  // namespace sluice::api
