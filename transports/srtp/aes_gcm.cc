#include "transports/srtp/aes_gcm.h"

#include <openssl/aead.h>

#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include "rtp/bytes.h"

// libsrtp2's own self-test vectors, which it exports without declaring them in an installed header.
extern "C" {
extern const srtp_cipher_test_case_t srtp_aes_gcm_128_test_case_0;
extern const srtp_cipher_test_case_t srtp_aes_gcm_256_test_case_0;
}

namespace sluice::transports {
namespace {

constexpr int kSaltLength = 12;
constexpr size_t kIvLength = 12;

class AesGcm {
 public:
  AesGcm(const EVP_AEAD* aead, size_t tag_length) : aead_(aead), tag_length_(tag_length) {
    EVP_AEAD_CTX_zero(&context_);
  }
  ~AesGcm() { EVP_AEAD_CTX_cleanup(&context_); }
  AesGcm(const AesGcm&) = delete;
  AesGcm& operator=(const AesGcm&) = delete;

  bool SetKey(const uint8_t* key) {
    EVP_AEAD_CTX_cleanup(&context_);
    return EVP_AEAD_CTX_init(&context_, aead_, key, EVP_AEAD_key_length(aead_), tag_length_, nullptr) == 1;
  }

  // Starts a packet.
  void SetIv(const uint8_t* iv) {
    std::memcpy(iv_.data(), iv, kIvLength);
    aad_ = {};
  }

  // The first part is borrowed until the packet is done (libsrtp2 passes the packet's own header); a second
  // one (the SRTCP index, in a local variable of libsrtp2's) is copied behind it.
  void AddAad(Bytes part) {
    if (aad_.empty()) {
      aad_ = part;
      return;
    }
    if (aad_.data() != joined_aad_.data()) joined_aad_.assign(aad_.begin(), aad_.end());
    joined_aad_.insert(joined_aad_.end(), part.begin(), part.end());
    aad_ = joined_aad_;
  }

  bool Seal(MutableBytes data) {
    size_t tag_length = 0;
    return EVP_AEAD_CTX_seal_scatter(&context_, data.data(), tag_.data(), &tag_length, tag_.size(),
                                     iv_.data(), kIvLength, data.data(), data.size(), nullptr, 0, aad_.data(),
                                     aad_.size()) == 1;
  }

  // Of what Seal() was last called for.
  Bytes tag() const { return Bytes(tag_).first(tag_length_); }

  // `data` ends with the tag. Returns the size of the plaintext.
  std::optional<size_t> Open(MutableBytes data) {
    size_t size = 0;
    if (EVP_AEAD_CTX_open(&context_, data.data(), &size, data.size(), iv_.data(), kIvLength, data.data(),
                          data.size(), aad_.data(), aad_.size()) != 1) {
      return std::nullopt;
    }
    return size;
  }

 private:
  EVP_AEAD_CTX context_;
  const EVP_AEAD* aead_;
  size_t tag_length_;
  std::array<uint8_t, kIvLength> iv_{};
  std::array<uint8_t, EVP_AEAD_MAX_OVERHEAD> tag_{};
  Bytes aad_;
  std::vector<uint8_t> joined_aad_;
};

template <const srtp_cipher_type_t& kType, int kKeyLength>
srtp_err_status_t Alloc(srtp_cipher_pointer_t* cipher, int key_and_salt_length, int tag_length) {
  if (key_and_salt_length != kKeyLength + kSaltLength) return srtp_err_status_bad_param;
  if (tag_length != 8 && tag_length != 16) return srtp_err_status_bad_param;
  const EVP_AEAD* aead = kKeyLength == 16 ? EVP_aead_aes_128_gcm() : EVP_aead_aes_256_gcm();
  auto* state = new AesGcm(aead, static_cast<size_t>(tag_length));
  *cipher = new srtp_cipher_t{&kType, state, key_and_salt_length, static_cast<int>(kType.id)};
  return srtp_err_status_ok;
}

srtp_err_status_t Dealloc(srtp_cipher_pointer_t cipher) {
  delete static_cast<AesGcm*>(cipher->state);
  delete cipher;
  return srtp_err_status_ok;
}

srtp_err_status_t Init(void* state, const uint8_t* key) {
  return static_cast<AesGcm*>(state)->SetKey(key) ? srtp_err_status_ok : srtp_err_status_init_fail;
}

srtp_err_status_t SetIv(void* state, uint8_t* iv, srtp_cipher_direction_t /*direction*/) {
  static_cast<AesGcm*>(state)->SetIv(iv);
  return srtp_err_status_ok;
}

srtp_err_status_t SetAad(void* state, const uint8_t* aad, uint32_t size) {
  static_cast<AesGcm*>(state)->AddAad({aad, size});
  return srtp_err_status_ok;
}

srtp_err_status_t Encrypt(void* state, uint8_t* buffer, unsigned int* size) {
  return static_cast<AesGcm*>(state)->Seal({buffer, *size}) ? srtp_err_status_ok
                                                            : srtp_err_status_cipher_fail;
}

srtp_err_status_t GetTag(void* state, uint8_t* out, uint32_t* size) {
  Bytes tag = static_cast<AesGcm*>(state)->tag();
  std::memcpy(out, tag.data(), tag.size());
  *size = static_cast<uint32_t>(tag.size());
  return srtp_err_status_ok;
}

srtp_err_status_t Decrypt(void* state, uint8_t* buffer, unsigned int* size) {
  std::optional<size_t> plaintext = static_cast<AesGcm*>(state)->Open({buffer, *size});
  if (!plaintext) return srtp_err_status_auth_fail;
  *size = static_cast<unsigned int>(*plaintext);
  return srtp_err_status_ok;
}

}  // namespace

const srtp_cipher_type_t kAesGcm128 = {Alloc<kAesGcm128, 16>,
                                       Dealloc,
                                       Init,
                                       SetAad,
                                       Encrypt,
                                       Decrypt,
                                       SetIv,
                                       GetTag,
                                       "AES-128 GCM (BoringSSL)",
                                       &srtp_aes_gcm_128_test_case_0,
                                       SRTP_AES_GCM_128};

const srtp_cipher_type_t kAesGcm256 = {Alloc<kAesGcm256, 32>,
                                       Dealloc,
                                       Init,
                                       SetAad,
                                       Encrypt,
                                       Decrypt,
                                       SetIv,
                                       GetTag,
                                       "AES-256 GCM (BoringSSL)",
                                       &srtp_aes_gcm_256_test_case_0,
                                       SRTP_AES_GCM_256};

}  // namespace sluice::transports
