#include "transports/srtp/hmac_sha1.h"

#include <openssl/mem.h>
#include <openssl/sha.h>

#include <array>
#include <cstring>

#include "rtp/bytes.h"

// libsrtp2's own self-test vector, which it exports without declaring it in an installed header.
extern "C" {
extern const srtp_auth_test_case_t srtp_hmac_test_case_0;
}

namespace sluice::transports {
namespace {

class HmacSha1 {
 public:
  ~HmacSha1() { OPENSSL_cleanse(this, sizeof(*this)); }

  // `key` is at most one SHA-1 block.
  void SetKey(Bytes key) {
    keyed_inner_ = PaddedKey(key, 0x36);
    keyed_outer_ = PaddedKey(key, 0x5c);
    current_ = keyed_inner_;
  }

  void Start() { current_ = keyed_inner_; }
  void Update(Bytes message) { SHA1_Update(&current_, message.data(), message.size()); }

  std::array<uint8_t, SHA_DIGEST_LENGTH> Finish() {
    std::array<uint8_t, SHA_DIGEST_LENGTH> digest;
    SHA1_Final(digest.data(), &current_);
    SHA_CTX outer = keyed_outer_;
    SHA1_Update(&outer, digest.data(), digest.size());
    SHA1_Final(digest.data(), &outer);
    return digest;
  }

 private:
  static SHA_CTX PaddedKey(Bytes key, uint8_t pad) {
    std::array<uint8_t, SHA_CBLOCK> block;
    block.fill(pad);
    for (size_t i = 0; i < key.size(); ++i) block[i] ^= key[i];
    SHA_CTX state;
    SHA1_Init(&state);
    SHA1_Update(&state, block.data(), block.size());
    OPENSSL_cleanse(block.data(), block.size());
    return state;
  }

  SHA_CTX keyed_inner_;
  SHA_CTX keyed_outer_;
  SHA_CTX current_;
};

srtp_err_status_t Alloc(srtp_auth_pointer_t* auth, int key_length, int tag_length) {
  if (key_length < 0 || key_length > SHA_DIGEST_LENGTH) return srtp_err_status_bad_param;
  if (tag_length < 0 || tag_length > SHA_DIGEST_LENGTH) return srtp_err_status_bad_param;
  *auth = new srtp_auth_t{&kHmacSha1, new HmacSha1, tag_length, key_length, /*prefix_len=*/0};
  return srtp_err_status_ok;
}

srtp_err_status_t Dealloc(srtp_auth_pointer_t auth) {
  delete static_cast<HmacSha1*>(auth->state);
  delete auth;
  return srtp_err_status_ok;
}

srtp_err_status_t Init(void* state, const uint8_t* key, int key_length) {
  static_cast<HmacSha1*>(state)->SetKey({key, static_cast<size_t>(key_length)});
  return srtp_err_status_ok;
}

srtp_err_status_t Start(void* state) {
  static_cast<HmacSha1*>(state)->Start();
  return srtp_err_status_ok;
}

srtp_err_status_t Update(void* state, const uint8_t* message, int size) {
  static_cast<HmacSha1*>(state)->Update({message, static_cast<size_t>(size)});
  return srtp_err_status_ok;
}

srtp_err_status_t Compute(void* state, const uint8_t* message, int size, int tag_length, uint8_t* tag) {
  auto* hmac = static_cast<HmacSha1*>(state);
  hmac->Update({message, static_cast<size_t>(size)});
  std::memcpy(tag, hmac->Finish().data(), static_cast<size_t>(tag_length));
  return srtp_err_status_ok;
}

}  // namespace

const srtp_auth_type_t kHmacSha1 = {
    Alloc,         Dealloc, Init, Compute, Update, Start, "HMAC-SHA1 (BoringSSL)", &srtp_hmac_test_case_0,
    SRTP_HMAC_SHA1};

}  // namespace sluice::transports
