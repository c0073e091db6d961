// The real binary as a child process. Everything waits with a limit; a child that is still there at the end
// is killed.
//
//   SluiceProcess sluice;                        // pipes to its standard streams
//   sluice.Send(R"({"jsonrpc":"2.0","id":1,"method":"worker.dump"})" "\n");
//   std::optional<std::string> answer = sluice.ReadLine();
//   sluice.CloseInput();
//   EXPECT_EQ(sluice.Wait(), 0);
#pragma once

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::api {

// Owns a descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& o) noexcept : fd_(std::exchange(o.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& o) noexcept;
  ~Descriptor() { Close(); }
  int get() const { return fd_; }
  void Close();

 private:
  int fd_ = -1;
};

// Lines to and from one control client's descriptors.
class LineConnection {
 public:
  LineConnection() = default;
  LineConnection(Descriptor in, Descriptor out);  // Read from `in`; write to `out`.

  // All of it; false and a failure when it is not taken in time.
  bool Send(std::string_view text);
  // What is taken until nothing has been for a second: the reader is blocked, or everything was taken.
  size_t SendUntilBlocked(std::string_view text);
  // nullopt: the end, or (and a failure) nothing in time.
  std::optional<std::string> ReadLine();
  nlohmann::json ReadJson();           // null at the end.
  void CloseInput() { out_.Close(); }  // Of the other side.
  void CloseOutput() { in_.Close(); }
  int out_fd() const { return out_.get(); }

 private:
  Descriptor in_;
  Descriptor out_;
  std::string received_;
};

class SluiceProcess : public LineConnection {
 public:
  struct Options {
    std::vector<std::string> arguments = {"--workers", "1"};
    // Descriptors of ours that it gets under another number. A standard stream that is none of these is a
    // pipe, or is closed if it is listed in `closed`.
    std::vector<std::pair<int, int>> descriptors = {};
    std::vector<int> closed = {};
  };

  SluiceProcess() : SluiceProcess(Options()) {}
  explicit SluiceProcess(const Options& options);
  SluiceProcess(const SluiceProcess&) = delete;
  SluiceProcess& operator=(const SluiceProcess&) = delete;
  ~SluiceProcess();

  void Signal(int signal) const;
  bool running() const;
  // The exit status, 128 + the number of a signal, or -1 (and a failure) if it has not ended in time.
  int Wait();
  // What it has written to standard error.
  std::string Errors() const;
  // The text of /proc/<pid>/<name>.
  std::string ProcFile(std::string_view name) const;

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
  Descriptor errors_;
};

// {"jsonrpc": "2.0", "id": …} and a newline.
std::string RequestLine(int id, std::string_view method,
                        const nlohmann::json& params = nlohmann::json::object());

// A connection to a Unix socket, retried while nobody listens there; every reply in time or a failure.
LineConnection ConnectTo(const std::string& path);

}  // namespace sluice::api
