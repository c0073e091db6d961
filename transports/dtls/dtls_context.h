// What all DTLS sessions of the process share: our certificate and the policy (RFC 8827 §6.5, RFC 5764).
//
// Immutable once made; any number of threads may create sessions from it.
#pragma once

#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "transports/dtls/dtls_certificate.h"
#include "transports/srtp/srtp_profile.h"

struct ssl_ctx_st;  // BoringSSL's context.

namespace sluice::transports {

class DtlsContext {
 public:
  struct Options {
    // In order of preference, which is ours when we are the server whatever the client's order is. Empty: no
    // DTLS-SRTP.
    std::vector<SrtpProfile> srtp_profiles{std::begin(kAllSrtpProfiles), std::end(kAllSrtpProfiles)};
  };

  // nullptr: the cryptographic library refused (the certificate's key, most likely).
  static std::shared_ptr<const DtlsContext> Create(DtlsCertificate certificate, const Options& options);
  static std::shared_ptr<const DtlsContext> Create(DtlsCertificate certificate) {
    return Create(std::move(certificate), Options());
  }

  const DtlsCertificate& certificate() const { return certificate_; }
  ssl_ctx_st* ssl_context() const { return ssl_context_.get(); }

 private:
  DtlsContext(DtlsCertificate certificate, std::shared_ptr<ssl_ctx_st> ssl_context)
      : certificate_(std::move(certificate)), ssl_context_(std::move(ssl_context)) {}

  DtlsCertificate certificate_;
  std::shared_ptr<ssl_ctx_st> ssl_context_;
};

}  // namespace sluice::transports
