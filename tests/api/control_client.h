// A client of a control plane with real workers, all in the test's process and driven from its thread.
//
//   ControlClient client(/*workers=*/2);
//   client.Call("router.create", {{"routerId", "router-1"}});
//   EXPECT_EQ(client.Refused("router.close", {{"routerId", "nobody"}}).reason, "not_found");
//
// Every result and every notification is held against api/openrpc.json on the way.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "api/control_plane.h"
#include "worker/event_loop.h"
#include "worker/timer.h"
#include "worker/wakeup.h"

namespace sluice::api {

struct Refusal {
  std::string reason;
  std::string path;
  int code = 0;

  bool operator==(const Refusal& o) const { return reason == o.reason && path == o.path; }
};
std::ostream& operator<<(std::ostream& out, const Refusal& refusal);

class ControlClient {
 public:
  // `captures`: there is a directory for them, which is removed with the client.
  explicit ControlClient(uint32_t workers = 1, const ProcessLimits& limits = {}, bool captures = true);

  // The result. An error fails the test.
  nlohmann::json Call(std::string_view method, nlohmann::json params = nlohmann::json::object());
  // The error. A result fails the test.
  Refusal Refused(std::string_view method, nlohmann::json params = nlohmann::json::object());
  // The answer to any line; nullopt: there is none.
  std::optional<nlohmann::json> Answer(std::string_view line);
  // The same for several, which are all sent before the first is answered.
  std::vector<nlohmann::json> Answers(const std::vector<nlohmann::json>& requests);

  // Runs the loop until it holds; false (and a failure) when it does not for some seconds.
  bool RunUntil(const std::function<bool()>& condition);

  // The same for a condition that makes requests itself.
  bool AskUntil(const std::function<bool()>& condition);

  // Those since the last call, as "method id" for short. Without scores, which come whenever media does.
  std::vector<std::string> TakeNotifications();
  // The whole ones.
  const std::vector<nlohmann::json>& notifications() const { return notifications_; }

  ControlPlane& control() { return *control_; }
  bool closed() const { return closed_; }
  const std::string& capture_directory() const { return captures_.path(); }

  // router-1 with Opus, VP8, VP9, H264 and AV1; transport-1 in it; on that producer-1 (Opus), consumer-1,
  // dataProducer-1 and dataConsumer-1; and rtpObserver-1.
  void CreateExampleObjects();
  // A WebRTC transport on loopback, with SCTP.
  nlohmann::json CreateTransport(const std::string& id, const std::string& router = "router-1");
  // A pipe transport on loopback.
  nlohmann::json CreatePipeTransport(const std::string& id,
                                     const nlohmann::json& more = nlohmann::json::object());
  // In router-1: direct-1; on that producer-direct (Opus), dataProducer-direct and dataConsumer-direct, which
  // takes from it.
  void CreateDirectObjects();
  // A plain transport on loopback, in router-1.
  nlohmann::json CreatePlainTransport(const std::string& id,
                                      const nlohmann::json& more = nlohmann::json::object());

 private:
  class TemporaryDirectory {
   public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    const std::string& path() const { return path_; }

   private:
    std::string path_;
  };

  void HandleNotification(const std::string& line);

  TemporaryDirectory captures_;
  worker::EventLoop loop_;
  worker::Wakeup wakeup_;
  worker::Timer timeout_;
  bool timed_out_ = false;
  bool closed_ = false;
  int last_id_ = 0;
  std::vector<nlohmann::json> notifications_;
  size_t notifications_taken_ = 0;
  std::unique_ptr<ControlPlane> control_;
};

// {"protocol": "udp", "ip": "127.0.0.1"} and the members of `more`.
nlohmann::json LoopbackListenInfo(const nlohmann::json& more = nlohmann::json::object());

// A member of tests/api/ortc/fixtures/negotiation.json: what Chromium offered and mediasoup made of it.
const nlohmann::json& ChromiumFixture(std::string_view member);
// One of its "cases". An unknown name fails the test.
const nlohmann::json& ChromiumCase(std::string_view name);

}  // namespace sluice::api
