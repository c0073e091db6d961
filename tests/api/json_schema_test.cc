#include "tests/api/json_schema.h"

#include <gtest/gtest.h>

namespace sluice::api {
namespace {

using nlohmann::json;

size_t Faults(const json& schema, const json& value) {
  json document = {{"components", {{"schemas", {{"Small", {{"type", "integer"}, {"maximum", 3}}}}}}}};
  return SchemaFaults(document, schema, value).size();
}

TEST(JsonSchemaTest, TypesAreTold) {
  EXPECT_EQ(Faults({{"type", "string"}}, "a"), 0u);
  EXPECT_EQ(Faults({{"type", "string"}}, 1), 1u);
  EXPECT_EQ(Faults({{"type", "integer"}}, 1.0), 0u);
  EXPECT_EQ(Faults({{"type", "integer"}}, 1.5), 1u);
  EXPECT_EQ(Faults({{"type", "boolean"}}, nullptr), 1u);
  EXPECT_EQ(Faults({{"type", {"string", "number"}}}, 1.5), 0u);
  EXPECT_EQ(Faults({{"type", {"string", "number"}}}, true), 1u);
}

TEST(JsonSchemaTest, LimitsAreHeld) {
  EXPECT_EQ(Faults({{"type", "integer"}, {"minimum", 1}}, 0), 1u);
  EXPECT_EQ(Faults({{"type", "string"}, {"minLength", 1}}, ""), 1u);
  EXPECT_EQ(Faults({{"type", "string"}, {"enum", {"a", "b"}}}, "c"), 1u);
  json small_list = {{"type", "array"}, {"maxItems", 1}, {"items", {{"type", "integer"}}}};
  EXPECT_EQ(Faults(small_list, {1}), 0u);
  EXPECT_EQ(Faults(small_list, {1, 2}), 1u);
  EXPECT_EQ(Faults(small_list, {"a"}), 1u);
}

TEST(JsonSchemaTest, ObjectsAreClosedUnlessTheySayWhatElseTheyHold) {
  json schema = {{"type", "object"}, {"required", {"a"}}, {"properties", {{"a", {{"type", "integer"}}}}}};
  EXPECT_EQ(Faults(schema, {{"a", 1}}), 0u);
  EXPECT_EQ(Faults(schema, json::object()), 1u);
  EXPECT_EQ(Faults(schema, {{"a", 1}, {"b", 1}}), 1u);
  schema["additionalProperties"] = {{"type", "string"}};
  EXPECT_EQ(Faults(schema, {{"a", 1}, {"b", "x"}}), 0u);
  EXPECT_EQ(Faults(schema, {{"a", 1}, {"b", 1}}), 1u);
}

TEST(JsonSchemaTest, ReferencesAreFollowed) {
  EXPECT_EQ(Faults({{"$ref", "#/components/schemas/Small"}}, 3), 0u);
  EXPECT_EQ(Faults({{"$ref", "#/components/schemas/Small"}}, 4), 1u);
}

TEST(JsonSchemaTest, KeywordsThatAreNotCheckedAreFaults) {
  EXPECT_EQ(Faults({{"type", "string"}, {"pattern", "^a"}}, "b"), 1u);
}

}  // namespace
}  // namespace sluice::api
