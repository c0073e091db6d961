// SCTP associations and streams in requests and answers, in mediasoup's shapes.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "api/graph/objects.h"
#include "api/json_rpc/json_reader.h"

namespace sluice::api {

std::string_view ToString(transports::SctpState state);

// enableSctp and the options that go with it; nullopt: no SCTP is wanted.
std::optional<transports::SctpOptions> ReadSctpOptions(ObjectReader& params, bool in_dtls);
nlohmann::json SctpParametersJson(const SctpDetails& details);
// sctpParameters, sctpState and, once negotiated, sctpNegotiatedCapabilities.
nlohmann::json SctpJson(const SctpDetails& details);
nlohmann::json SctpNegotiatedCapabilitiesJson(const SctpDetails& details);

// ordered, maxPacketLifeTime and maxRetransmits; what is absent is as in `otherwise`, and a limit makes a
// channel unordered unless told. At most one limit, and none for an ordered channel.
rtp::DataReliability ReadReliability(ObjectReader& params, const rtp::DataReliability& otherwise = {});
nlohmann::json SctpStreamParametersJson(const SctpStreamParameters& parameters);

}  // namespace sluice::api
