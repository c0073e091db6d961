// One end of a pipe between two routers of the process, as its worker runs it: what it sends arrives at the
// other end by reference, through the mailbox between their workers (which may be one and the same). No
// socket, no encryption, no SCTP.
//
// Data messages are never lost on the way, so what has not been taken at the other end is bounded: by the
// send buffer's size, as with SCTP.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "transports/sctp/sctp_options.h"
#include "worker/session.h"

namespace sluice::worker {

class LocalPipeSession : public Session {
 public:
  LocalPipeSession(const WorkerContext& context, const CreateLocalPipe& command);
  ~LocalPipeSession() override;

  // From the other end.
  void Handle(Timestamp now, PipedPacket&& piped);
  void Handle(Timestamp now, PipedData&& piped);
  void Handle(Timestamp now, const PipedDataTaken& taken);

 private:
  // What a message costs besides its bytes: many empty ones are bounded, too.
  static constexpr size_t kMessageOverhead = 64;

  struct Stream {
    size_t buffered = 0;  // Bytes that were not taken yet.
    size_t low_threshold = 0;
  };

  // router::PacketPort
  void SendRtp(SlabRef packet, router::MediaKind kind) override;
  void SendRtcp(SlabRef packet) override;
  // router::DataPort
  router::DataSendResult SendData(const router::DataConsumerConfig& consumer,
                                  const router::DataMessage& message, bool unlimited) override;
  size_t BufferedAmount(const router::DataConsumerConfig& consumer) const override;
  double BufferFill(const router::DataConsumerConfig& consumer) const override;
  uint64_t BytesLeft() const override { return taken_; }
  void ResetOutgoing(uint16_t stream) override { streams_.erase(stream); }
  void ResetIncoming(uint16_t) override {}
  void HoldIncoming(bool held) override;
  void SetLowThreshold(const router::DataConsumerConfig& consumer, size_t bytes) override;
  // Session
  bool writable() const override { return true; }
  void DrainTransport(Timestamp) override {}
  void HandleTransportTimeout(Timestamp) override {}
  Timestamp NextTransportTimeout() const override { return Timestamp::Never(); }
  void HandleStreamRemoved(Ssrc) override {}
  void Describe(TransportSnapshot* snapshot) const override;

  void TellTaken(uint16_t stream, size_t bytes);

  transports::SctpOptions data_options_;
  uint32_t peer_worker_;
  router::TransportHandle peer_;
  absl::flat_hash_map<uint16_t, Stream> streams_;  // Outgoing.
  size_t occupied_ = 0;                            // By all that was not taken.
  uint64_t taken_ = 0;
  bool held_ = false;                                  // What arrives is not acknowledged,
  std::vector<std::pair<uint16_t, size_t>> not_told_;  // but kept here: streams and bytes.
};

}  // namespace sluice::worker
