// ORTC's JSON and what drivers say (README.md) to and from the generator's own terms.
#pragma once

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "bench/load/parameters.h"
#include "transports/dtls/fingerprint.h"

namespace sluice::load {

// The rtpParameters of a stream to be published.
nlohmann::json RtpParametersJson(const StreamPlan& stream);
// What every client can receive.
nlohmann::json ClientRtpCapabilities();
// The codecs of a room.
nlohmann::json RoomMediaCodecs();
nlohmann::json DtlsParametersJson(const std::vector<transports::Fingerprint>& ours);

// Errors name the field at fault.
absl::StatusOr<ConnectionParameters> ReadConnection(const nlohmann::json& json);
absl::StatusOr<IncomingParameters> ReadIncoming(const nlohmann::json& json);
absl::StatusOr<Joined> ReadJoined(const nlohmann::json& json);

}  // namespace sluice::load
