#include "api/json_rpc/message.h"

#include <utility>

#include "api/json_rpc/structure_scan.h"
#include "api/json_rpc/text.h"

namespace sluice::api {
namespace {

using nlohmann::json;

constexpr char kVersion[] = "2.0";

bool IsId(const json& value) { return value.is_string() || value.is_number() || value.is_null(); }

// What is wrong with `object` as a request; nullptr: nothing.
const char* RequestFault(const json& object) {
  auto version = object.find("jsonrpc");
  if (version == object.end() || *version != kVersion) return "jsonrpc must be \"2.0\"";
  auto id = object.find("id");
  if (id != object.end() && !IsId(*id)) return "id must be a string, a number or null";
  auto method = object.find("method");
  if (method == object.end() || !method->is_string()) return "method must be a string";
  auto params = object.find("params");
  if (params != object.end() && !params->is_structured()) return "params must be an object";
  return nullptr;
}

Request Refuse(std::string_view fault, json id = nullptr) {
  Request request;
  request.id = std::move(id);
  request.error = RpcError::InvalidRequest(fault);
  return request;
}

Request ReadRequest(json&& value) {
  if (!value.is_object()) return Refuse("a request must be an object");
  auto id = value.find("id");
  bool has_id = id != value.end();
  if (const char* fault = RequestFault(value)) {
    return Refuse(fault, has_id && IsId(*id) ? std::move(*id) : json());
  }
  Request request;
  request.is_notification = !has_id;
  if (has_id) request.id = std::move(*id);
  request.method = std::move(value["method"].get_ref<std::string&>());
  auto params = value.find("params");
  if (params == value.end()) return request;
  if (params->is_object()) {
    request.params = std::move(*params);
  } else {
    request.error = RpcError::WrongType("params", "an object");
  }
  return request;
}

Result<json> Parse(std::string_view line) {
  JsonStructure structure = ScanStructure(line);
  if (structure.depth > kMaxNesting) return RpcError::TooDeep(kMaxNesting);
  if (structure.values > kMaxValues) return RpcError::TooManyValues(kMaxValues);
  json value = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return RpcError::ParseError();
  return value;
}

json ErrorObject(const RpcError& error) {
  json data = {{"reason", error.reason}};
  if (!error.path.empty()) data["path"] = error.path;
  return {{"code", error.code}, {"message", error.message}, {"data", std::move(data)}};
}

}  // namespace

Result<Message> ParseMessage(std::string_view line) {
  Result<json> value = Parse(line);
  if (!value.ok()) return value.error();
  Message message;
  message.is_batch = value->is_array();
  if (!message.is_batch) {
    message.requests.push_back(ReadRequest(std::move(*value)));
    return message;
  }
  if (value->empty()) return RpcError::InvalidRequest("a batch must not be empty");
  if (value->size() > kMaxBatchRequests) {
    return RpcError::InvalidRequest(
        Concat("a batch must not have more than ", std::to_string(kMaxBatchRequests), " requests"));
  }
  message.requests.reserve(value->size());
  for (json& element : *value) message.requests.push_back(ReadRequest(std::move(element)));
  return message;
}

json MakeAnswer(const json& id, Outcome outcome) {
  json answer = {{"jsonrpc", kVersion}, {"id", id}};
  if (const RpcError* error = std::get_if<RpcError>(&outcome)) {
    answer["error"] = ErrorObject(*error);
  } else {
    answer["result"] = std::move(*std::get_if<json>(&outcome));
  }
  return answer;
}

json MakeNotification(std::string_view method, json params) {
  return {{"jsonrpc", kVersion}, {"method", method}, {"params", std::move(params)}};
}

std::string ToLine(const json& message) {
  std::string line = message.dump(-1, ' ', false, json::error_handler_t::replace);
  line.push_back('\n');
  return line;
}

std::string ToLine(bool is_batch, std::vector<json> answers) {
  if (answers.empty()) return {};
  return ToLine(is_batch ? json(std::move(answers)) : answers.front());
}

std::string ToLine(const RpcError& error) { return ToLine(MakeAnswer(nullptr, error)); }

std::string AnswerLine(std::string_view line, absl::FunctionRef<Outcome(const Request&)> execute) {
  Result<Message> message = ParseMessage(line);
  if (!message.ok()) return ToLine(message.error());
  std::vector<json> answers;
  for (const Request& request : message->requests) {
    Outcome outcome = request.error ? Outcome(*request.error) : execute(request);
    if (!request.is_notification) answers.push_back(MakeAnswer(request.id, std::move(outcome)));
  }
  return ToLine(message->is_batch, std::move(answers));
}

}  // namespace sluice::api
