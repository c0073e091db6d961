// Who may connect: the peer with a signalled fingerprint and nobody else (RFC 8122 §5, RFC 8827 §6.5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

#include "tests/transports/dtls/dtls_pair.h"

namespace sluice::transports {
namespace {

Fingerprint Right(std::string_view algorithm, const DtlsContext& context) {
  return *ComputeFingerprint(algorithm, context.certificate().der());
}

Fingerprint Wrong(std::string_view algorithm, const DtlsContext& context) {
  Fingerprint fingerprint = Right(algorithm, context);
  fingerprint.value.back() = fingerprint.value.back() == '0' ? '1' : '0';
  return fingerprint;
}

class DtlsFingerprintCheckTest : public testing::TestWithParam<std::string_view> {};
INSTANTIATE_TEST_SUITE_P(AllAlgorithms, DtlsFingerprintCheckTest, testing::ValuesIn(kFingerprintAlgorithms),
                         [](const auto& test) { return "sha" + std::string(test.param.substr(4)); });

TEST_P(DtlsFingerprintCheckTest, RightOneConnects) {
  DtlsPairOptions options;
  options.client_expects = {Right(GetParam(), *ServerContext())};
  options.server_expects = {Right(GetParam(), *ClientContext())};
  DtlsPair pair(1, options);
  pair.StartAndRun();
  EXPECT_TRUE(pair.BothConnected());
}

TEST_P(DtlsFingerprintCheckTest, ClientRefusesAnotherServer) {
  DtlsPairOptions options;
  options.client_expects = {Wrong(GetParam(), *ServerContext())};
  DtlsPair pair(1, options);
  pair.StartAndRun();
  EXPECT_FALSE(pair.client.connected);
  EXPECT_FALSE(pair.server.connected);
  EXPECT_EQ(pair.client.session.state(), DtlsState::kFailed);
  EXPECT_THAT(pair.client.failed.value_or(""), testing::HasSubstr("fingerprint"));
  EXPECT_EQ(pair.server.session.state(), DtlsState::kFailed);  // By the alert.
  EXPECT_THAT(pair.server.failed.value_or(""), testing::HasSubstr("BAD_CERTIFICATE"));
}

TEST_P(DtlsFingerprintCheckTest, ServerRefusesAnotherClient) {
  DtlsPairOptions options;
  options.server_expects = {Wrong(GetParam(), *ClientContext())};
  DtlsPair pair(1, options);
  pair.StartAndRun();
  EXPECT_FALSE(pair.client.connected);
  EXPECT_FALSE(pair.server.connected);
  EXPECT_EQ(pair.server.session.state(), DtlsState::kFailed);
  EXPECT_THAT(pair.server.failed.value_or(""), testing::HasSubstr("fingerprint"));
  EXPECT_EQ(pair.client.session.state(), DtlsState::kFailed);
}

TEST_P(DtlsFingerprintCheckTest, AnyRightOneSuffices) {
  DtlsPairOptions options;
  options.server_expects = {
      Wrong("sha-256", *ClientContext()), {"md5", "00:11"}, Right(GetParam(), *ClientContext())};
  DtlsPair pair(1, options);
  pair.StartAndRun();
  EXPECT_TRUE(pair.BothConnected());
}

TEST(DtlsFingerprintListTest, LowerCaseIsAccepted) {
  DtlsPairOptions options;
  Fingerprint fingerprint = Right("sha-256", *ClientContext());
  fingerprint.algorithm = "SHA-256";
  for (char& c : fingerprint.value) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  options.server_expects = {fingerprint};
  DtlsPair pair(1, options);
  pair.StartAndRun();
  EXPECT_TRUE(pair.BothConnected());
}

TEST(DtlsFingerprintListTest, NobodyConnectsWithoutAKnownFingerprint) {
  for (std::vector<Fingerprint> none :
       {std::vector<Fingerprint>{}, {{"md5", "00:11"}}, {{"sha-256", "garbage"}}}) {
    DtlsPairOptions options;
    options.server_expects = none;
    DtlsPair pair(1, options);
    pair.StartAndRun();
    EXPECT_FALSE(pair.server.connected);
    EXPECT_EQ(pair.server.session.state(), DtlsState::kFailed);
  }
}

}  // namespace
}  // namespace sluice::transports
