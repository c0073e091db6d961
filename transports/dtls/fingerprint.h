// Certificate fingerprints as signalling carries them (RFC 8122 §5): a hash of the DER certificate.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rtp/bytes.h"

namespace sluice::transports {

struct Fingerprint {
  std::string algorithm;  // "sha-1", "sha-224", "sha-256", "sha-384" or "sha-512"
  std::string value;      // "AB:CD:…", upper case

  bool operator==(const Fingerprint&) const = default;
};

// In growing strength.
inline constexpr std::string_view kFingerprintAlgorithms[] = {"sha-1", "sha-224", "sha-256", "sha-384",
                                                              "sha-512"};

// The algorithm as listed above, for any case; nullopt: unknown.
std::optional<std::string_view> KnownFingerprintAlgorithm(std::string_view name);

// Brings a signalled fingerprint into the form above. nullopt: the algorithm is unknown, or the value is not
// colon-separated hexadecimal octets of the algorithm's length.
std::optional<Fingerprint> ParseFingerprint(std::string_view algorithm, std::string_view value);

// nullopt: the algorithm is unknown.
std::optional<Fingerprint> ComputeFingerprint(std::string_view algorithm, Bytes der_certificate);

}  // namespace sluice::transports
