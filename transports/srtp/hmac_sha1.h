// HMAC-SHA1 (RFC 2104) as a libsrtp2 authentication type, computed by BoringSSL.
//
// The states after the two padded keys are computed once a key, which saves two of the SHA-1 blocks that a
// packet would cost.
#pragma once

#include <srtp2/auth.h>

namespace sluice::transports {

extern const srtp_auth_type_t kHmacSha1;

}  // namespace sluice::transports
