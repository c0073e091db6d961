#include "api/json_rpc/message.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace sluice::api {
namespace {

using nlohmann::json;

// Answers every request with its method and parameters, and notes what was executed.
class Echo {
 public:
  json Answer(std::string_view line) {
    std::string answer = AnswerLine(line, [this](const Request& request) -> Outcome {
      executed_.push_back(request.method);
      if (request.method == "fail") return RpcError::NotFound("router", "r", "params.routerId");
      return json{{"method", request.method}, {"params", request.params}};
    });
    if (answer.empty()) return nullptr;
    EXPECT_EQ(answer.find('\n'), answer.size() - 1) << "one line, and only one";
    return json::parse(answer);
  }
  const std::vector<std::string>& executed() const { return executed_; }

 private:
  std::vector<std::string> executed_;
};

json Answer(std::string_view line) { return Echo().Answer(line); }
int CodeOf(const json& answer) { return answer.at("error").at("code"); }
std::string ReasonOf(const json& answer) { return answer.at("error").at("data").at("reason"); }

TEST(MessageTest, RequestIsAnsweredWithItsIdAndResult) {
  EXPECT_EQ(Answer(R"({"jsonrpc":"2.0","id":7,"method":"a.b","params":{"x":1}})"),
            json::parse(R"({"jsonrpc":"2.0","id":7,"result":{"method":"a.b","params":{"x":1}}})"));
}

TEST(MessageTest, ParamsMayBeLeftOut) {
  json answer = Answer(R"({"jsonrpc":"2.0","id":1,"method":"m"})");
  EXPECT_EQ(answer["result"]["params"], json::object());
}

TEST(MessageTest, IdIsEchoedAsItWasWritten) {
  for (const char* id : {"0", "-3", "1.5", "18446744073709551615", "\"\"", "\"x\\u00e9\"", "null"}) {
    std::string line = std::string(R"({"jsonrpc":"2.0","method":"m","id":)") + id + "}";
    json answer = Answer(line);
    ASSERT_TRUE(answer.contains("result")) << id;
    EXPECT_EQ(answer["id"], json::parse(id)) << id;
  }
}

TEST(MessageTest, NotificationIsExecutedAndNotAnswered) {
  Echo echo;
  EXPECT_EQ(echo.Answer(R"({"jsonrpc":"2.0","method":"m"})"), nullptr);
  EXPECT_EQ(echo.Answer(R"({"jsonrpc":"2.0","method":"fail"})"), nullptr);
  EXPECT_EQ(echo.executed(), (std::vector<std::string>{"m", "fail"}));
}

TEST(MessageTest, ErrorCarriesCodeMessageReasonAndPath) {
  json answer = Answer(R"({"jsonrpc":"2.0","id":"i","method":"fail"})");
  EXPECT_EQ(answer, json::parse(R"({"jsonrpc":"2.0","id":"i","error":{"code":-32001,
      "message":"there is no router with the id \"r\"",
      "data":{"reason":"not_found","path":"params.routerId"}}})"));
}

TEST(MessageTest, ErrorWithoutAFieldHasNoPath) {
  json answer = json::parse(ToLine(RpcError::ParseError()));
  EXPECT_EQ(answer["id"], nullptr);
  EXPECT_FALSE(answer["error"]["data"].contains("path"));
}

TEST(MessageTest, TextThatIsNotJsonIsAParseError) {
  for (std::string_view line : {"{", "nonsense", "{} {}", "[1,]", "{\"a\":1e999}", "\"\xff\"", "\xff\xfe",
                                "{\"a\":\"\xc0\x80\"}", "'a'", "NaN", "\"\x01\""}) {
    json answer = Answer(line);
    EXPECT_EQ(CodeOf(answer), -32700) << line;
    EXPECT_EQ(ReasonOf(answer), "parse_error") << line;
    EXPECT_EQ(answer["id"], nullptr);
  }
}

TEST(MessageTest, WhatIsNotARequestIsInvalid) {
  for (const char* line : {
           "1",
           "\"x\"",
           "null",
           "{}",
           R"({"foo":"boo"})",
           R"({"id":1,"method":"m"})",
           R"({"jsonrpc":"1.0","id":1,"method":"m"})",
           R"({"jsonrpc":2.0,"id":1,"method":"m"})",
           R"({"jsonrpc":"2.0","id":1})",
           R"({"jsonrpc":"2.0","id":1,"method":1})",
           R"({"jsonrpc":"2.0","id":1,"method":"m","params":"bar"})",
           R"({"jsonrpc":"2.0","id":1,"method":"m","params":null})",
           R"({"jsonrpc":"2.0","id":1,"result":{}})",
           R"({"jsonrpc":"2.0","id":true,"method":"m"})",
           R"({"jsonrpc":"2.0","id":{},"method":"m"})",
           R"({"jsonrpc":"2.0","id":[1],"method":"m"})",
           "[]",
       }) {
    Echo echo;
    json answer = echo.Answer(line);
    ASSERT_TRUE(answer.is_object()) << line;
    EXPECT_EQ(CodeOf(answer), -32600) << line;
    EXPECT_EQ(ReasonOf(answer), "invalid_request") << line;
    EXPECT_TRUE(echo.executed().empty()) << line;
  }
}

TEST(MessageTest, InvalidRequestIsAnsweredWithItsIdWhereItHasOne) {
  EXPECT_EQ(Answer(R"({"jsonrpc":"2.0","id":9,"method":1})")["id"], 9);
  EXPECT_EQ(Answer(R"({"jsonrpc":"2.0","method":1})")["id"], nullptr);
  EXPECT_EQ(Answer(R"({"jsonrpc":"2.0","id":{},"method":"m"})")["id"], nullptr);
}

TEST(MessageTest, ParamsByPositionAreOfTheWrongType) {
  json answer = Answer(R"({"jsonrpc":"2.0","id":1,"method":"m","params":[1]})");
  EXPECT_EQ(CodeOf(answer), -32602);
  EXPECT_EQ(ReasonOf(answer), "wrong_type");
  EXPECT_EQ(answer["error"]["data"]["path"], "params");
  EXPECT_EQ(Answer(R"({"jsonrpc":"2.0","method":"m","params":[1]})"), nullptr);
}

TEST(MessageTest, BatchIsExecutedInOrderAndAnsweredAsOneArray) {
  Echo echo;
  json answer = echo.Answer(R"([{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","method":"b"},7,
                                {"jsonrpc":"2.0","id":1,"method":"fail"}])");
  ASSERT_EQ(answer.size(), 3u);
  EXPECT_EQ(answer[0]["result"]["method"], "a");
  EXPECT_EQ(ReasonOf(answer[1]), "invalid_request");
  EXPECT_EQ(ReasonOf(answer[2]), "not_found");
  EXPECT_EQ(answer[2]["id"], 1) << "an id may come twice";
  EXPECT_EQ(echo.executed(), (std::vector<std::string>{"a", "b", "fail"}));
}

TEST(MessageTest, BatchOfOneIsAnsweredAsAnArray) {
  EXPECT_TRUE(Answer(R"([{"jsonrpc":"2.0","id":1,"method":"a"}])").is_array());
}

TEST(MessageTest, BatchOfNotificationsIsNotAnswered) {
  EXPECT_EQ(Answer(R"([{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","method":"b"}])"), nullptr);
}

TEST(MessageTest, BatchThatIsTooLargeIsRefusedAsAWhole) {
  std::string line = "[1";
  for (size_t i = 0; i < kMaxBatchRequests; ++i) line += ",1";
  EXPECT_EQ(ReasonOf(Answer(line + "]")), "invalid_request");
}

TEST(MessageTest, NestingUpToTheLimitPasses) {
  auto nested = [](size_t depth) {
    return R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"a":)" + std::string(depth - 2, '[') +
           std::string(depth - 2, ']') + "}}";
  };
  EXPECT_TRUE(Answer(nested(kMaxNesting)).contains("result"));
  json answer = Answer(nested(kMaxNesting + 1));
  EXPECT_EQ(CodeOf(answer), -32700);
  EXPECT_EQ(ReasonOf(answer), "too_deep");
  EXPECT_EQ(ReasonOf(Answer(std::string(1'000'000, '['))), "too_deep");
}

TEST(MessageTest, LineWithTooManyValuesIsRefusedBeforeItIsParsed) {
  std::string line = "[1";
  for (size_t i = 0; i < kMaxValues; ++i) line += ",1";
  EXPECT_EQ(ReasonOf(Answer(line + "]")), "line_too_long");
}

TEST(MessageTest, StringsThatAreNotUtf8AreMendedOnTheWayOut) {
  std::string line = ToLine(MakeNotification("x.y", {{"text", "a\xff\xfe\nb"}}));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(json::parse(line)["params"]["text"], "a\xef\xbf\xbd\xef\xbf\xbd\nb");
}

TEST(MessageTest, NumbersThatJsonLacksBecomeNull) {
  json answer = json::parse(ToLine(MakeAnswer(1, Outcome(json{{"x", std::nan("")}, {"y", INFINITY}}))));
  EXPECT_EQ(answer["result"], json::parse(R"({"x":null,"y":null})"));
}

TEST(MessageTest, NotificationHasNoId) {
  EXPECT_EQ(
      json::parse(ToLine(MakeNotification("consumer.producerClose", {{"consumerId", "c"}}))),
      json::parse(R"({"jsonrpc":"2.0","method":"consumer.producerClose","params":{"consumerId":"c"}})"));
}

TEST(MessageTest, MembersThatJsonRpcDoesNotKnowAreIgnored) {
  EXPECT_TRUE(Answer(R"({"jsonrpc":"2.0","id":1,"method":"m","trace":[1]})").contains("result"));
}

}  // namespace
}  // namespace sluice::api
