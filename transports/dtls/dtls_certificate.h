// Our certificate: what we prove to be, and what the peer is told about it in signalling (RFC 8827 §6.5).
//
// A value that may be copied and read from any thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtp/bytes.h"
#include "transports/dtls/fingerprint.h"

struct evp_pkey_st;  // BoringSSL's key.

namespace sluice::transports {

class DtlsCertificate {
 public:
  // Self-signed, ECDSA on P-256 with SHA-256, valid from ten years before `now` until ten years after it.
  // nullopt: the cryptographic library failed.
  static std::optional<DtlsCertificate> Generate(std::chrono::sys_seconds now);

  // From PEM text; of a chain, the first certificate. nullopt: not PEM, not a certificate or unencrypted
  // private key, or the key is not that of the certificate.
  static std::optional<DtlsCertificate> FromPem(std::string_view certificate, std::string_view private_key);

  Bytes der() const { return der_; }
  std::string ToPem() const;
  // One for each of kFingerprintAlgorithms, in that order.
  const std::vector<Fingerprint>& fingerprints() const { return fingerprints_; }
  evp_pkey_st* private_key() const { return private_key_.get(); }

 private:
  DtlsCertificate(std::shared_ptr<evp_pkey_st> private_key, std::vector<uint8_t> der);

  std::shared_ptr<evp_pkey_st> private_key_;
  std::vector<uint8_t> der_;
  std::vector<Fingerprint> fingerprints_;
};

// The text form of any certificate; empty if the library failed.
std::string CertificateToPem(Bytes der);

}  // namespace sluice::transports
