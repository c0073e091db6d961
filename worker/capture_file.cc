#include "worker/capture_file.h"

#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "worker/clock.h"

namespace sluice::worker {
namespace {

// How long packets wait: the queue holds what 800 Mbit/s bring in that time.
constexpr std::chrono::milliseconds kInterval(10);

std::vector<uint8_t> HeaderOf(const CaptureFile::Options& options) {
  return PcapngFileHeader(options.application, options.interface, options.limits.snap_length);
}

}  // namespace

CaptureFile::CaptureFile(Options options) : options_(std::move(options)), header_(HeaderOf(options_)) {
  queue_ = std::make_shared<CaptureQueue>(options_.limits, header_.size());
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "sluice-capture");
    Run();
  });
}

CaptureFile::~CaptureFile() {
  queue_->End(CaptureEnd::kClosed);
  thread_.join();
}

size_t CaptureFile::HeaderSize(const Options& options) { return HeaderOf(options).size(); }

void CaptureFile::Run() {
  const Timestamp deadline = MonotonicNow() + options_.duration;
  bool writable = Write(header_);
  while (writable && queue_->end() == CaptureEnd::kNone) {
    queue_->WaitForEnd(kInterval);
    if (MonotonicNow() >= deadline) queue_->End(CaptureEnd::kDuration);
    writable = WriteQueued();
  }
  // What was put before the end was seen here.
  if (writable) writable = WriteQueued();
  if (!writable) GiveUp();
  options_.fd.Close();
  finished_.store(true, std::memory_order_release);
  options_.on_finished();
}

bool CaptureFile::WriteQueued() {
  const uint64_t whole = bytes_;
  if (queue_->Take([this](Bytes bytes) { return Write(bytes); })) return true;
  whole_bytes_ = whole;
  return false;
}

// Leaves a file that ends with a whole block, or an empty one.
void CaptureFile::GiveUp() {
  queue_->End(CaptureEnd::kDisk);
  if (ftruncate(options_.fd.get(), static_cast<off_t>(whole_bytes_)) == 0) bytes_ = whole_bytes_;
}

bool CaptureFile::Write(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(options_.fd.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(written));
    bytes_ += static_cast<uint64_t>(written);
  }
  return true;
}

CaptureFile::Result CaptureFile::result() const {
  return {.end = queue_->end(), .bytes = bytes_, .packets = queue_->packets(), .dropped = queue_->dropped()};
}

}  // namespace sluice::worker
