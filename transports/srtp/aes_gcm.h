// AES in Galois/counter mode (RFC 7714) as a libsrtp2 cipher type, computed by BoringSSL.
//
// libsrtp2 announces a packet piecewise (IV, then associated data in one or two parts, then the payload,
// then it asks for the tag); everything is kept until the payload is there, so that a packet costs a single
// EVP_AEAD call. A key is the AES key followed by the 12-byte salt, which libsrtp2 itself mixes into the IV.
#pragma once

#include <srtp2/cipher.h>

namespace sluice::transports {

extern const srtp_cipher_type_t kAesGcm128;
extern const srtp_cipher_type_t kAesGcm256;

}  // namespace sluice::transports
