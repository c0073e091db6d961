// What BoringSSL calls back for: the time, datagrams in and out, and whether the peer's certificate is the
// signalled one.
#pragma once

#include <openssl/ssl.h>

#include <vector>

#include "rtp/bytes.h"
#include "rtp/units.h"
#include "transports/dtls/fingerprint.h"

namespace sluice::transports {

// One SSL's surroundings: its app data and the data of its BIO. Outlives the SSL.
struct SslPeer {
  std::vector<Fingerprint> fingerprints;  // As signalled.
  bool certificate_rejected = false;
  Bytes received;                          // The datagram to read next; empty: none.
  std::vector<std::vector<uint8_t>> sent;  // Datagrams in the order in which they were written.
};

// BoringSSL asks for the time without saying for which SSL: set it before each call into BoringSSL. Per
// thread.
void SetSslClock(Timestamp now);

// Gives every SSL of `context` the clock above, and the fingerprint check (RFC 8122 §5) in place of a
// certificate chain's: any known fingerprint that matches will do, and at least one must.
void InstallSslCallbacks(SSL_CTX* context);

// Ties `ssl` to `peer`. False: out of memory.
[[nodiscard]] bool AttachSslPeer(SSL* ssl, SslPeer* peer);

// The peer's certificate, once it is there.
Bytes PeerCertificate(const SSL* ssl);

}  // namespace sluice::transports
