// The seam between data channels and what carries them: an SCTP association, or the application.
#pragma once

#include <cstddef>
#include <cstdint>

#include "router/data/data_config.h"
#include "router/data/data_message.h"

namespace sluice::router {

enum class DataSendResult : uint8_t { kSent, kBufferFull, kClosed, kTooLarge };

class DataPort {
 public:
  virtual ~DataPort() = default;

  // Takes the message for sending, or says why not; `unlimited`: however full the buffer is. None of these
  // calls back.
  virtual DataSendResult SendData(const DataConsumerConfig& consumer, const DataMessage& message,
                                  bool unlimited) = 0;
  // Bytes that were taken and have not left.
  virtual size_t BufferedAmount(const DataConsumerConfig& consumer) const = 0;
  // How full the buffer is that they are in, which others may share: at 1 SendData() answers kBufferFull.
  virtual double BufferFill(const DataConsumerConfig& consumer) const = 0;
  // Bytes that have left that buffer for the peer, ever.
  virtual uint64_t BytesLeft() const = 0;
  // An outgoing stream ends, or an incoming one is not wanted any more (RFC 6525).
  virtual void ResetOutgoing(uint16_t stream) = 0;
  virtual void ResetIncoming(uint16_t stream) = 0;
  // While held, nothing more is taken from the peer, whose own buffer then fills up.
  virtual void HoldIncoming(bool held) = 0;
  // For the application: a message was dropped because the buffer was full.
  virtual void TellBufferFull(DataConsumerHandle consumer) = 0;
};

}  // namespace sluice::router
