// The captures of all transports: their files, in the one directory that was named at the start, and who
// waits for their ends. A name from the API is that of a new file in this directory or an error; nothing it
// says leads out of it.
//
// Thread: control, but that `wake` is called on writing threads.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "api/json_rpc/message.h"
#include "api/json_rpc/rpc_error.h"
#include "router/ids.h"
#include "worker/capture_file.h"
#include "worker/file_descriptor.h"

namespace sluice::api {

// What a client asks for; the process's limits are applied already.
struct CaptureRequest {
  std::string file_name;
  worker::CaptureLimits limits;
  TimeDelta duration;
};

class Captures {
 public:
  struct Options {
    worker::FileDescriptor directory;  // Closed: there is none.
    size_t max_captures = 0;           // At a time.
    std::function<void()> wake;        // HandleFinished() is to be called.
  };
  using Reply = absl::AnyInvocable<void(Outcome)>;
  // A capture of that transport is over, and this is what became of it.
  using OnEnd = std::function<void(router::TransportHandle transport, nlohmann::json description)>;

  Captures(Options options, OnEnd on_end);

  static absl::StatusOr<worker::FileDescriptor> OpenDirectory(const std::string& path);
  // 1 to 100 letters, digits, '.', '_' and '-', and no '.' at the front.
  static bool IsFileName(std::string_view name);
  // One that nobody has used.
  static std::string NewFileName();

  // `path_of_name`: where in the request the file's name is, for errors. The queue is for the transport's
  // worker.
  using Started = std::variant<RpcError, std::shared_ptr<worker::CaptureQueue>>;
  Started Start(const std::string& transport_id, router::TransportHandle transport,
                const CaptureRequest& request, std::string path_of_name);
  bool IsRunning(router::TransportHandle transport) const;
  // Answers when the file is complete. There is one running, and its worker has been told.
  void AwaitEnd(router::TransportHandle transport, Reply reply);

  void HandleFinished();

 private:
  struct Running {
    std::string transport_id;
    router::TransportHandle transport;
    std::string file_name;
    std::vector<Reply> replies;
    std::unique_ptr<worker::CaptureFile> file;
  };

  Running* Find(router::TransportHandle transport);

  Options options_;
  OnEnd on_end_;
  std::list<Running> running_;
};

}  // namespace sluice::api
