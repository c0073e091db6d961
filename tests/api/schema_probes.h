// Requests that are wrong in one place, made from a valid one and the schema of its parameters, each with the
// refusal it must get.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/api/control_client.h"

namespace sluice::api {

struct Probe {
  nlohmann::json params;
  Refusal refusal;
};

struct SchemaProbes {
  std::vector<Probe> refused;
  // Parameters that are as good as the valid ones: optional fields left out, and in a client's objects fields
  // that nobody knows or that are null.
  std::vector<nlohmann::json> accepted;
};

// `names`: fields of all objects, tried on each closed object that does not document them.
SchemaProbes MakeSchemaProbes(const nlohmann::json& document, const nlohmann::json& schema,
                              const nlohmann::json& valid, const std::set<std::string>& names);

}  // namespace sluice::api
