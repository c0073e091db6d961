#include "tests/api/sluice_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>

namespace sluice::api {
namespace {

constexpr int kPatienceMs = 30'000;
constexpr int kBlockedMs = 1'000;

// Out of the way of the numbers that the child is to have.
Descriptor Raised(int fd) {
  int raised = fcntl(fd, F_DUPFD_CLOEXEC, 100);
  close(fd);
  return Descriptor(raised);
}

struct Pipe {
  Pipe() {
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0) ADD_FAILURE() << strerror(errno);
    read = Raised(fds[0]);
    write = Raised(fds[1]);
  }
  Descriptor read, write;
};

bool IsReady(int fd, short events, int timeout_ms) {
  pollfd poll_fd{.fd = fd, .events = events, .revents = 0};
  return poll(&poll_fd, 1, timeout_ms) > 0;
}

class SpawnActions {
 public:
  SpawnActions() { posix_spawn_file_actions_init(&actions_); }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  void Give(int ours, int theirs) { posix_spawn_file_actions_adddup2(&actions_, ours, theirs); }
  void Close(int theirs) { posix_spawn_file_actions_addclose(&actions_, theirs); }
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

bool Names(const SluiceProcess::Options& options, int fd) {
  auto gives = [&](const auto& pair) { return pair.second == fd; };
  return std::any_of(options.descriptors.begin(), options.descriptors.end(), gives) ||
         std::find(options.closed.begin(), options.closed.end(), fd) != options.closed.end();
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& o) noexcept {
  std::swap(fd_, o.fd_);
  return *this;
}

void Descriptor::Close() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

LineConnection::LineConnection(Descriptor in, Descriptor out) : in_(std::move(in)), out_(std::move(out)) {
  for (int fd : {in_.get(), out_.get()}) {
    if (fd >= 0) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  }
}

size_t LineConnection::SendUntilBlocked(std::string_view text) {
  size_t sent = 0;
  while (sent < text.size() && IsReady(out_.get(), POLLOUT, kBlockedMs)) {
    ssize_t count = write(out_.get(), text.data() + sent, text.size() - sent);
    if (count < 0 && errno != EAGAIN) break;
    if (count > 0) sent += static_cast<size_t>(count);
  }
  return sent;
}

bool LineConnection::Send(std::string_view text) {
  while (!text.empty()) {
    bool ready = IsReady(out_.get(), POLLOUT, kPatienceMs);
    ssize_t count = ready ? write(out_.get(), text.data(), text.size()) : -1;
    if (!ready || (count < 0 && errno != EAGAIN)) {
      ADD_FAILURE() << "not taken: " << text.substr(0, 100) << " " << strerror(errno);
      return false;
    }
    if (count > 0) text.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

std::optional<std::string> LineConnection::ReadLine() {
  size_t newline;
  while ((newline = received_.find('\n')) == std::string::npos) {
    char buffer[65536];
    if (!IsReady(in_.get(), POLLIN, kPatienceMs)) {
      ADD_FAILURE() << "no answer in time";
      return std::nullopt;
    }
    ssize_t count = read(in_.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EAGAIN) continue;
    if (count <= 0) return std::nullopt;
    received_.append(buffer, static_cast<size_t>(count));
  }
  std::string line = received_.substr(0, newline);
  received_.erase(0, newline + 1);
  return line;
}

nlohmann::json LineConnection::ReadJson() {
  std::optional<std::string> line = ReadLine();
  return line ? nlohmann::json::parse(*line) : nlohmann::json();
}

SluiceProcess::SluiceProcess(const Options& options) {
  Pipe in, out;
  errors_ = Raised(memfd_create("errors", MFD_CLOEXEC));
  SpawnActions actions;
  for (const auto& [ours, theirs] : options.descriptors) actions.Give(ours, theirs);
  for (int fd : options.closed) actions.Close(fd);
  if (!Names(options, STDIN_FILENO)) actions.Give(in.read.get(), STDIN_FILENO);
  if (!Names(options, STDOUT_FILENO)) actions.Give(out.write.get(), STDOUT_FILENO);
  if (!Names(options, STDERR_FILENO)) actions.Give(errors_.get(), STDERR_FILENO);
  std::vector<std::string> words = {SLUICE_BINARY};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  int error = posix_spawn(&pid_, SLUICE_BINARY, actions.get(), nullptr, argv.data(), environ);
  if (error != 0) ADD_FAILURE() << SLUICE_BINARY << ": " << strerror(error);
  static_cast<LineConnection&>(*this) = LineConnection(std::move(out.read), std::move(in.write));
}

SluiceProcess::~SluiceProcess() {
  if (status_ || pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void SluiceProcess::Signal(int signal) const { kill(pid_, signal); }

bool SluiceProcess::running() const {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

int SluiceProcess::Wait() {
  if (status_) return *status_;
  Descriptor end(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  if (!IsReady(end.get(), POLLIN, kPatienceMs)) {
    ADD_FAILURE() << "still running";
    return -1;
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return *status_;
}

std::string SluiceProcess::Errors() const {
  std::string text(static_cast<size_t>(lseek(errors_.get(), 0, SEEK_END)), '\0');
  ssize_t count = pread(errors_.get(), text.data(), text.size(), 0);
  text.resize(static_cast<size_t>(std::max<ssize_t>(count, 0)));
  return text;
}

std::string SluiceProcess::ProcFile(std::string_view name) const {
  std::ifstream in("/proc/" + std::to_string(pid_) + "/" + std::string(name));
  return std::string((std::istreambuf_iterator<char>(in)), {});
}

std::string RequestLine(int id, std::string_view method, const nlohmann::json& params) {
  nlohmann::json request = {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}};
  return request.dump() + "\n";
}

LineConnection ConnectTo(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
  while (std::chrono::steady_clock::now() < deadline) {
    Descriptor fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      Descriptor other(fcntl(fd.get(), F_DUPFD_CLOEXEC, 100));
      return LineConnection(std::move(other), std::move(fd));
    }
    poll(nullptr, 0, 2);  // Until it listens.
  }
  ADD_FAILURE() << "nobody listens on " << path;
  return {};
}

}  // namespace sluice::api
