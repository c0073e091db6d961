#include "worker/udp_port.h"

#include <utility>

namespace sluice::worker {

UdpPort::UdpPort(const WorkerContext& context, UdpSocket socket, absl::AnyInvocable<void()> on_readable)
    : context_(context),
      socket_(std::move(socket)),
      watch_(*context.loop, socket_.fd(), std::move(on_readable), [this] { HandleWritable(); }) {
  context_.ports->ports_[socket_.fd()] = this;
}

UdpPort::~UdpPort() {
  watch_.reset();
  context_.send_queue->Forget(socket_);
  context_.ports->ports_.erase(socket_.fd());
}

void UdpPort::HandleWritable() {
  context_.send_queue->HandleWritable(socket_.fd());
  watch_.WatchWritable(false);
}

}  // namespace sluice::worker
