// What is negotiated and configured for the SCTP association of a transport (RFC 8831), and its state. The
// defaults are mediasoup's.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::transports {

enum class SctpState : uint8_t { kNew, kConnecting, kConnected, kFailed, kClosed };

// Streams of an association, each way: what libwebrtc's clients have ids for.
inline constexpr uint16_t kSctpStreams = 1'024;

struct SctpOptions {
  uint16_t port = 5000;                    // Ours and the peer's.
  size_t max_send_message_size = 262'144;  // Bytes, as the other sizes.
  size_t max_receive_message_size = 262'144;
  size_t send_buffer_size = 2'000'000;  // Of all streams together.
  size_t per_stream_send_queue_limit = 2'000'000;
  size_t max_receiver_window = 5'242'880;
  size_t default_low_threshold = 1'024;  // Of a stream's buffered amount.
  bool in_dtls = true;                   // Otherwise straight in UDP.
  bool to_router = false;                // The peer is one of us: messages may say whom they are for.
};

}  // namespace sluice::transports
