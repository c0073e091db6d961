// Negotiation of a consumer: what of a producer's stream a client gets, and how.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/json_rpc/result.h"
#include "api/ortc/rtp_capabilities.h"
#include "api/ortc/rtp_parameters.h"
#include "rtp/ids.h"

namespace sluice::api {

struct ConsumerOptions {
  bool enable_rtx = true;          // Usually true for video, false for audio.
  std::optional<std::string> mid;  // Absent: the parameters have none.
  // Random, unique within the transport, and not 1234 (the one mediasoup-client keeps for probation). The
  // retransmission stream gets ssrc + 1; with `pipe` the n encodings get ssrc, …, ssrc + n - 1 and their
  // retransmission streams the n that follow.
  Ssrc ssrc;
  bool pipe = false;  // All encodings of the producer instead of one.
};

// Whether `client` can decode at least one codec of the producer.
bool CanConsume(const RtpParameters& consumable, const RtpCapabilities& client);

// One encoding, whatever the producer has: with several, scalabilityMode says L{encodings}T{temporal layers}.
// Codecs, feedback and header extensions are those that both have; transport-cc feedback if its extension is
// among them, else goog-remb if abs-send-time is, else neither.
//
// Error: unsupported at `path` (where `client` came from) when no media codec is left.
Result<RtpParameters> NegotiateConsumer(const RtpParameters& consumable, const RtpCapabilities& client,
                                        const ConsumerOptions& options,
                                        std::string_view path = "params.rtpCapabilities");

// What goes through a pipe to another router: all encodings, and of the feedback what only the origin can
// answer (pli, fir; nack where the pipe has RTX), without what belongs to one hop (MID, bandwidth estimation)
// and with the dependency descriptor, which the other router's consumers need. `options.mid` and `pipe` are
// not used.
RtpParameters PipeConsumerParameters(const RtpParameters& consumable, const ConsumerOptions& options);

}  // namespace sluice::api
