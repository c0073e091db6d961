#include "api/json_rpc/json_reader.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace sluice::api {
namespace {

using nlohmann::json;

// A reader and the JSON it stands on.
struct Params {
  explicit Params(const char* text, Fields fields = Fields::kExact)
      : value(json::parse(text)), reader(value, "params", fields) {}
  std::string Reason() { return reader.error() ? reader.error()->reason : "none"; }
  std::string Path() { return reader.error() ? reader.error()->path : ""; }

  json value;
  ObjectReader reader;
};

TEST(ObjectReaderTest, ReadsEachTypeOfField) {
  Params p(
      R"({"s":"x","b":true,"u":70000,"f":1.0,"n":2.5,"c":"tcp","o":{"i":1},
               "a":[{"i":1},{"i":2}],"l":["p","q"]})");
  EXPECT_EQ(p.reader.RequiredString("s"), "x");
  EXPECT_TRUE(p.reader.RequiredBool("b"));
  EXPECT_EQ(p.reader.RequiredUint<uint32_t>("u"), 70000u);
  EXPECT_EQ(p.reader.RequiredUint<uint8_t>("f"), 1);
  EXPECT_EQ(p.reader.OptionalNumber("n", 0, 10), 2.5);
  EXPECT_EQ(p.reader.RequiredChoice<int>("c", {{"udp", 1}, {"tcp", 2}}), 2);
  ObjectReader object = p.reader.RequiredObject("o");
  EXPECT_EQ(object.RequiredUint("i"), 1u);
  object.Finish();
  uint64_t sum = 0;
  for (ObjectReader& element : p.reader.RequiredObjects("a")) {
    sum += element.RequiredUint("i");
    element.Finish();
  }
  EXPECT_EQ(sum, 3u);
  EXPECT_EQ(p.reader.OptionalStrings("l"), (std::vector<std::string>{"p", "q"}));
  p.reader.Finish();
  EXPECT_EQ(p.Reason(), "none");
}

TEST(ObjectReaderTest, AbsentOptionalFieldsHaveTheirDefaults) {
  Params p("{}");
  EXPECT_EQ(p.reader.OptionalString("a"), std::nullopt);
  EXPECT_EQ(p.reader.OptionalString("a", {}, "d"), "d");
  EXPECT_EQ(p.reader.OptionalBool("a"), std::nullopt);
  EXPECT_TRUE(p.reader.OptionalBool("a", true));
  EXPECT_EQ(p.reader.OptionalUint("a"), std::nullopt);
  EXPECT_EQ(p.reader.OptionalUintOr<uint16_t>("a", 30, 10, 20), 30);
  EXPECT_EQ(p.reader.OptionalNumber("a", 0, 1), std::nullopt);
  EXPECT_EQ(p.reader.OptionalChoice<int>("a", {{"x", 1}}), std::nullopt);
  EXPECT_FALSE(p.reader.OptionalObject("a").has_value());
  EXPECT_TRUE(p.reader.OptionalObjects("a", {1}).empty());
  EXPECT_EQ(p.reader.OptionalStrings("a"), std::nullopt);
  EXPECT_EQ(p.Reason(), "none");
}

TEST(ObjectReaderTest, MissingFieldIsReportedWithItsPath) {
  Params p(R"({"o":{}})");
  p.reader.RequiredObject("o").RequiredString("x");
  EXPECT_EQ(p.Reason(), "missing_field");
  EXPECT_EQ(p.Path(), "params.o.x");
}

TEST(ObjectReaderTest, EveryTypeIsChecked) {
  auto reason = [](const char* text, auto read) {
    Params p(text);
    read(p.reader);
    EXPECT_EQ(p.Path(), "params.f") << text;
    return p.Reason();
  };
  EXPECT_EQ(reason(R"({"f":1})", [](auto& r) { r.RequiredString("f"); }), "wrong_type");
  EXPECT_EQ(reason(R"({"f":null})", [](auto& r) { r.OptionalString("f"); }), "wrong_type");
  EXPECT_EQ(reason(R"({"f":1})", [](auto& r) { r.OptionalBool("f"); }), "wrong_type");
  EXPECT_EQ(reason(R"({"f":"1"})", [](auto& r) { r.RequiredUint("f"); }), "wrong_type");
  EXPECT_EQ(reason(R"({"f":true})", [](auto& r) { r.RequiredUint("f"); }), "wrong_type");
  EXPECT_EQ(reason(R"({"f":1.5})", [](auto& r) { r.RequiredUint("f"); }), "wrong_type");
  EXPECT_EQ(reason(R"({"f":"1"})", [](auto& r) { r.OptionalNumber("f", 0, 1); }), "wrong_type");
  EXPECT_EQ(reason(R"({"f":[]})", [](auto& r) { r.RequiredObject("f"); }), "wrong_type");
  EXPECT_EQ(reason(R"({"f":{}})", [](auto& r) { r.OptionalObjects("f"); }), "wrong_type");
  EXPECT_EQ(reason(R"({"f":"a"})", [](auto& r) { r.OptionalStrings("f"); }), "wrong_type");
}

TEST(ObjectReaderTest, ElementsHaveTheirIndexInThePath) {
  Params objects(R"({"a":[{},7]})");
  EXPECT_TRUE(objects.reader.RequiredObjects("a").empty());
  EXPECT_EQ(objects.Reason(), "wrong_type");
  EXPECT_EQ(objects.Path(), "params.a[1]");

  Params strings(R"({"a":["x",""]})");
  EXPECT_EQ(strings.reader.OptionalStrings("a"), std::nullopt);
  EXPECT_EQ(strings.Reason(), "invalid_value");
  EXPECT_EQ(strings.Path(), "params.a[1]");

  Params nested(R"({"a":[{"b":[{"c":"x"}]}]})");
  for (ObjectReader& a : nested.reader.RequiredObjects("a")) {
    for (ObjectReader& b : a.RequiredObjects("b")) b.RequiredUint("c");
  }
  EXPECT_EQ(nested.Path(), "params.a[0].b[0].c");
}

TEST(ObjectReaderTest, NumbersOutOfRangeAreInvalidAndNeverOverflow) {
  for (const char* text : {R"({"f":256})", R"({"f":-1})", R"({"f":1e300})", R"({"f":-1e300})",
                           R"({"f":1e19})", R"({"f":18446744073709551616})", R"({"f":18446744073709551615})",
                           R"({"f":-9223372036854775808})", R"({"f":4294967297})"}) {
    Params p(text);
    EXPECT_EQ(p.reader.RequiredUint<uint8_t>("f"), 0) << text;
    EXPECT_EQ(p.Reason(), "invalid_value") << text;
  }
  Params largest(R"({"f":18446744073709551615})");
  EXPECT_EQ(largest.reader.RequiredUint("f"), UINT64_MAX);
  Params rounded(R"({"f":18446744073709551616})");
  EXPECT_EQ(rounded.reader.RequiredUint("f"), 0u);
  EXPECT_EQ(rounded.Reason(), "invalid_value");
}

TEST(ObjectReaderTest, LimitsOfNumbersAreInclusive) {
  for (auto [text, reason] : {std::pair(R"({"f":9})", "invalid_value"), std::pair(R"({"f":10})", "none"),
                              std::pair(R"({"f":20})", "none"), std::pair(R"({"f":21})", "invalid_value")}) {
    Params integer(text);
    integer.reader.OptionalUint("f", 10, 20);
    EXPECT_EQ(integer.Reason(), reason) << text;
    Params number(text);
    number.reader.OptionalNumber("f", 10, 20);
    EXPECT_EQ(number.Reason(), reason) << text;
  }
}

TEST(ObjectReaderTest, LengthsAndCountsAreChecked) {
  Params id(R"({"id":""})");
  id.reader.RequiredString("id", kIdLength);
  EXPECT_EQ(id.Reason(), "invalid_value");
  json long_id = {{"id", std::string(65, 'x')}};
  ObjectReader reader(long_id, "params");
  reader.OptionalString("id", kIdLength);
  ASSERT_TRUE(reader.error());
  EXPECT_EQ(reader.error()->message, "params.id must have from 1 to 64 bytes");
  Params list(R"({"a":[]})");
  list.reader.RequiredObjects("a", {1});
  EXPECT_EQ(list.Reason(), "invalid_value");
}

TEST(ObjectReaderTest, ChoicesAreNamedWhenNoneMatches) {
  Params p(R"({"protocol":"sctp"})");
  EXPECT_EQ(p.reader.RequiredChoice<int>("protocol", {{"udp", 1}, {"tcp", 2}}), 1);
  EXPECT_EQ(p.Reason(), "invalid_value");
  EXPECT_EQ(p.reader.error()->message, "params.protocol must be one of udp, tcp");
}

TEST(ObjectReaderTest, FirstErrorIsKept) {
  Params p(R"({"a":1,"b":"x"})");
  p.reader.RequiredString("a");
  EXPECT_EQ(p.reader.RequiredUint<uint16_t>("b", 5), 5);
  EXPECT_EQ(p.reader.OptionalString("b"), std::nullopt) << "nothing is read after an error";
  p.reader.Fail(RpcError::Internal("later"));
  p.reader.Finish();
  EXPECT_EQ(p.Path(), "params.a");
}

TEST(ObjectReaderTest, UnknownFieldIsReportedByFinish) {
  Params p(R"({"known":1,"unknown":2})");
  p.reader.RequiredUint("known");
  EXPECT_EQ(p.Reason(), "none");
  p.reader.Finish();
  EXPECT_EQ(p.Reason(), "unknown_field");
  EXPECT_EQ(p.Path(), "params.unknown");
}

TEST(ObjectReaderTest, OpenObjectsMayHaveOtherFieldsAndNulls) {
  Params p(R"({"a":null,"other":{}})", Fields::kOpen);
  EXPECT_EQ(p.reader.OptionalString("a"), std::nullopt);
  EXPECT_TRUE(p.reader.OptionalObjects("a").empty());
  p.reader.Finish();
  EXPECT_EQ(p.Reason(), "none");
  p.reader.RequiredString("a");
  EXPECT_EQ(p.Reason(), "missing_field");
}

TEST(ObjectReaderTest, WhatIsNotAnObjectReadsAsAnEmptyOneWithAnError) {
  Params p("[1]");
  EXPECT_EQ(p.Reason(), "wrong_type");
  EXPECT_EQ(p.Path(), "params");
  EXPECT_EQ(p.reader.RequiredString("a"), "");
  EXPECT_TRUE(p.reader.RawObject().empty());
}

TEST(ObjectReaderTest, RawFieldsCountAsRead) {
  Params p(R"({"a":[1],"b":2})");
  ASSERT_NE(p.reader.Raw("a"), nullptr);
  EXPECT_EQ(*p.reader.Raw("a"), json::parse("[1]"));
  EXPECT_EQ(p.reader.Raw("c"), nullptr);
  p.reader.RawObject();
  p.reader.Finish();
  EXPECT_EQ(p.Reason(), "none");
}

TEST(ObjectReaderTest, PathsQuoteWhatIsNotAName) {
  EXPECT_EQ(JoinPath("params", "profile-level-id"), "params.profile-level-id");
  EXPECT_EQ(JoinPath("params", "a.b"), "params[\"a.b\"]");
  EXPECT_EQ(JoinPath("params", ""), "params[\"\"]");
  EXPECT_EQ(JoinPath("params", "0"), "params[\"0\"]");
  EXPECT_EQ(JoinPath("params", 3), "params[3]");
  EXPECT_LT(JoinPath("params", std::string(100'000, ' ')).size(), 100u);
}

}  // namespace
}  // namespace sluice::api
