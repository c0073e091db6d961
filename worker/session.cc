#include "worker/session.h"

#include <algorithm>

#include "worker/audio_gates.h"
#include "worker/audio_reporter.h"
#include "worker/trace_limiter.h"

namespace sluice::worker {

Session::Session(const WorkerContext& context, const Options& options)
    : context_(context),
      handle_(options.handle),
      rtp_({.rtcp_ssrc = options.rtcp_ssrc,
            .clock = context.clock,
            .random_seed = options.random_seed,
            .events = this},
           context.pool, this),
      data_(this),
      timer_(*context.loop, [this](Timestamp now) { HandleTimeout(now); }) {}

Session::~Session() = default;

void Session::Leave() {
  if (capture_) capture_->End(CaptureEnd::kClosed);
  if (sctp_) sctp_->Close(context_.loop->Now());
  std::vector<router::ConsumerHandle> consumers;
  for (const auto& [handle, consumer] : rtp_.consumers()) consumers.push_back(handle);
  for (router::ConsumerHandle consumer : consumers) RemoveConsumer(consumer);
  for (const auto& [handle, producer] : rtp_.producers()) {
    context_.forwarding->RemoveProducer(handle);
    context_.audio->Stop(producer.get());
  }
  std::vector<router::DataConsumerHandle> data_consumers;
  for (const auto& [handle, consumer] : data_.consumers()) data_consumers.push_back(handle);
  for (router::DataConsumerHandle consumer : data_consumers) RemoveDataConsumer(consumer);
  for (const auto& [handle, producer] : data_.producers()) context_.data_forwarding->RemoveProducer(handle);
}

void Session::SetMaxIncomingBitrate(DataRate bitrate) {
  rtp_.SetMaxIncomingBitrate(bitrate);
  Settle(context_.loop->Now());
}

void Session::AddProducer(const router::ProducerConfig& config) {
  Timestamp now = context_.loop->Now();
  context_.forwarding->AddProducer(rtp_.AddProducer(now, config), this);
  Settle(now);
}

void Session::RemoveProducer(router::ProducerHandle producer) {
  router::Producer* found = rtp_.FindProducer(producer);
  if (!found) return;
  context_.forwarding->RemoveProducer(producer);
  context_.audio->Stop(found);
  rtp_.RemoveProducer(producer);
}

void Session::SetProducerPaused(router::ProducerHandle handle, bool paused) {
  router::Producer* producer = rtp_.FindProducer(handle);
  if (!producer) return;
  Timestamp now = context_.loop->Now();
  if (paused) {
    rtp_.PauseProducer(now, producer);
  } else {
    rtp_.ResumeProducer(now, producer);
  }
  Settle(now);
}

void Session::SetTraces(const worker::SetTraces& command) {
  rtp_.SetTraces(command.producer, command.kinds);
  rtp_.SetTraces(command.consumer, command.kinds);
}

void Session::Tell(router::SessionEvent event) {
  bool trace = std::holds_alternative<router::ProducerTraced>(event) ||
               std::holds_alternative<router::ConsumerTraced>(event);
  if (trace && !context_.traces->Take(context_.loop->Now())) return;
  context_.outbox->Tell(std::move(event));
}

void Session::SetAudioListener(const worker::SetAudioListener& command) {
  router::Producer* producer = rtp_.FindProducer(command.producer);
  if (!producer) return;
  if (command.listener) {
    context_.audio->Listen(producer, *command.listener, command.prompt);
  } else {
    context_.audio->Stop(producer);
  }
}

void Session::AddConsumer(const router::ConsumerConfig& config, uint32_t producer_worker) {
  Timestamp now = context_.loop->Now();
  rtp_.AddConsumer(now, config, context_.forwarding->FanOutFor(config, producer_worker));
  context_.gates->HandleConsumerChanged(now, config.producer);
  Settle(now);
}

void Session::RemoveConsumer(router::ConsumerHandle handle) {
  const router::Consumer* consumer = rtp_.FindConsumer(handle);
  if (!consumer) return;
  const router::ProducerHandle producer = consumer->config().producer;
  rtp_.SayGoodbye(context_.loop->Now(), handle);
  HandleStreamRemoved(consumer->config().ssrc);
  if (consumer->config().rtx_ssrc) HandleStreamRemoved(*consumer->config().rtx_ssrc);
  context_.forwarding->ReleaseFanOut(rtp_.RemoveConsumer(handle));
  context_.gates->HandleConsumerChanged(context_.loop->Now(), producer);
}

void Session::SetConsumerPaused(router::ConsumerHandle handle, bool paused) {
  router::Consumer* consumer = rtp_.FindConsumer(handle);
  if (!consumer) return;
  if (paused) {
    consumer->Pause(context_.loop->Now());
  } else {
    consumer->Resume(context_.loop->Now());
  }
  context_.gates->HandleConsumerChanged(context_.loop->Now(), consumer->config().producer);
}

void Session::SetPreferredLayers(router::ConsumerHandle handle, rtp::Layers layers) {
  if (router::Consumer* consumer = rtp_.FindConsumer(handle)) {
    consumer->SetPreferredLayers(context_.loop->Now(), layers);
  }
}

void Session::SetMaxLayers(router::ConsumerHandle handle, std::optional<rtp::Layers> layers) {
  if (router::Consumer* consumer = rtp_.FindConsumer(handle)) {
    consumer->SetMaxLayers(context_.loop->Now(), layers);
  }
}

void Session::RequestKeyFrame(router::ConsumerHandle handle) {
  if (router::Consumer* consumer = rtp_.FindConsumer(handle)) consumer->RequestKeyFrame(context_.loop->Now());
}

void Session::HandleKeyFrameRequest(Timestamp now, router::Producer* producer, uint8_t encoding) {
  rtp_.HandleKeyFrameRequest(now, producer, encoding);
  ArmTimer();
}

void Session::HandleWanted(router::Producer* producer, const router::PacketSink* sink,
                           const router::WantedLayers& wanted) {
  rtp_.SetWanted(context_.loop->Now(), producer, sink, wanted);
  ArmTimer();
}

void Session::HandleRtp(Timestamp now, const SlabRef& packet, size_t size) {
  packet->Resize(size);
  rtp_received_.Add(now, size);
  if (capture_) [[unlikely]]
    Capture(now, packet->bytes(), /*rtcp=*/false, /*incoming=*/true);
  packet->packet().arrival = now;
  rtp_.HandleRtp(now, packet);
}

void Session::HandleTimeout(Timestamp now) {
  HandleTransportTimeout(now);
  if (sctp_) sctp_->HandleTimeout(now);
  rtp_.HandleTimeout(now);
  data_.HandleTimeout(now);
  Settle(now);
}

void Session::Settle(Timestamp now) {
  DrainTransport(now);
  if (sctp_ && sctp_ready()) sctp_->Start(now);
  rtp_.SetWritable(now, writable());
  ArmTimer();
}

void Session::ArmTimer() {
  const Timestamp sctp = sctp_ ? sctp_->NextTimeout() : Timestamp::Never();
  timer_.ArmAt(std::min({NextTransportTimeout(), rtp_.NextTimeout(), data_.NextTimeout(), sctp}));
}

}  // namespace sluice::worker
