#include "worker/forwarding_table.h"

#include <utility>

namespace sluice::worker {

void ForwardingTable::AddProducer(router::Producer* producer, ProducerHome* home) {
  producers_[producer->config().handle] = {producer, home, {}};
  // Its consumers may have come first: commands to other workers overtake.
  auto it = fan_outs_.find(producer->config().handle);
  if (it == fan_outs_.end()) return;
  router::FanOut* fan_out = it->second.fan_out.get();
  producer->AddSink(fan_out);
  home->HandleWanted(producer, fan_out, fan_out->wanted());
}

void ForwardingTable::RemoveProducer(router::ProducerHandle producer) { producers_.erase(producer); }

router::Producer* ForwardingTable::FindProducer(router::ProducerHandle producer) {
  auto it = producers_.find(producer);
  return it == producers_.end() ? nullptr : it->second.producer;
}

const router::FanOut* ForwardingTable::FindFanOut(router::ProducerHandle producer) const {
  auto it = fan_outs_.find(producer);
  return it == fan_outs_.end() ? nullptr : it->second.fan_out.get();
}

router::FanOut* ForwardingTable::FanOutFor(const router::ConsumerConfig& consumer, uint32_t producer_worker) {
  auto [it, added] = fan_outs_.try_emplace(consumer.producer);
  LocalFanOut& local = it->second;
  if (!added) return local.fan_out.get();
  local.fan_out = std::make_unique<router::FanOut>(consumer.producer, consumer.kind, consumer.encodings, this,
                                                   &history_memory_);
  local.producer_worker = producer_worker;
  if (producer_worker != outbox_->self()) {
    outbox_->Ask(producer_worker, Subscribe{consumer.producer});
  } else if (auto producer = producers_.find(consumer.producer); producer != producers_.end()) {
    producer->second.producer->AddSink(local.fan_out.get());
  }
  return local.fan_out.get();
}

void ForwardingTable::ReleaseFanOut(router::FanOut* fan_out) {
  if (!fan_out->empty()) return;
  router::ProducerHandle producer = fan_out->producer();
  auto it = fan_outs_.find(producer);
  if (it->second.producer_worker != outbox_->self()) {
    outbox_->Ask(it->second.producer_worker, Unsubscribe{producer});
  } else if (auto local = producers_.find(producer); local != producers_.end()) {
    local->second.producer->RemoveSink(fan_out);
  }
  fan_outs_.erase(it);
}

void ForwardingTable::RequestKeyFrame(Timestamp now, router::ProducerHandle producer, uint8_t encoding) {
  if (auto local = producers_.find(producer); local != producers_.end()) {
    local->second.home->HandleKeyFrameRequest(now, local->second.producer, encoding);
    return;
  }
  auto it = fan_outs_.find(producer);
  if (it == fan_outs_.end() || it->second.producer_worker == outbox_->self()) return;
  outbox_->Ask(it->second.producer_worker, KeyFrameRequest{producer, encoding});
}

void ForwardingTable::SetWanted(router::ProducerHandle producer, const router::WantedLayers& wanted) {
  auto it = fan_outs_.find(producer);
  if (it == fan_outs_.end()) return;
  if (it->second.producer_worker != outbox_->self()) {
    outbox_->Ask(it->second.producer_worker, WantLayers{producer, wanted});
  } else if (auto local = producers_.find(producer); local != producers_.end()) {
    local->second.home->HandleWanted(local->second.producer, it->second.fan_out.get(), wanted);
  }
}

void ForwardingTable::Handle(uint32_t from, const WantLayers& request) {
  auto it = producers_.find(request.producer);
  if (it == producers_.end()) return;
  auto peer = it->second.peers.find(from);
  if (peer == it->second.peers.end()) return;
  it->second.home->HandleWanted(it->second.producer, peer->second.get(), request.wanted);
}

void ForwardingTable::Handle(uint32_t from, const Subscribe& request) {
  auto it = producers_.find(request.producer);
  if (it == producers_.end()) return;
  auto [peer, added] = it->second.peers.try_emplace(from);
  if (!added) return;
  peer->second = std::make_unique<PeerSink>(request.producer, from, outbox_);
  it->second.producer->AddSink(peer->second.get());
}

void ForwardingTable::Handle(uint32_t from, const Unsubscribe& request) {
  auto it = producers_.find(request.producer);
  if (it == producers_.end()) return;
  auto peer = it->second.peers.find(from);
  if (peer == it->second.peers.end()) return;
  it->second.producer->RemoveSink(peer->second.get());
  it->second.peers.erase(peer);
}

void ForwardingTable::HandleMedia(Timestamp now, const PeerMedia& media) {
  if (const auto* forwarded = std::get_if<ForwardedPacket>(&media)) {
    auto it = fan_outs_.find(forwarded->producer);
    if (it != fan_outs_.end()) it->second.fan_out->HandlePacket(now, forwarded->packet);
  } else if (const auto* forwarded_report = std::get_if<ForwardedSenderReport>(&media)) {
    auto it = fan_outs_.find(forwarded_report->producer);
    if (it != fan_outs_.end())
      it->second.fan_out->HandleSenderReport(forwarded_report->encoding, forwarded_report->report);
  }
}

}  // namespace sluice::worker
