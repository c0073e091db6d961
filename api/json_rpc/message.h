// JSON-RPC 2.0 messages (https://www.jsonrpc.org/specification): one line in, one line out.
//
// A line is one request or a batch (array) of them. Requests without an id are notifications: they are
// executed and never answered. Nothing here throws; every string that is produced is one line of valid UTF-8.
//
//   std::string answer = AnswerLine(line, [&](const Request& r) -> Outcome { return dispatcher.Execute(r);
//   }); if (!answer.empty()) Write(answer);
#pragma once

#include <absl/functional/function_ref.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/json_rpc/result.h"
#include "api/json_rpc/rpc_error.h"

namespace sluice::api {

inline constexpr size_t kMaxNesting = 64;            // Arrays and objects inside each other.
inline constexpr size_t kMaxValues = 1'000'000;      // JSON values in a line, which bounds the parsed size.
inline constexpr size_t kMaxBatchRequests = 10'000;  // Requests in a batch.

struct Request {
  nlohmann::json id;  // A string, a number or null; echoed in the answer.
  bool is_notification = false;
  std::string method;
  nlohmann::json params = nlohmann::json::object();  // Always an object.
  // Set: not to be executed but answered with this.
  std::optional<RpcError> error;
};

struct Message {
  bool is_batch = false;
  std::vector<Request> requests;  // At least one.
};

// What executing a request came to; the value is an object.
using Outcome = std::variant<nlohmann::json, RpcError>;

// An error concerns the line as a whole and is answered with a null id.
Result<Message> ParseMessage(std::string_view line);

nlohmann::json MakeAnswer(const nlohmann::json& id, Outcome outcome);
nlohmann::json MakeNotification(std::string_view method, nlohmann::json params);

// `message` and a newline. Bytes that are not UTF-8 are replaced (U+FFFD) rather than refused.
std::string ToLine(const nlohmann::json& message);
// The answers of a batch (an array) or of a single request; empty when there is nothing to answer.
std::string ToLine(bool is_batch, std::vector<nlohmann::json> answers);
// The answer to a line of which nothing is known.
std::string ToLine(const RpcError& error);

// Parses `line`, executes its requests in order and returns the line to write, empty when there is none.
std::string AnswerLine(std::string_view line, absl::FunctionRef<Outcome(const Request&)> execute);

}  // namespace sluice::api
