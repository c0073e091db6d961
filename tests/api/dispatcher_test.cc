#include "api/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace sluice::api {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Line(int id, const std::string& method, const std::string& params = "{}") {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + method + R"(","params":)" +
         params + "}";
}

class DispatcherTest : public ::testing::Test {
 protected:
  DispatcherTest() {
    dispatcher_.RegisterSync("now", [this](ObjectReader& params) -> Outcome {
      std::string word = params.OptionalString("word", {}, "");
      params.Finish();
      if (params.error()) return *params.error();
      executed_.push_back(word);
      return json{{"word", word}};
    });
    dispatcher_.Register(
        "later", [this](ObjectReader&, Dispatcher::Reply reply) { replies_.push_back(std::move(reply)); });
  }

  void Handle(const std::string& line) {
    dispatcher_.HandleLine(line, [this](const std::string& text) { lines_.push_back(text); });
  }
  json Written(size_t i) const { return json::parse(lines_.at(i)); }
  void Reply(size_t i, Outcome outcome) { replies_.at(i)(std::move(outcome)); }

  Dispatcher dispatcher_;
  std::vector<std::string> executed_;
  std::vector<Dispatcher::Reply> replies_;
  std::vector<std::string> lines_;
};

TEST_F(DispatcherTest, MethodsAreListed) { EXPECT_THAT(dispatcher_.methods(), ElementsAre("later", "now")); }

TEST_F(DispatcherTest, ARequestIsAnsweredWithItsHandlersResult) {
  Handle(Line(7, "now", R"({"word":"hello"})"));
  EXPECT_EQ(Written(0), json::parse(R"({"jsonrpc":"2.0","id":7,"result":{"word":"hello"}})"));
  EXPECT_EQ(lines_[0].back(), '\n');
  EXPECT_EQ(dispatcher_.pending(), 0u);
}

TEST_F(DispatcherTest, AnUnknownMethodIsAnError) {
  Handle(Line(1, "never"));
  EXPECT_EQ(Written(0)["error"]["code"], -32601);
}

TEST_F(DispatcherTest, AHandlersErrorHasItsPath) {
  Handle(Line(1, "now", R"({"word":3})"));
  EXPECT_EQ(Written(0)["error"]["data"], json({{"reason", "wrong_type"}, {"path", "params.word"}}));
  EXPECT_THAT(executed_, IsEmpty());
}

TEST_F(DispatcherTest, ParametersThatAreAListAreNotExecuted) {
  Handle(Line(1, "now", "[]"));
  EXPECT_EQ(Written(0)["error"]["data"]["path"], "params");
  EXPECT_THAT(executed_, IsEmpty());
}

TEST_F(DispatcherTest, ALateAnswerIsPendingUntilItIsThere) {
  Handle(Line(1, "later"));
  EXPECT_EQ(dispatcher_.pending(), 1u);
  EXPECT_THAT(lines_, IsEmpty());
  Handle(Line(2, "now"));
  EXPECT_EQ(Written(0)["id"], 2);
  Reply(0, json::object());
  EXPECT_EQ(Written(1)["id"], 1);
  EXPECT_EQ(dispatcher_.pending(), 0u);
}

TEST_F(DispatcherTest, ABatchWaitsForItsLastAnswerAndKeepsItsOrder) {
  Handle("[" + Line(1, "later") + "," + Line(2, "now") + "," + Line(3, "later") + "]");
  Reply(1, json{{"n", 3}});
  EXPECT_THAT(lines_, IsEmpty());
  Reply(0, RpcError::Internal("broken"));
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_EQ(Written(0)[0]["error"]["code"], -32603);
  EXPECT_EQ(Written(0)[1]["id"], 2);
  EXPECT_EQ(Written(0)[2]["result"]["n"], 3);
}

TEST_F(DispatcherTest, ABatchOfNotificationsIsExecutedInSilence) {
  Handle(R"([{"jsonrpc":"2.0","method":"now","params":{"word":"a"}},)"
         R"({"jsonrpc":"2.0","method":"now","params":{"word":"b"}}])");
  EXPECT_THAT(executed_, ElementsAre("a", "b"));
  EXPECT_THAT(lines_, IsEmpty());
}

TEST_F(DispatcherTest, ANotificationInABatchLeavesNoGap) {
  Handle("[" + Line(1, "now") + R"(,{"jsonrpc":"2.0","method":"now"},)" + Line(2, "now") + "]");
  ASSERT_EQ(Written(0).size(), 2u);
  EXPECT_EQ(Written(0)[1]["id"], 2);
}

TEST_F(DispatcherTest, WhatIsNoRequestInABatchDoesNotHinderTheOthers) {
  Handle("[1," + Line(2, "now", R"({"word":"done"})") + "]");
  EXPECT_EQ(Written(0)[0]["error"]["code"], -32600);
  EXPECT_THAT(executed_, ElementsAre("done"));
}

TEST_F(DispatcherTest, ALineThatIsNoJsonExecutesNothing) {
  Handle("[" + Line(1, "now") + ",");
  EXPECT_EQ(Written(0)["error"]["code"], -32700);
  EXPECT_THAT(executed_, IsEmpty());
}

}  // namespace
}  // namespace sluice::api
