#include "api/json_rpc/rpc_error.h"

#include <utility>

#include "api/json_rpc/text.h"

namespace sluice::api {
namespace {

constexpr int kParse = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kUnknownMethod = -32601;
constexpr int kInvalidParams = -32602;
constexpr int kInternal = -32603;
constexpr int kNotFound = -32001;
constexpr int kInvalidState = -32002;
constexpr int kUnsupported = -32003;
constexpr int kResourceUnavailable = -32004;

// What a client sent is quoted in messages, but not at any length.
std::string_view Shortened(std::string_view text) { return text.substr(0, 100); }

RpcError Make(int code, std::string_view reason, std::string message, std::string path = {}) {
  return RpcError{code, std::move(message), std::string(reason), std::move(path)};
}

}  // namespace

RpcError RpcError::ParseError() { return Make(kParse, "parse_error", "the line is not valid JSON in UTF-8"); }

RpcError RpcError::LineTooLong(size_t limit) {
  return Make(kParse, "line_too_long", Concat("the line is longer than ", std::to_string(limit), " bytes"));
}

RpcError RpcError::TooManyValues(size_t limit) {
  return Make(kParse, "line_too_long", Concat("the line has more than ", std::to_string(limit), " values"));
}

RpcError RpcError::TooDeep(size_t limit) {
  return Make(kParse, "too_deep", Concat("the line is nested deeper than ", std::to_string(limit)));
}

RpcError RpcError::InvalidRequest(std::string_view message) {
  return Make(kInvalidRequest, "invalid_request", std::string(message));
}

RpcError RpcError::UnknownMethod(std::string_view method) {
  return Make(kUnknownMethod, "unknown_method", Concat("there is no method \"", Shortened(method), "\""));
}

RpcError RpcError::MissingField(std::string path) {
  std::string message = Concat(path, " is missing");
  return Make(kInvalidParams, "missing_field", std::move(message), std::move(path));
}

RpcError RpcError::UnknownField(std::string path) {
  std::string message = Concat(path, " is not a known field");
  return Make(kInvalidParams, "unknown_field", std::move(message), std::move(path));
}

RpcError RpcError::WrongType(std::string path, std::string_view expected) {
  std::string message = Concat(path, " must be ", expected);
  return Make(kInvalidParams, "wrong_type", std::move(message), std::move(path));
}

RpcError RpcError::InvalidValue(std::string path, std::string_view fault) {
  std::string message = Concat(path, " ", fault);
  return Make(kInvalidParams, "invalid_value", std::move(message), std::move(path));
}

RpcError RpcError::DuplicateId(std::string path, std::string_view id) {
  std::string message = Concat("the id \"", Shortened(id), "\" is in use");
  return Make(kInvalidParams, "duplicate_id", std::move(message), std::move(path));
}

RpcError RpcError::ExclusiveFields(std::string path, std::string_view message) {
  return Make(kInvalidParams, "exclusive_fields", std::string(message), std::move(path));
}

RpcError RpcError::NotFound(std::string_view kind, std::string_view id, std::string path) {
  return Make(kNotFound, "not_found", Concat("there is no ", kind, " with the id \"", Shortened(id), "\""),
              std::move(path));
}

RpcError RpcError::InvalidState(std::string_view message, std::string path) {
  return Make(kInvalidState, "invalid_state", std::string(message), std::move(path));
}

RpcError RpcError::Unsupported(std::string_view message, std::string path) {
  return Make(kUnsupported, "unsupported", std::string(message), std::move(path));
}

RpcError RpcError::ResourceUnavailable(std::string_view message, std::string path) {
  return Make(kResourceUnavailable, "resource_unavailable", std::string(message), std::move(path));
}

RpcError RpcError::Internal(std::string_view message) {
  return Make(kInternal, "internal", std::string(message));
}

}  // namespace sluice::api
