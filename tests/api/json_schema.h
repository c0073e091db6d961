// Holds JSON values against the part of JSON Schema that api/openrpc.json uses.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace sluice::api {

// What is wrong with `value`, a sentence each; empty: nothing. References are resolved in `document`, whose
// keywords must all be known here. Objects are closed: a member that the schema does not name is a fault.
std::vector<std::string> SchemaFaults(const nlohmann::json& document, const nlohmann::json& schema,
                                      const nlohmann::json& value, const std::string& path = "result");

// `schema` without its $ref, whose target is merged in.
nlohmann::json Resolved(const nlohmann::json& document, const nlohmann::json& schema);

}  // namespace sluice::api
