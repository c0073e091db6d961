#include "worker/frame_queue.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <utility>

namespace sluice::worker {

FrameQueue::FrameQueue(size_t max_bytes) : max_packets_(std::max<size_t>(max_bytes / sizeof(Slab), 1)) {}

size_t FrameQueue::Push(SlabRef packet, Priority priority) {
  if (!packet || packet->size() == 0) return 0;
  auto& [high, normal] = waiting_;
  size_t dropped = 0;
  if (size() >= max_packets_) {
    dropped = 1;
    auto& oldest = normal.empty() ? high : normal;
    // What is left to drop is more urgent than the packet, or nothing is: the packet goes.
    if (oldest.empty() || (normal.empty() && priority == Priority::kNormal)) return dropped;
    oldest.erase(oldest.begin());
  }
  Frame& frame = waiting_[static_cast<size_t>(priority)].emplace_back();
  StoreU16(frame.header.data(), static_cast<uint16_t>(packet->size()));
  frame.packet = std::move(packet);
  return dropped;
}

FrameQueue::State FrameQueue::Write(int fd, Written* written) {
  Buffers buffers;
  while (!empty()) {
    size_t bytes = 0;
    msghdr message{};
    message.msg_iov = buffers.data();
    message.msg_iovlen = Gather(buffers, &bytes);
    ++written->system_calls;
    const ssize_t sent = sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN || errno == EWOULDBLOCK ? State::kBlocked : State::kBroken;
    }
    Advance(static_cast<size_t>(sent), written);
    if (static_cast<size_t>(sent) < bytes) return State::kBlocked;
  }
  return State::kEmpty;
}

size_t FrameQueue::Gather(Buffers& buffers, size_t* bytes) {
  size_t count = 0;
  auto add = [&](uint8_t* data, size_t size) {
    if (size == 0) return;
    buffers[count++] = {data, size};
    *bytes += size;
  };
  auto add_rest = [&](Frame& frame, size_t skip) {
    const size_t of_header = std::min(skip, frame.header.size());
    const size_t of_packet = skip - of_header;
    add(frame.header.data() + of_header, frame.header.size() - of_header);
    add(frame.packet->storage().data() + of_packet, frame.packet->size() - of_packet);
  };
  if (leaving_.packet) add_rest(leaving_, leaving_written_);
  for (auto& frames : waiting_) {
    for (Frame& frame : frames) {
      if (count + 2 > buffers.size()) return count;
      add_rest(frame, 0);
    }
  }
  return count;
}

void FrameQueue::Advance(size_t bytes, Written* written) {
  written->bytes += bytes;
  if (leaving_.packet) {
    const size_t rest = leaving_.size() - leaving_written_;
    leaving_written_ += std::min(bytes, rest);
    if (bytes < rest) return;
    bytes -= rest;
    leaving_.packet.reset();
    ++written->packets;
  }
  for (auto& frames : waiting_) {
    size_t whole = 0;
    while (whole < frames.size() && bytes >= frames[whole].size()) bytes -= frames[whole++].size();
    written->packets += whole;
    if (whole < frames.size() && bytes > 0) {
      leaving_ = std::move(frames[whole++]);
      leaving_written_ = std::exchange(bytes, 0);
    }
    frames.erase(frames.begin(), frames.begin() + static_cast<std::ptrdiff_t>(whole));
  }
}

void FrameQueue::Clear() {
  leaving_.packet.reset();
  for (auto& frames : waiting_) frames.clear();
}

}  // namespace sluice::worker
