#include "transports/srtp/boringssl_ciphers.h"

#include <srtp2/auth.h>
#include <srtp2/cipher.h>
#include <srtp2/srtp.h>

#include <initializer_list>

#include "transports/srtp/aes_gcm.h"
#include "transports/srtp/aes_icm.h"
#include "transports/srtp/hmac_sha1.h"

namespace sluice::transports {
namespace {

bool Initialize() {
  if (srtp_init() != srtp_err_status_ok) return false;
  for (const srtp_cipher_type_t* type : {&kAesIcm128, &kAesIcm256, &kAesGcm128, &kAesGcm256}) {
    if (srtp_replace_cipher_type(type, type->id) != srtp_err_status_ok) return false;
  }
  return srtp_replace_auth_type(&kHmacSha1, kHmacSha1.id) == srtp_err_status_ok;
}

}  // namespace

bool EnsureSrtpInitialized() {
  static const bool initialized = Initialize();
  return initialized;
}

}  // namespace sluice::transports
