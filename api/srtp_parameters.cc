#include "api/srtp_parameters.h"

#include <optional>
#include <string>

#include "api/base64.h"
#include "api/json_rpc/text.h"
#include "worker/random.h"

namespace sluice::api {

using transports::SrtpProfile;

const ObjectReader::Choices<SrtpProfile> kCryptoSuites = {
    {"AEAD_AES_256_GCM", SrtpProfile::kAeadAes256Gcm},
    {"AEAD_AES_128_GCM", SrtpProfile::kAeadAes128Gcm},
    {"AES_CM_128_HMAC_SHA1_80", SrtpProfile::kAesCm128HmacSha1_80},
    {"AES_CM_128_HMAC_SHA1_32", SrtpProfile::kAesCm128HmacSha1_32}};

SrtpParameters ReadSrtpParameters(ObjectReader params) {
  SrtpParameters parameters;
  parameters.profile = params.RequiredChoice<SrtpProfile>("cryptoSuite", kCryptoSuites);
  std::string text = params.RequiredString("keyBase64");
  params.Finish();
  if (!params.ok()) return parameters;
  std::optional<std::vector<uint8_t>> key = DecodeBase64(text);
  size_t length = transports::SrtpKeyAndSaltLength(parameters.profile);
  if (!key) {
    params.Fail(RpcError::InvalidValue(params.PathOf("keyBase64"), "is not base64"));
  } else if (key->size() != length) {
    params.Fail(RpcError::InvalidValue(
        params.PathOf("keyBase64"),
        Concat("must be the ", std::to_string(length), " bytes of a key and salt of ",
               transports::SrtpProfileName(parameters.profile), " and has ", std::to_string(key->size()))));
  } else {
    parameters.key_and_salt = *std::move(key);
  }
  return parameters;
}

nlohmann::json ToJson(const SrtpParameters& parameters) {
  return {{"cryptoSuite", transports::SrtpProfileName(parameters.profile)},
          {"keyBase64", EncodeBase64(parameters.key_and_salt)}};
}

SrtpParameters NewSrtpParameters(SrtpProfile profile) {
  SrtpParameters parameters{.profile = profile, .key_and_salt = {}};
  parameters.key_and_salt.resize(transports::SrtpKeyAndSaltLength(profile));
  worker::RandomBytes(parameters.key_and_salt);
  return parameters;
}

}  // namespace sluice::api
