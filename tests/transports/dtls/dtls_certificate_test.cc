#include "transports/dtls/dtls_certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/obj.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "tests/transports/dtls/dtls_pair.h"

namespace sluice::transports {
namespace {

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1'800'000'000)};

bssl::UniquePtr<X509> Decode(Bytes der) {
  const uint8_t* data = der.data();
  return bssl::UniquePtr<X509>(d2i_X509(nullptr, &data, static_cast<long>(der.size())));
}

std::string KeyPem(const DtlsCertificate& certificate) {
  bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), certificate.private_key(), nullptr, nullptr, 0, nullptr, nullptr);
  const uint8_t* data = nullptr;
  size_t size = 0;
  BIO_mem_contents(bio.get(), &data, &size);
  return {reinterpret_cast<const char*>(data), size};
}

TEST(DtlsCertificateTest, IsSelfSignedEcdsaOnP256) {
  bssl::UniquePtr<X509> certificate = Decode(DtlsCertificate::Generate(kNow)->der());
  ASSERT_TRUE(certificate);
  bssl::UniquePtr<EVP_PKEY> key(X509_get_pubkey(certificate.get()));
  EXPECT_EQ(X509_verify(certificate.get(), key.get()), 1);
  EXPECT_EQ(X509_get_signature_nid(certificate.get()), NID_ecdsa_with_SHA256);
  EXPECT_EQ(EC_GROUP_get_curve_name(EC_KEY_get0_group(EVP_PKEY_get0_EC_KEY(key.get()))),
            NID_X9_62_prime256v1);
  EXPECT_EQ(X509_get_version(certificate.get()), 2);
}

TEST(DtlsCertificateTest, IsValidTenYearsAround) {
  bssl::UniquePtr<X509> certificate = Decode(DtlsCertificate::Generate(kNow)->der());
  bssl::UniquePtr<ASN1_TIME> now(ASN1_TIME_set(nullptr, kNow.time_since_epoch().count()));
  int days = 0, seconds = 0;
  ASSERT_TRUE(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(certificate.get()), now.get()));
  EXPECT_EQ(days, 3653);
  ASSERT_TRUE(ASN1_TIME_diff(&days, &seconds, now.get(), X509_get0_notAfter(certificate.get())));
  EXPECT_EQ(days, 3653);
}

TEST(DtlsCertificateTest, EachIsAnother) {
  EXPECT_NE(DtlsCertificate::Generate(kNow)->fingerprints(), DtlsCertificate::Generate(kNow)->fingerprints());
}

TEST(DtlsCertificateTest, HasAFingerprintOfEachAlgorithm) {
  DtlsCertificate certificate = *DtlsCertificate::Generate(kNow);
  ASSERT_EQ(certificate.fingerprints().size(), 5u);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(certificate.fingerprints()[i],
              ComputeFingerprint(kFingerprintAlgorithms[i], certificate.der()));
  }
}

TEST(DtlsCertificateTest, PemRoundTrip) {
  DtlsCertificate certificate = *DtlsCertificate::Generate(kNow);
  EXPECT_THAT(certificate.ToPem(), testing::StartsWith("-----BEGIN CERTIFICATE-----\n"));
  std::optional<DtlsCertificate> read = DtlsCertificate::FromPem(certificate.ToPem(), KeyPem(certificate));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->fingerprints(), certificate.fingerprints());

  // And it still proves who it is.
  DtlsPairOptions options;
  options.server_context = DtlsContext::Create(*read);
  options.client_expects = certificate.fingerprints();
  DtlsPair pair(1, options);
  pair.StartAndRun();
  EXPECT_TRUE(pair.BothConnected());
}

TEST(DtlsCertificateTest, BadPemIsRefused) {
  DtlsCertificate a = *DtlsCertificate::Generate(kNow);
  DtlsCertificate b = *DtlsCertificate::Generate(kNow);
  EXPECT_FALSE(DtlsCertificate::FromPem(a.ToPem(), KeyPem(b)));
  EXPECT_FALSE(DtlsCertificate::FromPem(a.ToPem(), ""));
  EXPECT_FALSE(DtlsCertificate::FromPem("", KeyPem(a)));
  EXPECT_FALSE(DtlsCertificate::FromPem(KeyPem(a), a.ToPem()));
  EXPECT_FALSE(DtlsCertificate::FromPem(a.ToPem().substr(0, 100), KeyPem(a)));
}

// It must not ask for the pass phrase on the terminal.
TEST(DtlsCertificateTest, EncryptedKeyIsRefused) {
  DtlsCertificate certificate = *DtlsCertificate::Generate(kNow);
  bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  std::vector<uint8_t> pass_phrase = {'s', 'e', 'c', 'r', 'e', 't'};
  ASSERT_TRUE(PEM_write_bio_PrivateKey(bio.get(), certificate.private_key(), EVP_aes_128_cbc(),
                                       pass_phrase.data(), static_cast<int>(pass_phrase.size()), nullptr,
                                       nullptr));
  const uint8_t* data = nullptr;
  size_t size = 0;
  BIO_mem_contents(bio.get(), &data, &size);
  std::string encrypted(reinterpret_cast<const char*>(data), size);
  ASSERT_THAT(encrypted, testing::HasSubstr("ENCRYPTED"));
  EXPECT_FALSE(DtlsCertificate::FromPem(certificate.ToPem(), encrypted));
}

}  // namespace
}  // namespace sluice::transports
