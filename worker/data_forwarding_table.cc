#include "worker/data_forwarding_table.h"

#include <algorithm>
#include <utility>

namespace sluice::worker {

// --- A neighbour's share of a producer that lives here.

void DataForwardingTable::PeerSink::HandleMessage(Timestamp, const router::DataMessageRef& message) {
  const auto size = static_cast<int64_t>(message->size());
  if (in_flight_ + size > kMaxInFlight) {
    ++table_->dropped_;
    return;
  }
  in_flight_ += size;
  table_->outbox_->Ask(worker_, ForwardedData{producer_, message});
  if (in_flight_ > kWindow) full_ = true;
  Update();
}

void DataForwardingTable::PeerSink::HandleAcknowledged(int64_t bytes) {
  in_flight_ = std::max(int64_t{0}, in_flight_ - bytes);
  if (in_flight_ < kWindow / 2) full_ = false;
  Update();
}

void DataForwardingTable::PeerSink::set_held_there(bool held) {
  held_there_ = held;
  Update();
}

void DataForwardingTable::PeerSink::Update() {
  const bool hold = held_there_ || full_;
  if (hold == std::exchange(holding_, hold)) return;
  table_->SetHeldBy(producer_, this, hold);
}

// --- Producers and fan-outs of this worker.

void DataForwardingTable::AddProducer(router::DataProducer* producer, DataProducerHome* home) {
  producers_[producer->config().handle] = {producer, home, {}};
  // Its consumers may have come first: commands to other workers overtake.
  auto it = fan_outs_.find(producer->config().handle);
  if (it != fan_outs_.end()) producer->AddSink(it->second.fan_out.get());
}

void DataForwardingTable::RemoveProducer(router::DataProducerHandle producer) { producers_.erase(producer); }

router::DataFanOut* DataForwardingTable::FanOutFor(router::DataProducerHandle producer,
                                                   uint32_t producer_worker) {
  auto [it, added] = fan_outs_.try_emplace(producer);
  LocalFanOut& local = it->second;
  if (!added) return local.fan_out.get();
  local.fan_out = std::make_unique<router::DataFanOut>(producer, this);
  local.producer_worker = producer_worker;
  if (producer_worker != outbox_->self()) {
    outbox_->Ask(producer_worker, SubscribeData{producer});
  } else if (auto home = producers_.find(producer); home != producers_.end()) {
    home->second.producer->AddSink(local.fan_out.get());
  }
  return local.fan_out.get();
}

void DataForwardingTable::ReleaseFanOut(router::DataFanOut* fan_out) {
  if (!fan_out->empty()) return;
  const router::DataProducerHandle producer = fan_out->producer();
  auto it = fan_outs_.find(producer);
  if (it->second.producer_worker != outbox_->self()) {
    outbox_->Ask(it->second.producer_worker, UnsubscribeData{producer});
  } else if (auto local = producers_.find(producer); local != producers_.end()) {
    local->second.producer->RemoveSink(fan_out);
  }
  fan_outs_.erase(it);
}

void DataForwardingTable::SetHeld(router::DataProducerHandle producer, bool held) {
  auto it = fan_outs_.find(producer);
  if (it == fan_outs_.end()) return;
  if (it->second.producer_worker != outbox_->self()) {
    outbox_->Ask(it->second.producer_worker, HoldData{producer, held});
  } else {
    SetHeldBy(producer, it->second.fan_out.get(), held);
  }
}

void DataForwardingTable::SetHeldBy(router::DataProducerHandle producer, const router::DataSink* sink,
                                    bool held) {
  auto it = producers_.find(producer);
  if (it != producers_.end()) it->second.home->HandleHeld(it->second.producer, sink, held);
}

// --- From neighbours.

DataForwardingTable::PeerSink* DataForwardingTable::FindPeer(router::DataProducerHandle producer,
                                                             uint32_t worker) {
  auto it = producers_.find(producer);
  if (it == producers_.end()) return nullptr;
  auto peer = it->second.peers.find(worker);
  return peer == it->second.peers.end() ? nullptr : peer->second.get();
}

void DataForwardingTable::Handle(uint32_t from, const SubscribeData& request) {
  auto it = producers_.find(request.producer);
  if (it == producers_.end()) return;
  auto [peer, added] = it->second.peers.try_emplace(from);
  if (!added) return;
  peer->second = std::make_unique<PeerSink>(this, request.producer, from);
  it->second.producer->AddSink(peer->second.get());
}

void DataForwardingTable::Handle(uint32_t from, const UnsubscribeData& request) {
  PeerSink* peer = FindPeer(request.producer, from);
  if (!peer) return;
  LocalProducer& local = producers_.find(request.producer)->second;
  local.producer->RemoveSink(peer);
  local.home->HandleHeld(local.producer, peer, false);
  local.peers.erase(from);
}

void DataForwardingTable::Handle(uint32_t from, const HoldData& request) {
  if (PeerSink* peer = FindPeer(request.producer, from)) peer->set_held_there(request.held);
}

void DataForwardingTable::Handle(uint32_t from, const DataHandled& request) {
  if (PeerSink* peer = FindPeer(request.producer, from)) peer->HandleAcknowledged(request.bytes);
}

void DataForwardingTable::Handle(Timestamp now, const ForwardedData& forwarded) {
  auto it = fan_outs_.find(forwarded.producer);
  if (it == fan_outs_.end()) return;
  LocalFanOut& local = it->second;
  local.fan_out->HandleMessage(now, forwarded.message);
  local.unacknowledged += static_cast<int64_t>(forwarded.message->size());
  if (local.unacknowledged < kAcknowledgement) return;
  outbox_->Ask(local.producer_worker,
               DataHandled{forwarded.producer, std::exchange(local.unacknowledged, 0)});
}

}  // namespace sluice::worker
