#include "worker/local_pipe_session.h"

#include <algorithm>

#include "worker/outbox.h"

namespace sluice::worker {

using router::DataSendResult;

LocalPipeSession::LocalPipeSession(const WorkerContext& context, const CreateLocalPipe& command)
    : Session(
          context,
          {.handle = command.transport, .rtcp_ssrc = command.rtcp_ssrc, .random_seed = command.random_seed}),
      data_options_(command.data),
      peer_worker_(command.peer_worker),
      peer_(command.peer) {
  Settle(context.loop->Now());
}

LocalPipeSession::~LocalPipeSession() { Leave(); }

void LocalPipeSession::SendRtp(SlabRef packet, router::MediaKind) {
  NoteRtpSent(*packet);
  CountSent(packet->size());
  context().outbox->Send(peer_worker_, PipedPacket{peer_, std::move(packet), /*rtcp=*/false});
}

void LocalPipeSession::SendRtcp(SlabRef packet) {
  NoteRtcpSent(*packet);
  CountSent(packet->size());
  context().outbox->Send(peer_worker_, PipedPacket{peer_, std::move(packet), /*rtcp=*/true});
}

void LocalPipeSession::Handle(Timestamp now, PipedPacket&& piped) {
  CountReceived(now, piped.packet->size());
  if (piped.rtcp) {
    HandleRtcp(now, Bytes(piped.packet->storage()).first(piped.packet->size()));
  } else {
    HandleRtp(now, piped.packet, piped.packet->size());
  }
  Settle(now);
}

DataSendResult LocalPipeSession::SendData(const router::DataConsumerConfig& consumer,
                                          const router::DataMessage& message, bool unlimited) {
  if (message.size() > data_options_.max_send_message_size) return DataSendResult::kTooLarge;
  if (!unlimited && BufferFill(consumer) >= 1) return DataSendResult::kBufferFull;
  const Stream fresh{.low_threshold = data_options_.default_low_threshold};
  streams_.try_emplace(*consumer.stream, fresh).first->second.buffered += message.size();
  occupied_ += message.size() + kMessageOverhead;
  CountSent(message.size());
  context().outbox->Ask(peer_worker_, PipedData{peer_, *consumer.stream, message});
  return DataSendResult::kSent;
}

void LocalPipeSession::Handle(Timestamp now, PipedData&& piped) {
  const size_t size = piped.message.size();
  CountReceived(now, size);
  data().HandleMessage(now, piped.stream, std::move(piped.message));
  if (held_) {
    not_told_.emplace_back(piped.stream, size);
  } else {
    TellTaken(piped.stream, size);
  }
  Settle(now);
}

void LocalPipeSession::HoldIncoming(bool held) {
  held_ = held;
  if (held) return;
  for (const auto& [stream, bytes] : not_told_) TellTaken(stream, bytes);
  not_told_.clear();
}

void LocalPipeSession::TellTaken(uint16_t stream, size_t bytes) {
  context().outbox->Ask(peer_worker_, PipedDataTaken{peer_, stream, bytes});
}

void LocalPipeSession::Handle(Timestamp now, const PipedDataTaken& taken) {
  occupied_ -= taken.bytes + kMessageOverhead;
  taken_ += taken.bytes;
  auto it = streams_.find(taken.stream);
  if (it != streams_.end()) {
    Stream& stream = it->second;
    const bool was_above = stream.buffered > stream.low_threshold;
    stream.buffered -= std::min(stream.buffered, taken.bytes);
    const router::DataConsumer* consumer = data().ConsumerOf(taken.stream);
    if (was_above && stream.buffered <= stream.low_threshold && consumer) {
      context().outbox->Tell(DataBufferedAmountLow{consumer->config().handle, stream.buffered});
    }
  }
  data().HandleDrained();
  Settle(now);
}

size_t LocalPipeSession::BufferedAmount(const router::DataConsumerConfig& consumer) const {
  auto it = streams_.find(*consumer.stream);
  return it == streams_.end() ? 0 : it->second.buffered;
}

double LocalPipeSession::BufferFill(const router::DataConsumerConfig&) const {
  return static_cast<double>(occupied_) / static_cast<double>(data_options_.send_buffer_size);
}

void LocalPipeSession::SetLowThreshold(const router::DataConsumerConfig& consumer, size_t bytes) {
  streams_[*consumer.stream].low_threshold = bytes;
}

void LocalPipeSession::Describe(TransportSnapshot* snapshot) const {
  snapshot->details = PlainSnapshot{};
  snapshot->drops.emplace_back("sctpUnknownStream", data().unknown_streams());
}

}  // namespace sluice::worker
