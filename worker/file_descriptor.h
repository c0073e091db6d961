// An open descriptor and its owner.
#pragma once

#include <unistd.h>

#include <utility>

namespace sluice::worker {

class FileDescriptor {
 public:
  FileDescriptor() = default;                   // Closed.
  explicit FileDescriptor(int fd) : fd_(fd) {}  // Adopts it; negative: closed.
  FileDescriptor(FileDescriptor&& o) noexcept : fd_(std::exchange(o.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& o) noexcept {
    if (this == &o) return *this;
    Close();
    fd_ = std::exchange(o.fd_, -1);
    return *this;
  }
  ~FileDescriptor() { Close(); }

  bool is_open() const { return fd_ >= 0; }
  int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace sluice::worker
