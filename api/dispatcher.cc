#include "api/dispatcher.h"

#include <memory>
#include <utility>

namespace sluice::api {
namespace {

// The answers of one line until they are all there.
struct Pending {
  bool is_batch = false;
  size_t missing = 0;
  std::vector<nlohmann::json> answers;  // null: a notification, which has none.
  Dispatcher::WriteLine write;

  void Complete() {
    std::vector<nlohmann::json> present;
    for (nlohmann::json& answer : answers) {
      if (!answer.is_null()) present.push_back(std::move(answer));
    }
    std::string line = ToLine(is_batch, std::move(present));
    if (!line.empty()) write(std::move(line));
  }
};

}  // namespace

void Dispatcher::Register(std::string_view method, Handler handler) {
  handlers_.emplace(std::string(method), std::move(handler));
}

void Dispatcher::RegisterSync(std::string_view method,
                              absl::AnyInvocable<Outcome(ObjectReader& params)> handler) {
  Register(method, [handler = std::move(handler)](ObjectReader& params, Reply reply) mutable {
    reply(handler(params));
  });
}

std::vector<std::string> Dispatcher::methods() const {
  std::vector<std::string> names;
  for (const auto& [name, handler] : handlers_) names.push_back(name);
  return names;
}

void Dispatcher::HandleLine(std::string_view line, WriteLine write) {
  Result<Message> message = ParseMessage(line);
  if (!message.ok()) {
    write(ToLine(message.error()));
    return;
  }
  auto pending = std::make_shared<Pending>();
  pending->is_batch = message->is_batch;
  pending->missing = message->requests.size();
  pending->answers.resize(message->requests.size());
  pending->write = std::move(write);
  for (size_t i = 0; i < message->requests.size(); ++i) {
    const Request& request = message->requests[i];
    ++pending_;
    Execute(request, [this, pending, i, id = request.id, silent = request.is_notification](Outcome outcome) {
      --pending_;
      if (!silent) {
        pending->answers[i] = MakeAnswer(id, std::move(outcome));
      } else if (const auto* error = std::get_if<RpcError>(&outcome)) {
        ++refused_notifications_[error->reason];
      }
      if (--pending->missing == 0) pending->Complete();
    });
  }
}

void Dispatcher::Execute(const Request& request, Reply reply) {
  if (request.error) return reply(*request.error);
  auto handler = handlers_.find(request.method);
  if (handler == handlers_.end()) return reply(RpcError::UnknownMethod(request.method));
  ObjectReader params(request.params, "params");
  handler->second(params, std::move(reply));
}

}  // namespace sluice::api
