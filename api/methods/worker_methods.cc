// worker.*: the process as a whole.
#include <sys/resource.h>
#include <unistd.h>

#include <memory>
#include <utility>
#include <vector>

#include "api/logging.h"
#include "api/methods/methods.h"
#include "api/objects_json.h"

namespace sluice::api {
namespace {

int64_t Milliseconds(const timeval& time) { return int64_t{time.tv_sec} * 1000 + time.tv_usec / 1000; }

nlohmann::json ResourceUsage() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return {{"ru_utime", Milliseconds(usage.ru_utime)},
          {"ru_stime", Milliseconds(usage.ru_stime)},
          {"ru_maxrss", usage.ru_maxrss},
          {"ru_ixrss", usage.ru_ixrss},
          {"ru_idrss", usage.ru_idrss},
          {"ru_isrss", usage.ru_isrss},
          {"ru_minflt", usage.ru_minflt},
          {"ru_majflt", usage.ru_majflt},
          {"ru_nswap", usage.ru_nswap},
          {"ru_inblock", usage.ru_inblock},
          {"ru_oublock", usage.ru_oublock},
          {"ru_msgsnd", usage.ru_msgsnd},
          {"ru_msgrcv", usage.ru_msgrcv},
          {"ru_nsignals", usage.ru_nsignals},
          {"ru_nvcsw", usage.ru_nvcsw},
          {"ru_nivcsw", usage.ru_nivcsw}};
}

nlohmann::json ClientsJson(const ControlPlane& control) {
  return {{"packetsMissed", control.packets_missed()},
          {"notificationsRefused", control.dispatcher().refused_notifications()}};
}

// Asks every worker, and replies when the last has answered.
void Dump(ControlPlane* control, Dispatcher::Reply reply) {
  struct Collected {
    nlohmann::json workers = nlohmann::json::array();
    size_t missing;
    Dispatcher::Reply reply;
  };
  uint32_t workers = control->data_plane().workers();
  auto collected = std::make_shared<Collected>();
  collected->workers.get_ref<nlohmann::json::array_t&>().resize(workers);
  collected->missing = workers;
  collected->reply = std::move(reply);
  for (uint32_t worker = 0; worker < workers; ++worker) {
    control->data_plane().Ask(
        worker, worker::Query(), [control, collected, worker](worker::Snapshot snapshot) {
          collected->workers[worker] = WorkerJson(std::get<worker::WorkerSnapshot>(snapshot));
          if (--collected->missing > 0) return;
          nlohmann::json router_ids = nlohmann::json::array();
          for (const auto& [id, router] : control->graph().routers()) router_ids.push_back(id);
          nlohmann::json server_ids = nlohmann::json::array();
          for (const auto& [id, server] : control->graph().webrtc_servers()) server_ids.push_back(id);
          collected->reply(nlohmann::json{{"pid", getpid()},
                                          {"version", SLUICE_VERSION},
                                          {"workers", std::move(collected->workers)},
                                          {"clients", ClientsJson(*control)},
                                          {"routerIds", std::move(router_ids)},
                                          {"traceEventsDropped", control->traces_dropped()},
                                          {"webRtcServerIds", std::move(server_ids)}});
        });
  }
}

Outcome UpdateSettings(ObjectReader& params) {
  std::optional<LogLevel> level = params.OptionalChoice<LogLevel>("logLevel", {{"debug", LogLevel::kDebug},
                                                                               {"warn", LogLevel::kWarn},
                                                                               {"error", LogLevel::kError},
                                                                               {"none", LogLevel::kNone}});
  std::optional<std::vector<std::string>> names = params.OptionalStrings("logTags", {0, 64});
  std::vector<LogTag> tags;
  for (size_t i = 0; names && i < names->size(); ++i) {
    std::optional<LogTag> tag = LogTagOf((*names)[i]);
    if (tag) {
      tags.push_back(*tag);
    } else {
      params.Fail(RpcError::InvalidValue(JoinPath(params.PathOf("logTags"), i), "is not a log tag"));
    }
  }
  params.Finish();
  if (params.error()) return *params.error();
  if (level) SetLogLevel(*level);
  if (names) SetLogTags(tags);
  return nlohmann::json::object();
}

}  // namespace

void RegisterWorkerMethods(ControlPlane* control, Dispatcher* dispatcher) {
  dispatcher->Register("worker.dump", [control](ObjectReader& params, Dispatcher::Reply reply) {
    params.Finish();
    if (params.error()) return reply(*params.error());
    Dump(control, std::move(reply));
  });
  dispatcher->RegisterSync("worker.getResourceUsage", [](ObjectReader& params) -> Outcome {
    params.Finish();
    if (params.error()) return *params.error();
    return ResourceUsage();
  });
  dispatcher->RegisterSync("worker.updateSettings", UpdateSettings);
  dispatcher->RegisterSync("worker.close", [control](ObjectReader& params) -> Outcome {
    params.Finish();
    if (params.error()) return *params.error();
    control->Close();
    return nlohmann::json::object();
  });
}

}  // namespace sluice::api
