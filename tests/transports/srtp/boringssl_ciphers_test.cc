#include "transports/srtp/boringssl_ciphers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <srtp2/auth.h>
#include <srtp2/cipher.h>

#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "transports/srtp/aes_gcm.h"
#include "transports/srtp/aes_icm.h"
#include "transports/srtp/hmac_sha1.h"

// Exported by libsrtp2, declared in no installed header.
extern "C" {
extern const srtp_cipher_test_case_t srtp_aes_icm_128_test_case_0;
extern const srtp_cipher_test_case_t srtp_aes_icm_256_test_case_0;
extern const srtp_cipher_test_case_t srtp_aes_gcm_128_test_case_0;
extern const srtp_cipher_test_case_t srtp_aes_gcm_256_test_case_0;
extern const srtp_auth_test_case_t srtp_hmac_test_case_0;
const srtp_cipher_type_t* srtp_crypto_kernel_get_cipher_type(srtp_cipher_type_id_t id);
const srtp_auth_type_t* srtp_crypto_kernel_get_auth_type(srtp_auth_type_id_t id);
}

namespace sluice::transports {
namespace {

std::vector<int> TagLengths(const srtp_cipher_test_case_t* test_case) {
  std::vector<int> lengths;
  for (; test_case != nullptr; test_case = test_case->next_test_case)
    lengths.push_back(test_case->tag_length_octets);
  return lengths;
}

TEST(BoringsslCiphersTest, PassLibsrtpsOwnVectors) {
  EXPECT_EQ(srtp_cipher_type_test(&kAesIcm128, &srtp_aes_icm_128_test_case_0), srtp_err_status_ok);
  EXPECT_EQ(srtp_cipher_type_test(&kAesIcm256, &srtp_aes_icm_256_test_case_0), srtp_err_status_ok);
  EXPECT_EQ(srtp_cipher_type_test(&kAesGcm128, &srtp_aes_gcm_128_test_case_0), srtp_err_status_ok);
  EXPECT_EQ(srtp_cipher_type_test(&kAesGcm256, &srtp_aes_gcm_256_test_case_0), srtp_err_status_ok);
  EXPECT_EQ(srtp_auth_type_test(&kHmacSha1, &srtp_hmac_test_case_0), srtp_err_status_ok);
}

TEST(BoringsslCiphersTest, TheVectorsCoverBothTagLengths) {
  EXPECT_THAT(TagLengths(&srtp_aes_gcm_128_test_case_0), testing::IsSupersetOf({8, 16}));
  EXPECT_THAT(TagLengths(&srtp_aes_gcm_256_test_case_0), testing::IsSupersetOf({8, 16}));
}

TEST(BoringsslCiphersTest, TheVectorsFailAnotherCipher) {
  srtp_cipher_test_case_t wrong = srtp_aes_icm_128_test_case_0;
  std::vector<uint8_t> ciphertext(wrong.ciphertext, wrong.ciphertext + wrong.ciphertext_length_octets);
  ciphertext[0] ^= 1;
  wrong.ciphertext = ciphertext.data();
  EXPECT_EQ(srtp_cipher_type_test(&kAesIcm128, &wrong), srtp_err_status_algo_fail);
}

TEST(BoringsslCiphersTest, AreTheOnesThatLibsrtpUses) {
  ASSERT_TRUE(EnsureSrtpInitialized());
  EXPECT_EQ(srtp_crypto_kernel_get_cipher_type(SRTP_AES_ICM_128), &kAesIcm128);
  EXPECT_EQ(srtp_crypto_kernel_get_cipher_type(SRTP_AES_ICM_256), &kAesIcm256);
  EXPECT_EQ(srtp_crypto_kernel_get_cipher_type(SRTP_AES_GCM_128), &kAesGcm128);
  EXPECT_EQ(srtp_crypto_kernel_get_cipher_type(SRTP_AES_GCM_256), &kAesGcm256);
  EXPECT_EQ(srtp_crypto_kernel_get_auth_type(SRTP_HMAC_SHA1), &kHmacSha1);
}

TEST(BoringsslCiphersTest, RejectLengthsOfNoProfile) {
  srtp_cipher_t* cipher = nullptr;
  EXPECT_EQ(kAesIcm128.alloc(&cipher, 31, 0), srtp_err_status_bad_param);
  EXPECT_EQ(kAesGcm128.alloc(&cipher, 44, 16), srtp_err_status_bad_param);
  EXPECT_EQ(kAesGcm128.alloc(&cipher, 28, 12), srtp_err_status_bad_param);
  srtp_auth_t* auth = nullptr;
  EXPECT_EQ(kHmacSha1.alloc(&auth, 21, 10), srtp_err_status_bad_param);
  EXPECT_EQ(kHmacSha1.alloc(&auth, 20, 21), srtp_err_status_bad_param);
}

// GCM takes its associated data in pieces; the tag must be that of the whole (SRTCP does this).
TEST(BoringsslCiphersTest, AssociatedDataInPiecesIsTheWhole) {
  std::vector<uint8_t> key(28, 7), iv(12, 9), aad(300, 5);
  auto seal = [&](std::vector<uint32_t> pieces) {
    srtp_cipher_t* cipher = nullptr;
    EXPECT_EQ(kAesGcm128.alloc(&cipher, 28, 16), srtp_err_status_ok);
    kAesGcm128.init(cipher->state, key.data());
    kAesGcm128.set_iv(cipher->state, iv.data(), srtp_direction_encrypt);
    const uint8_t* next = aad.data();
    for (uint32_t piece : pieces) {
      kAesGcm128.set_aad(cipher->state, next, piece);
      next += piece;
    }
    std::vector<uint8_t> sealed(20 + 16, 1);
    unsigned size = 20;
    kAesGcm128.encrypt(cipher->state, sealed.data(), &size);
    uint32_t tag = 0;
    kAesGcm128.get_tag(cipher->state, sealed.data() + size, &tag);
    kAesGcm128.dealloc(cipher);
    return sealed;
  };
  EXPECT_EQ(seal({100, 150, 50}), seal({300}));
  EXPECT_EQ(seal({8, 292}), seal({300}));
  EXPECT_NE(seal({299}), seal({300}));
}

TEST(BoringsslCiphersTest, InitialisationIsThreadSafe) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([] { EXPECT_TRUE(EnsureSrtpInitialized()); });
  for (std::thread& thread : threads) thread.join();
}

// OpenSSL exports the same symbols as BoringSSL: with both in a process, calls end up in the wrong one.
TEST(BoringsslCiphersTest, NoOpenSslInTheProcess) {
  ASSERT_TRUE(EnsureSrtpInitialized());
  std::ifstream in("/proc/self/maps");
  std::string maps((std::istreambuf_iterator<char>(in)), {});
  ASSERT_THAT(maps, testing::HasSubstr("libsrtp2.so"));
  EXPECT_THAT(maps, testing::Not(testing::HasSubstr("libssl.so.3")));
  EXPECT_THAT(maps, testing::Not(testing::HasSubstr("libcrypto.so.3")));
  EXPECT_THAT(maps, testing::Not(testing::HasSubstr("libssl.so.1")));
  EXPECT_THAT(maps, testing::Not(testing::HasSubstr("libcrypto.so.1")));
}

}  // namespace
}  // namespace sluice::transports
