// mediasoup's srtpParameters: {cryptoSuite, keyBase64}.
#pragma once

#include <nlohmann/json.hpp>

#include "api/graph/objects.h"
#include "api/json_rpc/json_reader.h"

namespace sluice::api {

// For a field with the name of a suite.
extern const ObjectReader::Choices<transports::SrtpProfile> kCryptoSuites;

// Errors stay in the reader: among them a key whose length is not that of its suite.
SrtpParameters ReadSrtpParameters(ObjectReader params);
nlohmann::json ToJson(const SrtpParameters& parameters);

// With a random key.
SrtpParameters NewSrtpParameters(transports::SrtpProfile profile);

}  // namespace sluice::api
