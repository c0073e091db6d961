#include "worker/sctp_hub.h"

#include <utility>

#include "worker/sctp_link.h"

namespace sluice::worker {

using transports::SctpStack;

SctpHub::SctpHub(EventLoop* loop, Outbox* outbox)
    : outbox_(outbox), tick_(*loop, [this](Timestamp now) { HandleTick(now); }) {}

void SctpHub::Handle(Timestamp now, const SctpStarted&) {
  if (tick_.deadline().IsNever()) tick_.ArmAt(now + SctpStack::kTick);
}

// An association that starts while this one looks is still counted when its SctpStarted comes.
void SctpHub::HandleTick(Timestamp now) {
  for (SctpStack::TimerOutput& output : SctpStack::Get().HandleTimers(now)) {
    SctpTimerOutput request{output.association, std::move(output.packet)};
    if (output.association.owner() == outbox_->self()) {
      Handle(now, std::move(request));
    } else {
      outbox_->Ask(output.association.owner(), std::move(request));
    }
  }
  if (!SctpStack::Get().idle()) tick_.ArmAt(now + SctpStack::kTick);
}

void SctpHub::Handle(Timestamp now, SctpTimerOutput&& request) {
  auto it = links_.find(request.association);
  if (it != links_.end()) it->second->HandleTimerOutput(now, std::move(request.packet));
}

}  // namespace sluice::worker
