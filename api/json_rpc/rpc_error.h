// What a request is answered with when it fails: JSON-RPC 2.0 §5.1 codes, a stable reason for programs, a
// message for people and, where one field is at fault, its path ("params.rtpParameters.codecs[0].mimeType").
//
// The factories are the only spelling of each reason; code and reason always agree.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::api {

struct RpcError {
  int code = 0;
  std::string message;
  std::string reason;
  std::string path;  // Empty: no single field is at fault.

  bool operator==(const RpcError&) const = default;

  // -32700, the line was not understood at all.
  static RpcError ParseError();
  static RpcError LineTooLong(size_t limit);
  static RpcError TooManyValues(size_t limit);  // reason line_too_long: short bytes, but too much inside.
  static RpcError TooDeep(size_t limit);
  // -32600 and -32601
  static RpcError InvalidRequest(std::string_view message);
  static RpcError UnknownMethod(std::string_view method);
  // -32602, one field is at fault. WrongType says "<path> must be <expected>",
  // InvalidValue "<path> <fault>".
  static RpcError MissingField(std::string path);
  static RpcError UnknownField(std::string path);
  static RpcError WrongType(std::string path, std::string_view expected);
  static RpcError InvalidValue(std::string path, std::string_view fault);
  static RpcError DuplicateId(std::string path, std::string_view id);
  static RpcError ExclusiveFields(std::string path, std::string_view message);
  // -32001 … -32004, the request is well-formed but cannot be done.
  static RpcError NotFound(std::string_view kind, std::string_view id, std::string path = {});
  static RpcError InvalidState(std::string_view message, std::string path = {});
  static RpcError Unsupported(std::string_view message, std::string path = {});
  static RpcError ResourceUnavailable(std::string_view message, std::string path = {});
  // -32603
  static RpcError Internal(std::string_view message);
};

}  // namespace sluice::api
