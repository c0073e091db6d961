#include "worker/tcp_listener.h"

#include <cerrno>
#include <optional>
#include <utility>

#include "worker/tcp_io.h"

namespace sluice::worker {

TcpListener::TcpListener(const WorkerContext& context, TcpListenSocket socket,
                         absl::AnyInvocable<void(TcpSocket socket)> on_accept)
    : context_(context),
      socket_(std::move(socket)),
      on_accept_(std::move(on_accept)),
      resume_(*context.loop, [this](Timestamp) { watch_.WatchReadable(true); }),
      watch_(*context.loop, socket_.fd(), [this] { HandleReadable(); }) {}

void TcpListener::HandleReadable() {
  for (int i = 0; i < kFairShare; ++i) {
    std::optional<TcpSocket> accepted = socket_.Accept();
    if (!accepted) return HandleFailure();
    ++context_.tcp->stats().accepted;
    on_accept_(*std::move(accepted));
  }
}

// accept(2): besides its own errors it reports those of the connection, which concern only that.
void TcpListener::HandleFailure() {
  if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM) return;
  ++context_.tcp->stats().accept_failures;
  watch_.WatchReadable(false);
  resume_.ArmAt(context_.loop->Now() + kPause);
}

}  // namespace sluice::worker
