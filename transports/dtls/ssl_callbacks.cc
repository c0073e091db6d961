#include "transports/dtls/ssl_callbacks.h"

#include <openssl/bio.h>
#include <openssl/pool.h>
#include <openssl/stack.h>
#include <sys/time.h>

#include <algorithm>

namespace sluice::transports {
namespace {

thread_local Timestamp ssl_clock = Timestamp::Micros(0);

void CurrentTime(const SSL* /*null*/, timeval* out) {
  int64_t us = std::max<int64_t>(ssl_clock.us(), 0);
  out->tv_sec = static_cast<decltype(out->tv_sec)>(us / 1'000'000);
  out->tv_usec = static_cast<decltype(out->tv_usec)>(us % 1'000'000);
}

bool MatchesAny(Bytes certificate, const std::vector<Fingerprint>& fingerprints) {
  return std::any_of(fingerprints.begin(), fingerprints.end(), [&](const Fingerprint& signalled) {
    std::optional<Fingerprint> wanted = ParseFingerprint(signalled.algorithm, signalled.value);
    return wanted && ComputeFingerprint(wanted->algorithm, certificate) == wanted;
  });
}

ssl_verify_result_t VerifyPeer(SSL* ssl, uint8_t* out_alert) {
  auto* peer = static_cast<SslPeer*>(SSL_get_app_data(ssl));
  if (MatchesAny(PeerCertificate(ssl), peer->fingerprints)) return ssl_verify_ok;
  peer->certificate_rejected = true;
  *out_alert = SSL_AD_BAD_CERTIFICATE;
  return ssl_verify_invalid;
}

int BioRead(BIO* bio, char* out, int size) {
  BIO_clear_retry_flags(bio);
  auto* peer = static_cast<SslPeer*>(BIO_get_data(bio));
  if (peer->received.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  size_t count = std::min(peer->received.size(), static_cast<size_t>(size));
  std::copy_n(peer->received.begin(), count, reinterpret_cast<uint8_t*>(out));
  peer->received = {};
  return static_cast<int>(count);
}

int BioWrite(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  if (size <= 0) return size;
  auto* peer = static_cast<SslPeer*>(BIO_get_data(bio));
  const auto* bytes = reinterpret_cast<const uint8_t*>(data);
  peer->sent.emplace_back(bytes, bytes + size);
  return size;
}

long BioControl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* NewBioMethod() {
  BIO_METHOD* method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "datagrams of an SslPeer");
  if (method == nullptr) return nullptr;
  BIO_meth_set_read(method, BioRead);
  BIO_meth_set_write(method, BioWrite);
  BIO_meth_set_ctrl(method, BioControl);
  return method;
}

}  // namespace

void SetSslClock(Timestamp now) { ssl_clock = now; }

void InstallSslCallbacks(SSL_CTX* context) {
  SSL_CTX_set_current_time_cb(context, CurrentTime);
  SSL_CTX_set_custom_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, VerifyPeer);
}

bool AttachSslPeer(SSL* ssl, SslPeer* peer) {
  static const BIO_METHOD* const method = NewBioMethod();
  BIO* bio = method == nullptr ? nullptr : BIO_new(method);
  if (bio == nullptr) return false;
  BIO_set_data(bio, peer);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  return SSL_set_app_data(ssl, peer) == 1;
}

Bytes PeerCertificate(const SSL* ssl) {
  const STACK_OF(CRYPTO_BUFFER)* chain = SSL_get0_peer_certificates(ssl);
  if (chain == nullptr || sk_CRYPTO_BUFFER_num(chain) == 0) return {};
  const CRYPTO_BUFFER* leaf = sk_CRYPTO_BUFFER_value(chain, 0);
  return {CRYPTO_BUFFER_data(leaf), CRYPTO_BUFFER_len(leaf)};
}

}  // namespace sluice::transports
