#include "transports/dtls/fingerprint.h"

#include <absl/strings/ascii.h>
#include <openssl/digest.h>

#include <array>

namespace sluice::transports {
namespace {

// `algorithm` is one of kFingerprintAlgorithms.
const EVP_MD* Digest(std::string_view algorithm) {
  if (algorithm == "sha-1") return EVP_sha1();
  if (algorithm == "sha-224") return EVP_sha224();
  if (algorithm == "sha-256") return EVP_sha256();
  if (algorithm == "sha-384") return EVP_sha384();
  return EVP_sha512();
}

std::string ToHex(Bytes bytes) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  text.reserve(bytes.size() * 3);
  for (uint8_t byte : bytes) {
    if (!text.empty()) text += ':';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xf];
  }
  return text;
}

bool IsHexOctets(std::string_view text, size_t octets) {
  if (text.size() != octets * 3 - 1) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    bool good = i % 3 == 2 ? text[i] == ':' : absl::ascii_isxdigit(static_cast<unsigned char>(text[i]));
    if (!good) return false;
  }
  return true;
}

}  // namespace

std::optional<std::string_view> KnownFingerprintAlgorithm(std::string_view name) {
  std::string lower(name);
  absl::AsciiStrToLower(&lower);
  for (std::string_view known : kFingerprintAlgorithms) {
    if (known == lower) return known;
  }
  return std::nullopt;
}

std::optional<Fingerprint> ParseFingerprint(std::string_view algorithm, std::string_view value) {
  std::optional<std::string_view> known = KnownFingerprintAlgorithm(algorithm);
  if (!known || !IsHexOctets(value, EVP_MD_size(Digest(*known)))) return std::nullopt;
  Fingerprint fingerprint{std::string(*known), std::string(value)};
  absl::AsciiStrToUpper(&fingerprint.value);
  return fingerprint;
}

std::optional<Fingerprint> ComputeFingerprint(std::string_view algorithm, Bytes der_certificate) {
  std::optional<std::string_view> known = KnownFingerprintAlgorithm(algorithm);
  if (!known) return std::nullopt;
  std::array<uint8_t, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  if (!EVP_Digest(der_certificate.data(), der_certificate.size(), digest.data(), &size, Digest(*known),
                  nullptr)) {
    return std::nullopt;
  }
  return Fingerprint{std::string(*known), ToHex(Bytes(digest).first(size))};
}

}  // namespace sluice::transports
