#include "api/captures.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "api/json_rpc/text.h"
#include "worker/clock.h"
#include "worker/random.h"

namespace sluice::api {
namespace {

constexpr size_t kMaxFileName = 100;

std::string_view ToString(worker::CaptureEnd end) {
  constexpr std::string_view kNames[] = {"none", "stopped", "size", "duration", "disk", "closed"};
  return kNames[static_cast<size_t>(end)];
}

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-';
}

}  // namespace

Captures::Captures(Options options, OnEnd on_end)
    : options_(std::move(options)), on_end_(std::move(on_end)) {}

absl::StatusOr<worker::FileDescriptor> Captures::OpenDirectory(const std::string& path) {
  worker::FileDescriptor directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open())
    return absl::InvalidArgumentError(Concat("--capture-directory ", path, ": ", std::strerror(errno)));
  if (faccessat(directory.get(), ".", W_OK | X_OK, AT_EACCESS) != 0)
    return absl::InvalidArgumentError(Concat("--capture-directory ", path, ": not writable"));
  return directory;
}

bool Captures::IsFileName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxFileName && name[0] != '.' &&
         std::all_of(name.begin(), name.end(), IsPlain);
}

std::string Captures::NewFileName() {
  return Concat("capture-", std::to_string(worker::UnixTime().us()), "-",
                std::to_string(worker::RandomUint32()), ".pcapng");
}

Captures::Started Captures::Start(const std::string& transport_id, router::TransportHandle transport,
                                  const CaptureRequest& request, std::string path_of_name) {
  if (!options_.directory.is_open())
    return RpcError::Unsupported("the process has no directory for captures (--capture-directory)");
  if (IsRunning(transport)) return RpcError::InvalidState("the transport is being captured already");
  if (running_.size() >= options_.max_captures)
    return RpcError::ResourceUnavailable(
        Concat("the process has as many captures as it may have (--max-captures ",
               std::to_string(options_.max_captures), ")"));
  constexpr int kNewFile = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  worker::FileDescriptor file(openat(options_.directory.get(), request.file_name.c_str(), kNewFile, 0600));
  if (!file.is_open())
    return RpcError::ResourceUnavailable(
        Concat("the file ", request.file_name, " cannot be made: ", std::strerror(errno)),
        std::move(path_of_name));
  running_.push_back({.transport_id = transport_id,
                      .transport = transport,
                      .file_name = request.file_name,
                      .replies = {},
                      .file = std::make_unique<worker::CaptureFile>(
                          worker::CaptureFile::Options{.fd = std::move(file),
                                                       .application = Concat("sluice ", SLUICE_VERSION),
                                                       .interface = transport_id,
                                                       .limits = request.limits,
                                                       .duration = request.duration,
                                                       .on_finished = options_.wake})});
  return running_.back().file->queue();
}

Captures::Running* Captures::Find(router::TransportHandle transport) {
  auto it = std::find_if(running_.begin(), running_.end(),
                         [&](const Running& running) { return running.transport == transport; });
  return it == running_.end() ? nullptr : &*it;
}

bool Captures::IsRunning(router::TransportHandle transport) const {
  return std::any_of(running_.begin(), running_.end(),
                     [&](const Running& running) { return running.transport == transport; });
}

void Captures::AwaitEnd(router::TransportHandle transport, Reply reply) {
  Find(transport)->replies.push_back(std::move(reply));
}

void Captures::HandleFinished() {
  for (auto it = running_.begin(); it != running_.end();) {
    if (!it->file->finished()) {
      ++it;
      continue;
    }
    Running ended = std::move(*it);
    it = running_.erase(it);
    const worker::CaptureFile::Result result = ended.file->result();
    nlohmann::json description = {{"fileName", ended.file_name},
                                  {"reason", ToString(result.end)},
                                  {"bytes", result.bytes},
                                  {"packets", result.packets},
                                  {"packetsDropped", result.dropped}};
    for (Reply& reply : ended.replies) reply(description);
    description["transportId"] = ended.transport_id;
    on_end_(ended.transport, std::move(description));
  }
}

}  // namespace sluice::api
