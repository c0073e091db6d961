// One SCTP association that carries data channels (RFC 8831), without I/O: usrsctp behind the contract of the
// other cores, with queues of our own before it.
//
//   SctpAssociation association(options, /*owner=*/worker);
//   association.Start(now);                                    // or by the peer's INIT
//   association.HandlePacket(now, packet);                     // and HandleTimeout(now) at NextTimeout()
//   while (std::optional<SctpAssociation::Output> output = association.Poll(now)) …   // after every call
//
// Both ends connect, neither listens. usrsctp's own timers run elsewhere (sctp_stack.h): what they put out
// for id() comes through HandleTimerOutput().
//
// Confined to one thread; no call re-enters. The peer's messages are read one at a time by Poll(), so
// SetReceiving(false) while one is handled is in time for the next.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "rtp/bytes.h"
#include "rtp/data_message.h"
#include "rtp/units.h"
#include "transports/sctp/sctp_guard.h"
#include "transports/sctp/sctp_options.h"
#include "transports/sctp/sctp_reset_gate.h"
#include "transports/sctp/sctp_send_queue.h"
#include "transports/sctp/sctp_socket.h"
#include "transports/sctp/sctp_stack.h"

namespace sluice::transports {

class SctpAssociation {
 public:
  struct Transmit {
    std::vector<uint8_t> packet;
  };
  struct StateChanged {  // Failed: the peer does not answer any more. Closed: by the peer.
    SctpState state;
    uint16_t outbound_streams = 0;  // With kConnected.
    uint16_t inbound_streams = 0;
  };
  struct Message {
    uint16_t stream;
    uint32_t ppid;
    rtp::SharedBytes payload;
  };
  struct StreamReset {  // By the peer.
    uint16_t stream;
  };
  struct BufferedAmountLow {  // Has fallen to the stream's threshold.
    uint16_t stream;
    size_t buffered;
  };
  using Output = std::variant<Transmit, StateChanged, Message, StreamReset, BufferedAmountLow>;

  enum class SendResult : uint8_t { kSent, kBufferFull, kClosed, kTooLarge };

  // `owner` gets what usrsctp's timers put out.
  SctpAssociation(const SctpOptions& options, uint16_t owner);
  ~SctpAssociation();
  SctpAssociation(const SctpAssociation&) = delete;
  SctpAssociation& operator=(const SctpAssociation&) = delete;

  void Start(Timestamp now);  // Later calls are ignored.
  void HandlePacket(Timestamp now, Bytes packet);
  void HandleTimerOutput(Timestamp now, std::vector<uint8_t> packet);
  void HandleTimeout(Timestamp now);  // Early calls are harmless.
  Timestamp NextTimeout() const;
  [[nodiscard]] std::optional<Output> Poll(Timestamp now);
  // Aborts; no StateChanged follows.
  void Close();

  // Queued until the association stands. An empty payload goes as one zero octet (RFC 8831 §6.6). With
  // `unlimited` the send buffer's limits do not count: whoever says so bounds what it sends by itself.
  SendResult Send(Timestamp now, uint16_t stream, uint32_t ppid, const rtp::DataReliability& reliability,
                  rtp::SharedBytes payload, bool unlimited = false);
  // Behind the messages sent before. The stream's next message begins anew.
  void ResetStream(Timestamp now, uint16_t stream);
  void SetBufferedAmountLowThreshold(uint16_t stream, size_t threshold);
  // Payload octets that wait here; what usrsctp has taken (256 KiB of all streams at most) counts as sent.
  size_t buffered_amount(uint16_t stream) const { return queue_.buffered(stream); }
  size_t buffered_amount() const { return queue_.buffered(); }
  // How full what a message of this stream goes through is: at 1 Send() answers kBufferFull.
  double fill(uint16_t stream) const { return queue_.fill(stream); }
  // Payload octets that have left the queue for the peer, ever.
  uint64_t taken() const { return queue_.taken(); }
  // False: messages stay unread, and the receive window closes.
  void SetReceiving(bool receiving) { receiving_ = receiving; }

  SctpId id() const { return id_; }
  SctpState state() const { return state_; }
  const SctpOptions& options() const { return options_; }
  uint64_t dropped(SctpDrop reason) const { return dropped_[static_cast<size_t>(reason)]; }
  // Messages whose lifetime ended before they were sent at all.
  uint64_t expired() const { return queue_.expired(); }

 private:
  // A message of which usrsctp has handed over parts.
  struct Partial {
    std::vector<uint8_t> payload;
    bool refused = false;  // Too large: the rest is skipped.
  };

  void Drop(SctpDrop reason) { ++dropped_[static_cast<size_t>(reason)]; }
  void SetState(SctpState state);
  void End(SctpState state);
  // What usrsctp has put out becomes outputs.
  void TakePackets();
  void HandleDueReset();
  // Gives usrsctp what it takes.
  void Pump(Timestamp now);
  bool PumpMessage(Timestamp now);
  void PumpResets();
  void CollectLow();

  // False: there is nothing to read, or nothing is to be.
  bool ReadOne(Timestamp now);
  void Handle(Timestamp now, const SctpSocket::Data& data);
  void Handle(Timestamp now, const SctpSocket::Up& up);
  void Handle(Timestamp now, const SctpSocket::Down& down);
  void Handle(Timestamp now, const SctpSocket::StreamsReset& reset);
  void Handle(Timestamp now, const SctpSocket::MessageCutShort& cut);
  void Append(const SctpSocket::Data& data);

  SctpOptions options_;
  SctpId id_;
  SctpState state_ = SctpState::kNew;
  uint16_t outbound_streams_ = 0;
  bool receiving_ = true;
  bool aborted_by_peer_ = false;  // By the last packet.
  SctpPackets packets_;           // Of usrsctp; not yet in outputs_.
  SctpGuard guard_;
  SctpResetGate reset_gate_;
  SctpSendQueue queue_;
  std::unique_ptr<SctpSocket> socket_;     // While kConnecting and kConnected.
  Partial partial_;                        // Its parts come one after the other.
  absl::flat_hash_set<uint16_t> closing_;  // Streams that we reset first: the peer's answer is the end.
  std::deque<Output> outputs_;
  std::array<uint64_t, static_cast<size_t>(SctpDrop::kCount)> dropped_{};
};

}  // namespace sluice::transports
