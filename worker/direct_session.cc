#include "worker/direct_session.h"

#include <utility>

#include "rtp/bytes.h"
#include "worker/outbox.h"

namespace sluice::worker {
namespace {

constexpr size_t kSsrcOffset = 8;  // RFC 3550 §5.1

}  // namespace

DirectSession::DirectSession(const WorkerContext& context, const CreateDirectTransport& command)
    : Session(
          context,
          {.handle = command.transport, .rtcp_ssrc = command.rtcp_ssrc, .random_seed = command.random_seed}),
      max_send_message_size_(command.max_send_message_size) {
  Settle(context.loop->Now());
}

DirectSession::~DirectSession() { Leave(); }

ApplicationBacklog& DirectSession::application() const { return context().outbox->application(); }

void DirectSession::ReceiveRtp(Bytes packet) {
  Timestamp now = context().loop->Now();
  CountReceived(now, packet.size());
  SlabRef slab = context().pool->AcquireCopy(packet);
  if (!slab) {
    ++no_memory_;
    return;
  }
  HandleRtp(now, slab, packet.size());
  Settle(now);
}

void DirectSession::ReceiveRtcp(Bytes packet) {
  Timestamp now = context().loop->Now();
  CountReceived(now, packet.size());
  HandleRtcp(now, packet);
  Settle(now);
}

bool DirectSession::Take(const Slab& packet) {
  if (application().bytes() > ApplicationBacklog::kMaxLossy) {
    ++behind_;
    return false;
  }
  CountSent(packet.size());
  application().Add(packet.size());
  return true;
}

void DirectSession::SendRtp(SlabRef packet, router::MediaKind) {
  NoteRtpSent(*packet);
  const Ssrc ssrc = Ssrc(LoadU32(packet->bytes().data() + kSsrcOffset));
  const router::Consumer* consumer = rtp().ConsumerOf(ssrc);
  if (!consumer || !Take(*packet)) return;
  context().outbox->Tell(ConsumedRtp{consumer->config().handle, std::move(packet)});
}

void DirectSession::SendRtcp(SlabRef packet) {
  NoteRtcpSent(*packet);
  if (Take(*packet)) context().outbox->Tell(ConsumedRtcp{handle(), std::move(packet)});
}

router::DataSendResult DirectSession::SendData(const router::DataConsumerConfig& consumer,
                                               const router::DataMessage& message, bool unlimited) {
  if (message.size() > max_send_message_size_) return router::DataSendResult::kTooLarge;
  const bool reliable = consumer.reliability.reliable();
  const int64_t limit = reliable ? ApplicationBacklog::kMax : ApplicationBacklog::kMaxLossy;
  const int64_t backlog = application().bytes();
  if (backlog > ApplicationBacklog::kMaxLossy && next_drain_ == Timestamp::Never()) {
    next_drain_ = context().loop->Now() + kDrainInterval;
    ArmTimer();
  }
  if (!unlimited && backlog >= limit) return router::DataSendResult::kBufferFull;
  CountSent(message.size());
  application().Add(message.size());
  context().outbox->Tell(ConsumedData{consumer.handle, message.ppid, message.payload});
  return router::DataSendResult::kSent;
}

void DirectSession::HandleTransportTimeout(Timestamp now) {
  if (now < next_drain_) return;
  data().HandleDrained();
  const bool again = data().NextTimeout() != Timestamp::Never();
  next_drain_ = again ? now + kDrainInterval : Timestamp::Never();
}

void DirectSession::Describe(TransportSnapshot* snapshot) const {
  snapshot->details = DirectSnapshot{};
  snapshot->drops.emplace_back("applicationBehind", behind_);
  snapshot->drops.emplace_back("transportOutOfMemory", no_memory_);
}

}  // namespace sluice::worker
