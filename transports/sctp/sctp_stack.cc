#include "transports/sctp/sctp_stack.h"

#include <usrsctp.h>

#include <algorithm>

#include "transports/sctp/sctp_packet.h"

namespace sluice::transports {
namespace {

// Where this thread's packets go: while it is in a Scope, or in HandleTimers().
struct Destination {
  SctpId association;
  SctpPackets* packets = nullptr;
  std::vector<SctpStack::TimerOutput>* timer_outputs = nullptr;
};
thread_local Destination destination;

// What a data channel does not use is off: it is only more to attack. Times as in RFC 9260 §16 but for what
// has to do with the round trips of today (RFC 9260 leaves them to the user), as libwebrtc has them.
void Configure() {
  usrsctp_sysctl_set_sctp_blackhole(2);  // No answers to what belongs to no association.
  usrsctp_sysctl_set_sctp_ecn_enable(0);
  usrsctp_sysctl_set_sctp_asconf_enable(0);
  usrsctp_sysctl_set_sctp_auth_enable(0);
  usrsctp_sysctl_set_sctp_nrsack_enable(0);
  usrsctp_sysctl_set_sctp_pktdrop_enable(0);
  usrsctp_sysctl_set_sctp_pr_enable(1);
  usrsctp_sysctl_set_sctp_reconfig_enable(1);
  usrsctp_sysctl_set_sctp_initial_cwnd(10);
  // No chunk is given up for how often it was sent: in a rush that overflows the peer's socket, 30 fast
  // retransmissions take less than a second. Whether the peer still answers is counted in timeouts.
  usrsctp_sysctl_set_sctp_max_retran_chunk(0);
  usrsctp_sysctl_set_sctp_rto_initial_default(500);
  usrsctp_sysctl_set_sctp_rto_min_default(400);  // Above the peer's delayed acknowledgement (200 ms).
  usrsctp_sysctl_set_sctp_rto_max_default(4'000);
  usrsctp_sysctl_set_sctp_init_rto_max_default(4'000);
  // Chunks that wait to be read or to be reassembled. What is small is counted with usrsctp's own overhead in
  // the receive window, so that bounds the memory; this must not be hit before.
  usrsctp_sysctl_set_sctp_max_chunks_on_queue(16'384);
}

}  // namespace

SctpStack& SctpStack::Get() {
  static SctpStack* const stack = new SctpStack();
  return *stack;
}

SctpStack::SctpStack() {
  // Writers first: with readers on every other thread the timers would have to wait for a gap between them.
  pthread_rwlockattr_t attributes;
  pthread_rwlockattr_init(&attributes);
  pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  pthread_rwlock_init(&lock_, &attributes);
  pthread_rwlockattr_destroy(&attributes);
  usrsctp_init_nothreads(0, &SctpStack::Output, nullptr);
  usrsctp_enable_crc32c_offload();
  Configure();
}

SctpStack::Scope::Scope(SctpId association, SctpPackets* packets, Access access) {
  SctpStack& stack = Get();
  if (access == Access::kAlone) {
    pthread_rwlock_wrlock(&stack.lock_);
  } else {
    pthread_rwlock_rdlock(&stack.lock_);
  }
  destination = {.association = association, .packets = packets};
}

SctpStack::Scope::~Scope() {
  destination = {};
  pthread_rwlock_unlock(&Get().lock_);
}

SctpId SctpStack::NewId(uint16_t owner) { return SctpId(owner, next_serial_.fetch_add(1)); }

void* SctpStack::TakeAddress(SctpId association, bool fresh) {
  in_use_.fetch_add(1);
  if (!fresh && rested_.size() > kRested) {
    void* address = rested_.front();
    rested_.pop_front();
    slots_[reinterpret_cast<uintptr_t>(address) - 1] = association;
    return address;
  }
  slots_.push_back(association);
  void* address = reinterpret_cast<void*>(slots_.size());
  usrsctp_register_address(address);
  return address;
}

void SctpStack::GiveBack(void* address) {
  slots_[reinterpret_cast<uintptr_t>(address) - 1] = SctpId();
  rested_.push_back(address);
  in_use_.fetch_sub(1);
}

SctpId SctpStack::OwnerOf(void* address) const {
  const auto slot = reinterpret_cast<uintptr_t>(address) - 1;
  return slot < slots_.size() ? slots_[slot] : SctpId();
}

std::vector<SctpStack::TimerOutput> SctpStack::HandleTimers(Timestamp now) {
  std::lock_guard guard(timers_);
  if (idle()) {
    last_tick_.reset();
    return {};
  }
  const TimeDelta elapsed = now - last_tick_.value_or(now);
  if (!last_tick_ || elapsed < TimeDelta::Zero()) {  // Another clock: in tests only.
    last_tick_ = now;
    return {};
  }
  last_tick_ = *last_tick_ + TimeDelta::Millis(elapsed.ms());
  std::vector<TimerOutput> outputs;
  pthread_rwlock_wrlock(&lock_);
  destination = {.timer_outputs = &outputs};
  usrsctp_handle_timers(static_cast<uint32_t>(elapsed.ms()));
  destination = {};
  pthread_rwlock_unlock(&lock_);
  return outputs;
}

int SctpStack::Output(void* address, void* packet, size_t size, uint8_t, uint8_t) {
  const auto* bytes = static_cast<const uint8_t*>(packet);
  const SctpId association = Get().OwnerOf(address);
  std::vector<uint8_t> copy(bytes, bytes + size);
  if (size >= SctpPacket::kHeaderSize) StoreSctpChecksum(copy);
  if (destination.timer_outputs) {
    if (association != SctpId()) destination.timer_outputs->push_back({association, std::move(copy)});
  } else if (destination.packets && destination.association == association) {
    destination.packets->push_back(std::move(copy));
  }
  return 0;
}

// What an association's own calls bring about is read by them.
void SctpStack::Notice(struct ::socket*, void* address, int) {
  const SctpId association = Get().OwnerOf(address);
  if (destination.timer_outputs && association != SctpId()) {
    destination.timer_outputs->push_back({association, {}});
  }
}

}  // namespace sluice::transports
