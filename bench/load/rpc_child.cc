#include "bench/load/rpc_child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace sluice::load {

using nlohmann::json;

namespace {

bool WaitFor(int fd, short events, int timeout_ms) {
  pollfd waited{.fd = fd, .events = events, .revents = 0};
  return poll(&waited, 1, timeout_ms) > 0;
}

bool Exits(pid_t pid, int patience_ms) {
  for (int i = 0; i < patience_ms / 10; ++i) {
    if (waitpid(pid, nullptr, WNOHANG) == pid) return true;
    poll(nullptr, 0, 10);
  }
  return false;
}

}  // namespace

absl::StatusOr<RpcChild> RpcChild::Start(const std::vector<std::string>& command) {
  int in[2], out[2];
  std::signal(SIGPIPE, SIG_IGN);  // A child that is gone is what write() says.
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) {
    return absl::ResourceExhaustedError(absl::StrCat("no pipe: ", std::strerror(errno)));
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  std::vector<std::string> words = command;
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  RpcChild child;
  const int error = posix_spawnp(&child.pid_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  child.in_ = in[1];
  child.out_ = out[0];
  if (error != 0) {
    child.pid_ = -1;
    return absl::NotFoundError(absl::StrCat("cannot start ", command[0], ": ", std::strerror(error)));
  }
  fcntl(child.in_, F_SETFL, O_NONBLOCK);
  return child;
}

RpcChild::RpcChild(RpcChild&& o) noexcept
    : pid_(std::exchange(o.pid_, -1)),
      in_(std::exchange(o.in_, -1)),
      out_(std::exchange(o.out_, -1)),
      received_(std::move(o.received_)),
      last_id_(o.last_id_) {}

RpcChild::~RpcChild() {
  if (in_ >= 0) close(in_);
  if (pid_ > 0 && !Exits(pid_, 6000)) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (out_ >= 0) close(out_);
}

absl::Status RpcChild::Write(std::string line) {
  for (size_t written = 0; written < line.size();) {
    if (!WaitFor(in_, POLLOUT, kPatienceMs))
      return absl::DeadlineExceededError("the server takes no requests");
    const ssize_t count = write(in_, line.data() + written, line.size() - written);
    if (count < 0 && errno != EAGAIN) return absl::UnavailableError("the server has ended");
    if (count > 0) written += static_cast<size_t>(count);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> RpcChild::ReadLine() {
  size_t newline;
  while ((newline = received_.find('\n')) == std::string::npos) {
    char buffer[65536];
    if (!WaitFor(out_, POLLIN, kPatienceMs)) return absl::DeadlineExceededError("the server does not answer");
    const ssize_t count = read(out_, buffer, sizeof buffer);
    if (count <= 0) return absl::UnavailableError("the server has ended");
    received_.append(buffer, static_cast<size_t>(count));
  }
  std::string line = received_.substr(0, newline);
  received_.erase(0, newline + 1);
  return line;
}

absl::StatusOr<json> RpcChild::Call(const std::string& method, json params) {
  const int id = ++last_id_;
  json request = {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}};
  if (absl::Status status = Write(request.dump() + "\n"); !status.ok()) return status;
  while (true) {
    absl::StatusOr<std::string> line = ReadLine();
    if (!line.ok()) return line.status();
    json answer = json::parse(*line, nullptr, /*allow_exceptions=*/false);
    if (!answer.is_object()) return absl::InternalError(absl::StrCat("not JSON-RPC: ", line->substr(0, 200)));
    if (answer.value("id", json()) != id) continue;
    if (answer.contains("result")) return answer["result"];
    return absl::FailedPreconditionError(absl::StrCat(method, ": ", answer.value("error", json()).dump()));
  }
}

}  // namespace sluice::load
