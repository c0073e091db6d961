// The file of one capture and the thread that writes it.
//
//   CaptureFile file({.fd = …, .limits = …, .on_finished = wake});
//   worker.Send(StartCapture{transport, file.queue()});
//   …
//   if (file.finished()) Report(file.result());
//
// Thread: control; `on_finished` is called on the writing thread, once, when the file is complete.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "rtp/units.h"
#include "worker/capture_queue.h"
#include "worker/file_descriptor.h"

namespace sluice::worker {

class CaptureFile {
 public:
  struct Options {
    FileDescriptor fd;        // Open for writing, and empty.
    std::string application;  // Both are told in the file.
    std::string interface;
    CaptureLimits limits;
    TimeDelta duration;
    std::function<void()> on_finished;
  };
  struct Result {
    CaptureEnd end = CaptureEnd::kNone;
    uint64_t bytes = 0;    // Of the file.
    uint64_t packets = 0;  // Put into it.
    uint64_t dropped = 0;  // Left out because the disk was too slow.
  };

  explicit CaptureFile(Options options);
  // Ends the capture if it has not, and waits for the file to be complete.
  ~CaptureFile();
  CaptureFile(const CaptureFile&) = delete;
  CaptureFile& operator=(const CaptureFile&) = delete;

  // The least that `limits.bytes` can be: what every file begins with.
  static size_t HeaderSize(const Options& options);

  const std::shared_ptr<CaptureQueue>& queue() const { return queue_; }
  bool finished() const { return finished_.load(std::memory_order_acquire); }
  // Once it has finished.
  Result result() const;

 private:
  void Run();
  bool WriteQueued();
  void GiveUp();
  bool Write(Bytes bytes);

  Options options_;
  std::shared_ptr<CaptureQueue> queue_;
  std::vector<uint8_t> header_;
  uint64_t bytes_ = 0;
  uint64_t whole_bytes_ = 0;  // When writing failed: up to the last whole block.
  std::atomic<bool> finished_{false};
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace sluice::worker
