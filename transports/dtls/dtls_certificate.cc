#include "transports/dtls/dtls_certificate.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <ctime>
#include <utility>

namespace sluice::transports {
namespace {

constexpr int kValidityDays = 3653;  // Ten years.
constexpr char kCommonName[] = "sluice";

bssl::UniquePtr<EVP_PKEY> GenerateKey() {
  bssl::UniquePtr<EC_KEY> ec_key(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  if (!ec_key || !key || !EC_KEY_generate_key(ec_key.get())) return nullptr;
  if (!EVP_PKEY_set1_EC_KEY(key.get(), ec_key.get())) return nullptr;
  return key;
}

// RFC 5280 §4.1.2.2: positive and unique; 63 random bits.
bool SetSerialNumber(X509* certificate) {
  uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<uint8_t*>(&serial), sizeof(serial));
  bssl::UniquePtr<BIGNUM> number(BN_new());
  return number && BN_set_u64(number.get(), serial >> 1 | 1) &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
}

bool SetValidity(X509* certificate, std::chrono::sys_seconds now) {
  time_t base = static_cast<time_t>(now.time_since_epoch().count());
  return X509_time_adj_ex(X509_getm_notBefore(certificate), -kValidityDays, 0, &base) &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), kValidityDays, 0, &base);
}

bool SetNames(X509* certificate) {
  X509_NAME* name = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const uint8_t*>(kCommonName),
                                    -1, -1, 0) &&
         X509_set_issuer_name(certificate, name);
}

bssl::UniquePtr<X509> SelfSign(EVP_PKEY* key, std::chrono::sys_seconds now) {
  bssl::UniquePtr<X509> certificate(X509_new());
  if (!certificate || !X509_set_version(certificate.get(), /*X.509 v3*/ 2) ||
      !SetSerialNumber(certificate.get()) || !SetValidity(certificate.get(), now) ||
      !SetNames(certificate.get()) || !X509_set_pubkey(certificate.get(), key) ||
      !X509_sign(certificate.get(), key, EVP_sha256())) {
    return nullptr;
  }
  return certificate;
}

std::vector<uint8_t> ToDer(X509* certificate) {
  uint8_t* der = nullptr;
  int size = i2d_X509(certificate, &der);
  bssl::UniquePtr<uint8_t> owned(der);
  return size > 0 ? std::vector<uint8_t>(der, der + size) : std::vector<uint8_t>();
}

bssl::UniquePtr<BIO> ReadFrom(std::string_view text) {
  return bssl::UniquePtr<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Never asks anybody for a pass phrase.
int NoPassPhrase(char*, int, int, void*) { return -1; }

std::shared_ptr<EVP_PKEY> Shared(bssl::UniquePtr<EVP_PKEY> key) { return {key.release(), EVP_PKEY_free}; }

}  // namespace

std::optional<DtlsCertificate> DtlsCertificate::Generate(std::chrono::sys_seconds now) {
  bssl::UniquePtr<EVP_PKEY> key = GenerateKey();
  if (!key) return std::nullopt;
  bssl::UniquePtr<X509> certificate = SelfSign(key.get(), now);
  if (!certificate) return std::nullopt;
  return DtlsCertificate(Shared(std::move(key)), ToDer(certificate.get()));
}

std::optional<DtlsCertificate> DtlsCertificate::FromPem(std::string_view certificate_pem,
                                                        std::string_view private_key_pem) {
  bssl::UniquePtr<BIO> certificate_text = ReadFrom(certificate_pem);
  bssl::UniquePtr<BIO> key_text = ReadFrom(private_key_pem);
  if (!certificate_text || !key_text) return std::nullopt;
  bssl::UniquePtr<X509> certificate(
      PEM_read_bio_X509(certificate_text.get(), nullptr, NoPassPhrase, nullptr));
  bssl::UniquePtr<EVP_PKEY> key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, NoPassPhrase, nullptr));
  if (!certificate || !key || !X509_check_private_key(certificate.get(), key.get())) return std::nullopt;
  return DtlsCertificate(Shared(std::move(key)), ToDer(certificate.get()));
}

DtlsCertificate::DtlsCertificate(std::shared_ptr<evp_pkey_st> private_key, std::vector<uint8_t> der)
    : private_key_(std::move(private_key)), der_(std::move(der)) {
  for (std::string_view algorithm : kFingerprintAlgorithms)
    fingerprints_.push_back(*ComputeFingerprint(algorithm, der_));
}

std::string DtlsCertificate::ToPem() const { return CertificateToPem(der_); }

std::string CertificateToPem(Bytes der) {
  bssl::UniquePtr<BIO> text(BIO_new(BIO_s_mem()));
  const uint8_t* data = nullptr;
  size_t size = 0;
  if (!text ||
      !PEM_write_bio(text.get(), "CERTIFICATE", "", const_cast<uint8_t*>(der.data()),
                     static_cast<long>(der.size())) ||
      !BIO_mem_contents(text.get(), &data, &size)) {
    return "";
  }
  return std::string(reinterpret_cast<const char*>(data), size);
}

}  // namespace sluice::transports
