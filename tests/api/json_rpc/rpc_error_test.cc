#include "api/json_rpc/rpc_error.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::api {
namespace {

struct Expected {
  RpcError error;
  int code;
  std::string reason;
};

TEST(RpcErrorTest, EveryReasonHasItsCode) {
  const std::vector<Expected> all = {
      {RpcError::ParseError(), -32700, "parse_error"},
      {RpcError::LineTooLong(5), -32700, "line_too_long"},
      {RpcError::TooManyValues(5), -32700, "line_too_long"},
      {RpcError::TooDeep(5), -32700, "too_deep"},
      {RpcError::InvalidRequest("x"), -32600, "invalid_request"},
      {RpcError::UnknownMethod("x"), -32601, "unknown_method"},
      {RpcError::MissingField("p"), -32602, "missing_field"},
      {RpcError::UnknownField("p"), -32602, "unknown_field"},
      {RpcError::WrongType("p", "x"), -32602, "wrong_type"},
      {RpcError::InvalidValue("p", "x"), -32602, "invalid_value"},
      {RpcError::DuplicateId("p", "x"), -32602, "duplicate_id"},
      {RpcError::ExclusiveFields("p", "x"), -32602, "exclusive_fields"},
      {RpcError::NotFound("router", "x"), -32001, "not_found"},
      {RpcError::InvalidState("x"), -32002, "invalid_state"},
      {RpcError::Unsupported("x"), -32003, "unsupported"},
      {RpcError::ResourceUnavailable("x"), -32004, "resource_unavailable"},
      {RpcError::Internal("x"), -32603, "internal"},
  };
  for (const Expected& expected : all) {
    EXPECT_EQ(expected.error.code, expected.code) << expected.reason;
    EXPECT_EQ(expected.error.reason, expected.reason);
    EXPECT_FALSE(expected.error.message.empty()) << expected.reason;
  }
}

TEST(RpcErrorTest, MessagesNameTheFieldAndTheObject) {
  EXPECT_EQ(RpcError::WrongType("params.port", "an integer").message, "params.port must be an integer");
  EXPECT_EQ(RpcError::InvalidValue("params.port", "must be from 1 to 9").message,
            "params.port must be from 1 to 9");
  RpcError error = RpcError::NotFound("router", "r1", "params.routerId");
  EXPECT_EQ(error.message, "there is no router with the id \"r1\"");
  EXPECT_EQ(error.path, "params.routerId");
}

TEST(RpcErrorTest, LongNamesFromTheClientAreNotQuotedInFull) {
  std::string name(1'000'000, 'x');
  EXPECT_LT(RpcError::UnknownMethod(name).message.size(), 200u);
  EXPECT_LT(RpcError::NotFound("router", name).message.size(), 200u);
  EXPECT_LT(RpcError::DuplicateId("params.routerId", name).message.size(), 200u);
}

}  // namespace
}  // namespace sluice::api
