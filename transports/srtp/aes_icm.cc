#include "transports/srtp/aes_icm.h"

#include <openssl/aes.h>
#include <openssl/mem.h>

#include <array>
#include <cstring>

// libsrtp2's own self-test vectors, which it exports without declaring them in an installed header.
extern "C" {
extern const srtp_cipher_test_case_t srtp_aes_icm_128_test_case_0;
extern const srtp_cipher_test_case_t srtp_aes_icm_256_test_case_0;
}

namespace sluice::transports {
namespace {

constexpr int kSaltLength = 14;

class AesIcm {
 public:
  explicit AesIcm(int key_length) : key_length_(key_length) {}
  ~AesIcm() { OPENSSL_cleanse(this, sizeof(*this)); }

  bool SetKey(const uint8_t* key_and_salt) {
    salt_.fill(0);
    std::memcpy(salt_.data(), key_and_salt + key_length_, kSaltLength);
    return AES_set_encrypt_key(key_and_salt, static_cast<unsigned>(key_length_) * 8, &key_) == 0;
  }

  // The first counter block is the nonce XOR the salt; its last two octets count blocks.
  void SetNonce(const uint8_t* nonce) {
    for (size_t i = 0; i < counter_.size(); ++i) counter_[i] = salt_[i] ^ nonce[i];
    used_of_block_ = 0;
  }

  void Crypt(uint8_t* data, size_t size) {
    AES_ctr128_encrypt(data, data, size, &key_, counter_.data(), keystream_.data(), &used_of_block_);
  }

 private:
  AES_KEY key_;
  int key_length_;
  unsigned used_of_block_ = 0;
  std::array<uint8_t, AES_BLOCK_SIZE> salt_{};
  std::array<uint8_t, AES_BLOCK_SIZE> counter_{};
  std::array<uint8_t, AES_BLOCK_SIZE> keystream_{};
};

template <const srtp_cipher_type_t& kType, int kKeyLength>
srtp_err_status_t Alloc(srtp_cipher_pointer_t* cipher, int key_and_salt_length, int /*tag_length*/) {
  if (key_and_salt_length != kKeyLength + kSaltLength) return srtp_err_status_bad_param;
  auto* state = new AesIcm(kKeyLength);
  *cipher = new srtp_cipher_t{&kType, state, key_and_salt_length, static_cast<int>(kType.id)};
  return srtp_err_status_ok;
}

srtp_err_status_t Dealloc(srtp_cipher_pointer_t cipher) {
  delete static_cast<AesIcm*>(cipher->state);
  delete cipher;
  return srtp_err_status_ok;
}

srtp_err_status_t Init(void* state, const uint8_t* key) {
  return static_cast<AesIcm*>(state)->SetKey(key) ? srtp_err_status_ok : srtp_err_status_init_fail;
}

srtp_err_status_t Crypt(void* state, uint8_t* buffer, unsigned int* size) {
  static_cast<AesIcm*>(state)->Crypt(buffer, *size);
  return srtp_err_status_ok;
}

srtp_err_status_t SetIv(void* state, uint8_t* iv, srtp_cipher_direction_t /*direction*/) {
  static_cast<AesIcm*>(state)->SetNonce(iv);
  return srtp_err_status_ok;
}

}  // namespace

const srtp_cipher_type_t kAesIcm128 = {Alloc<kAesIcm128, 16>,
                                       Dealloc,
                                       Init,
                                       /*set_aad=*/nullptr,
                                       Crypt,
                                       Crypt,
                                       SetIv,
                                       /*get_tag=*/nullptr,
                                       "AES-128 integer counter mode (BoringSSL)",
                                       &srtp_aes_icm_128_test_case_0,
                                       SRTP_AES_ICM_128};

const srtp_cipher_type_t kAesIcm256 = {Alloc<kAesIcm256, 32>,
                                       Dealloc,
                                       Init,
                                       /*set_aad=*/nullptr,
                                       Crypt,
                                       Crypt,
                                       SetIv,
                                       /*get_tag=*/nullptr,
                                       "AES-256 integer counter mode (BoringSSL)",
                                       &srtp_aes_icm_256_test_case_0,
                                       SRTP_AES_ICM_256};

}  // namespace sluice::transports
