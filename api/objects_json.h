// The control plane's objects as JSON: what requests answer, and the dumps, in mediasoup's shapes.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "api/graph/objects.h"
#include "transports/dtls/dtls_context.h"
#include "worker/snapshots.h"

namespace sluice::api {

std::string_view ToString(transports::IceState state);
std::string_view ToString(transports::DtlsState state);
std::string_view ToString(transports::DtlsRole role);
std::string_view ToString(transports::Protocol protocol);

nlohmann::json IceParametersJson(const Transport& transport);
nlohmann::json IceCandidatesJson(const Transport& transport);
nlohmann::json DtlsParametersJson(const Transport& transport, const transports::DtlsContext& dtls);
// The local side as clients know it (announced).
nlohmann::json TupleJson(const Transport& transport, const transports::Path& path);
nlohmann::json PreferredLayersJson(const Consumer& consumer);

nlohmann::json WorkerJson(const worker::WorkerSnapshot& snapshot);
nlohmann::json RouterJson(const Router& router);
nlohmann::json TransportJson(const Transport& transport, const transports::DtlsContext& dtls);
nlohmann::json ProducerJson(const Producer& producer);
nlohmann::json ConsumerJson(const Consumer& consumer);

}  // namespace sluice::api
