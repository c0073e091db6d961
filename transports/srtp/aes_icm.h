// AES in integer counter mode (RFC 3711 §4.1.1) as a libsrtp2 cipher type, computed by BoringSSL.
//
// Serves AES_CM_128_HMAC_SHA1_* and the key derivation of every profile. A key is the AES key followed by
// the 14-byte salt.
#pragma once

#include <srtp2/cipher.h>

namespace sluice::transports {

extern const srtp_cipher_type_t kAesIcm128;
extern const srtp_cipher_type_t kAesIcm256;

}  // namespace sluice::transports
