// From a method's name to its handler. Requests are executed in order; a handler may answer at once or later,
// and a batch is answered when its last request is.
//
// Thread: control.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "api/json_rpc/json_reader.h"
#include "api/json_rpc/message.h"

namespace sluice::api {

class Dispatcher {
 public:
  // Called exactly once.
  using Reply = absl::AnyInvocable<void(Outcome)>;
  // Reads `params` (and calls Finish() on it) before it changes anything.
  using Handler = absl::AnyInvocable<void(ObjectReader& params, Reply reply)>;
  using WriteLine = absl::AnyInvocable<void(std::string line)>;

  void Register(std::string_view method, Handler handler);
  // The same for a handler that answers at once.
  void RegisterSync(std::string_view method, absl::AnyInvocable<Outcome(ObjectReader& params)> handler);

  // `write` gets the answer, if there is one, now or later.
  void HandleLine(std::string_view line, WriteLine write);

  std::vector<std::string> methods() const;
  // Requests that were not answered yet.
  size_t pending() const { return pending_; }
  // Notifications that could not be executed, of which nobody was told, by the error's reason.
  const std::map<std::string, uint64_t>& refused_notifications() const { return refused_notifications_; }

 private:
  void Execute(const Request& request, Reply reply);

  std::map<std::string, Handler, std::less<>> handlers_;
  size_t pending_ = 0;
  std::map<std::string, uint64_t> refused_notifications_;
};

}  // namespace sluice::api
