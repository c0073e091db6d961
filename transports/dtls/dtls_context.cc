#include "transports/dtls/dtls_context.h"

#include <absl/strings/str_join.h>
#include <openssl/pool.h>
#include <openssl/ssl.h>

#include <string>

#include "transports/dtls/ssl_callbacks.h"

namespace sluice::transports {
namespace {

// Forward secrecy and authenticated encryption only; the first is the one that RFC 8827 §6.5 demands.
constexpr char kCiphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

// A peer's self-signed certificate has 300 octets to 1.5 KiB; this bounds what one session can buffer.
constexpr size_t kMaxPeerCertificates = 16 * 1024;

std::string_view BoringsslName(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::kAeadAes128Gcm:
      return "SRTP_AEAD_AES_128_GCM";
    case SrtpProfile::kAeadAes256Gcm:
      return "SRTP_AEAD_AES_256_GCM";
    case SrtpProfile::kAesCm128HmacSha1_80:
      return "SRTP_AES128_CM_SHA1_80";
    case SrtpProfile::kAesCm128HmacSha1_32:
      return "SRTP_AES128_CM_SHA1_32";
  }
  return "";
}

bool SetVersions(SSL_CTX* context) {
#ifdef DTLS1_3_VERSION
  constexpr uint16_t kNewest = DTLS1_3_VERSION;
#else
  constexpr uint16_t kNewest = DTLS1_2_VERSION;
#endif
  return SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) &&
         SSL_CTX_set_max_proto_version(context, kNewest);
}

bool SetCertificate(SSL_CTX* context, const DtlsCertificate& certificate) {
  bssl::UniquePtr<CRYPTO_BUFFER> leaf(
      CRYPTO_BUFFER_new(certificate.der().data(), certificate.der().size(), nullptr));
  CRYPTO_BUFFER* chain[] = {leaf.get()};
  return leaf && SSL_CTX_set_chain_and_key(context, chain, 1, certificate.private_key(), nullptr);
}

// As a server, BoringSSL takes the first of its own list that the client offers.
bool SetSrtpProfiles(SSL_CTX* context, const std::vector<SrtpProfile>& profiles) {
  if (profiles.empty()) return true;
  std::string names = absl::StrJoin(
      profiles, ":", [](std::string* out, SrtpProfile profile) { out->append(BoringsslName(profile)); });
  return SSL_CTX_set_srtp_profiles(context, names.c_str()) == 1;
}

}  // namespace

std::shared_ptr<const DtlsContext> DtlsContext::Create(DtlsCertificate certificate, const Options& options) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(DTLS_with_buffers_method()), SSL_CTX_free);
  if (!context || !SetVersions(context.get()) || !SSL_CTX_set_strict_cipher_list(context.get(), kCiphers) ||
      !SetCertificate(context.get(), certificate) || !SetSrtpProfiles(context.get(), options.srtp_profiles)) {
    return nullptr;
  }
  SSL_CTX_set_options(context.get(),
                      SSL_OP_NO_TICKET | SSL_OP_NO_QUERY_MTU | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list(context.get(), kMaxPeerCertificates);
  InstallSslCallbacks(context.get());
  return std::shared_ptr<const DtlsContext>(new DtlsContext(std::move(certificate), std::move(context)));
}

}  // namespace sluice::transports
