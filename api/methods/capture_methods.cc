// transport.startCapture and stopCapture: packets of any kind of transport into a file.
#include <utility>

#include "api/methods/methods.h"

namespace sluice::api {
namespace {

constexpr uint32_t kMinBytes = 1024;         // The file's head and a packet or two.
constexpr uint32_t kMinSnapLength = 12;      // An RTP header.
constexpr uint32_t kMaxSnapLength = 65'535;  // Whole packets.

enum class Direction : uint8_t { kBoth, kIn, kOut };

std::string ReadFileName(ObjectReader& params) {
  std::optional<std::string> name = params.OptionalString("fileName", {1, 100});
  if (!name) return Captures::NewFileName();
  if (!Captures::IsFileName(*name))
    params.Fail(RpcError::InvalidValue(params.PathOf("fileName"),
                                       "may have letters, digits, '.', '_' and '-', and begins with no '.'"));
  return *name;
}

CaptureRequest ReadRequest(ObjectReader& params, const ProcessLimits& limits) {
  CaptureRequest request;
  request.file_name = ReadFileName(params);
  request.limits.bytes = params.OptionalUintOr("maxBytes", limits.capture_bytes, kMinBytes, UINT32_MAX);
  if (request.limits.bytes > limits.capture_bytes)
    params.Fail(RpcError::InvalidValue(params.PathOf("maxBytes"), "is more than --max-capture-bytes allows"));
  const auto max_duration = static_cast<uint64_t>(limits.capture_duration.ms());
  const uint64_t duration = params.OptionalUintOr("maxDuration", max_duration, 1, UINT32_MAX);
  if (duration > max_duration)
    params.Fail(
        RpcError::InvalidValue(params.PathOf("maxDuration"), "is more than --max-capture-seconds allows"));
  request.duration = TimeDelta::Millis(static_cast<int64_t>(duration));
  request.limits.snap_length =
      params.OptionalUintOr("snapLength", kMaxSnapLength, kMinSnapLength, kMaxSnapLength);
  const Direction direction =
      params
          .OptionalChoice<Direction>(
              "direction", {{"both", Direction::kBoth}, {"in", Direction::kIn}, {"out", Direction::kOut}})
          .value_or(Direction::kBoth);
  request.limits.incoming = direction != Direction::kOut;
  request.limits.outgoing = direction != Direction::kIn;
  return request;
}

Outcome Start(ControlPlane& control, ObjectReader& params) {
  const Transport* transport = ReadTransport(params, control.graph());
  const CaptureRequest request = ReadRequest(params, control.limits());
  params.Finish();
  if (params.error()) return *params.error();
  Captures::Started started =
      control.captures().Start(transport->id, transport->handle, request, params.PathOf("fileName"));
  if (auto* error = std::get_if<RpcError>(&started)) return *error;
  control.data_plane().Send(transport->worker,
                            worker::StartCapture{transport->handle, std::get<1>(std::move(started))});
  return nlohmann::json{{"fileName", request.file_name}};
}

void Stop(ControlPlane& control, ObjectReader& params, Dispatcher::Reply reply) {
  const Transport* transport = ReadTransport(params, control.graph());
  params.Finish();
  if (params.error()) return reply(*params.error());
  if (!control.captures().IsRunning(transport->handle))
    return reply(RpcError::InvalidState("the transport is not being captured"));
  control.captures().AwaitEnd(transport->handle, std::move(reply));
  control.data_plane().Send(transport->worker, worker::StopCapture{transport->handle});
}

}  // namespace

void RegisterCaptureMethods(ControlPlane* control, Dispatcher* dispatcher) {
  dispatcher->RegisterSync("transport.startCapture",
                           [control](ObjectReader& params) { return Start(*control, params); });
  dispatcher->Register("transport.stopCapture", [control](ObjectReader& params, Dispatcher::Reply reply) {
    Stop(*control, params, std::move(reply));
  });
}

}  // namespace sluice::api
