// What waits to be given to usrsctp, a queue for each outgoing stream.
//
// Streams take turns message by message: a message's fragments must follow each other on the wire (RFC 9260
// §6.9), so one that has begun is finished first. A message whose lifetime ends while it waits is dropped. A
// stream's reset waits for the messages before it, and the messages after it wait for its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rtp/bytes.h"
#include "rtp/data_message.h"
#include "rtp/units.h"

namespace sluice::transports {

class SctpSendQueue {
 public:
  struct Limits {
    size_t total = 2'000'000;  // Bytes of all streams together; a message is taken while there are fewer.
    size_t per_stream = 2'000'000;
    size_t low_threshold = 1024;  // Unless set for a stream.
  };
  struct Message {
    uint16_t stream = 0;
    uint32_t ppid = 0;
    rtp::DataReliability reliability;
    Timestamp expiry = Timestamp::Never();
    rtp::SharedBytes payload;  // Not empty.
    size_t taken = 0;          // Octets of it that usrsctp has.

    Bytes rest() const { return Bytes(*payload).subspan(taken); }
  };

  explicit SctpSendQueue(const Limits& limits) : limits_(limits) {}

  bool HasRoom(uint16_t stream) const;
  void Push(Message message);
  void PushReset(uint16_t stream);

  // The message whose turn it is; nullptr: none. Valid until the next call.
  const Message* Next(Timestamp now);
  // usrsctp took `size` octets of what Next() answered; it may be all of them.
  void Take(size_t size);
  // usrsctp will have none of it: the rest is forgotten.
  void DropNext();
  // The other streams first, if it is for its stream's reset that usrsctp does not take the message. False:
  // it is not.
  bool PostponeNext();
  size_t waiting_streams() const { return turns_.size(); }

  // Streams that are to be reset now.
  std::vector<uint16_t> TakeResets() { return std::exchange(resets_, {}); }
  // A stream has been reset, or will not be. That usrsctp takes its next message says so as well.
  void FinishReset(uint16_t stream);

  void HandleTimeout(Timestamp now);
  Timestamp NextTimeout() const;

  size_t buffered(uint16_t stream) const;
  size_t buffered() const { return buffered_; }
  // How full what a message of this stream goes through is: 1 is a limit.
  double fill(uint16_t stream) const;
  uint64_t taken() const { return taken_; }  // Octets by usrsctp, ever.
  void SetLowThreshold(uint16_t stream, size_t threshold);
  // Streams whose buffered amount has fallen to their threshold since the last call.
  std::vector<uint16_t> TakeLowStreams() { return std::exchange(low_, {}); }
  uint64_t expired() const { return expired_; }

 private:
  struct Stream {
    std::deque<Message> messages;  // One without payload stands for a reset.
    size_t buffered = 0;
    std::optional<size_t> low_threshold;
    bool in_turn = false;  // In turns_.
    bool resetting = false;
  };

  void Schedule(uint16_t id, Stream* stream);
  void PopFront(uint16_t id, Stream* stream);
  void Shrink(uint16_t id, Stream* stream, size_t size);
  void DropExpired(Timestamp now, uint16_t id, Stream* stream);

  Limits limits_;
  absl::flat_hash_map<uint16_t, Stream> streams_;
  std::deque<uint16_t> turns_;  // Streams with a message to send; the first is next.
  std::vector<uint16_t> resets_;
  std::vector<uint16_t> low_;
  size_t buffered_ = 0;
  uint64_t taken_ = 0;
  uint64_t expired_ = 0;
};

}  // namespace sluice::transports
