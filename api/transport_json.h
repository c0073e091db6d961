// Transports as JSON: what requests answer, and the dumps, in mediasoup's shapes.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "api/graph/objects.h"
#include "transports/dtls/dtls_context.h"

namespace sluice::api {

std::string_view ToString(transports::IceState state);
std::string_view ToString(transports::DtlsState state);
std::string_view ToString(transports::DtlsRole role);
std::string_view ToString(transports::Protocol protocol);

nlohmann::json IceParametersJson(const WebRtcDetails& details);
nlohmann::json IceCandidatesJson(const WebRtcDetails& details);
nlohmann::json DtlsParametersJson(const WebRtcDetails& details, const transports::DtlsContext& dtls);
// The local side as clients know it (announced).
nlohmann::json TupleJson(const ListenAddress& listening, const transports::Path& path);
// Of UDP; without a remote until one is known.
nlohmann::json TupleJson(const ListenAddress& listening, const std::optional<transports::Endpoint>& remote);
// What a plain transport has besides, as it is created and dumped.
nlohmann::json PlainJson(const PlainDetails& details);
// The same of a pipe transport.
nlohmann::json PipeJson(const PipeDetails& details);

// The answer to a transport's creation: `details` of its kind, and what all kinds have.
nlohmann::json CreatedJson(const Transport& transport, nlohmann::json details);

// transport.dump of any kind.
nlohmann::json TransportJson(const Transport& transport, const transports::DtlsContext& dtls);

}  // namespace sluice::api
