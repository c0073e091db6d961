#include "transports/ice/stun_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "tests/transports/ice/ice_client.h"

namespace sluice::transports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// RFC 5769 §2.1: a Binding request, padded with spaces rather than zeros.
constexpr char kSampleRequest[] =
    "000100582112a442b7e7a701bc34d686fa87dfae"
    "802200105354554e207465737420636c69656e74"
    "002400046e0001ff"
    "80290008932ff9b151263b36"
    "000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004e57a3bcf";
// §2.2: its answer to an IPv4 client.
constexpr char kSampleV4Response[] =
    "0101003c2112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000080001a147e112a643"
    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
    "80280004c07d4c96";
// §2.3: and to one with IPv6.
constexpr char kSampleV6Response[] =
    "010100482112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
    "80280004c8fb0b4c";
constexpr char kSamplePassword[] = "VOkJxbRl1RmTxUk/WvJxBt";

std::vector<uint8_t> FromHex(const std::string& hex) {
  std::string bytes = absl::HexStringToBytes(hex);
  return {bytes.begin(), bytes.end()};
}

// A header whose length fits `attributes`, given in hex.
std::vector<uint8_t> RequestWith(const std::string& attributes) {
  std::vector<uint8_t> message = FromHex("000100002112a442000102030405060708090a0b" + attributes);
  StoreU16(message.data() + 2, static_cast<uint16_t>(message.size() - kStunHeaderSize));
  return message;
}

TEST(StunMessageTest, ReadsTheSampleRequestOfRfc5769) {
  const std::vector<uint8_t> datagram = FromHex(kSampleRequest);
  std::optional<StunMessage> message = StunMessage::Parse(datagram);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->message_class(), StunClass::kRequest);
  EXPECT_EQ(message->method(), kStunBinding);
  EXPECT_THAT(message->transaction_id(),
              ElementsAre(0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae));
  EXPECT_EQ(message->username(), "evtj:h6vY");
  EXPECT_EQ(message->receiver_fragment(), "evtj");
  EXPECT_EQ(message->priority(), 0x6e0001ffu);
  EXPECT_EQ(message->ice_controlled(), 0x932ff9b151263b36u);
  EXPECT_FALSE(message->ice_controlling());
  EXPECT_FALSE(message->use_candidate());
  EXPECT_FALSE(message->nomination());
  EXPECT_FALSE(message->error_code());
  EXPECT_THAT(message->unknown_required(), IsEmpty());
  EXPECT_TRUE(message->VerifyFingerprint());
  EXPECT_TRUE(message->VerifyIntegrity(HmacSha1(kSamplePassword)));
  EXPECT_FALSE(message->VerifyIntegrity(HmacSha1("another password")));
}

TEST(StunMessageTest, ReadsTheSampleResponsesOfRfc5769) {
  for (auto [hex, endpoint] :
       {std::pair(kSampleV4Response, "192.0.2.1:32853"),
        std::pair(kSampleV6Response, "[2001:db8:1234:5678:11:2233:4455:6677]:32853")}) {
    const std::vector<uint8_t> datagram = FromHex(hex);
    std::optional<StunMessage> message = StunMessage::Parse(datagram);
    ASSERT_TRUE(message) << endpoint;
    EXPECT_EQ(message->message_class(), StunClass::kSuccess);
    ASSERT_TRUE(message->xor_mapped_address());
    EXPECT_EQ(message->xor_mapped_address()->ToString(), endpoint);
    EXPECT_TRUE(message->VerifyFingerprint());
    EXPECT_TRUE(message->VerifyIntegrity(HmacSha1(kSamplePassword)));
  }
}

TEST(StunMessageTest, EveryFlippedBitIsNoticed) {
  std::vector<uint8_t> datagram = FromHex(kSampleRequest);
  for (size_t bit = 0; bit < datagram.size() * 8; ++bit) {
    datagram[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    std::optional<StunMessage> message = StunMessage::Parse(datagram);
    EXPECT_FALSE(message && message->VerifyFingerprint()) << bit;
    datagram[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
  }
}

TEST(StunMessageTest, IntegrityCoversEverythingBeforeItAndNothingAfter) {
  std::vector<uint8_t> datagram = FromHex(kSampleRequest);
  const size_t covered = datagram.size() - 8;  // FINGERPRINT follows.
  for (size_t i = 0; i < datagram.size(); ++i) {
    datagram[i] ^= 0x01;
    std::optional<StunMessage> message = StunMessage::Parse(datagram);
    if (message) {
      EXPECT_EQ(message->VerifyIntegrity(HmacSha1(kSamplePassword)), i >= covered) << i;
    }
    datagram[i] ^= 0x01;
  }
}

TEST(StunMessageTest, RefusesEveryTruncation) {
  const std::vector<uint8_t> datagram = FromHex(kSampleRequest);
  for (size_t size = 0; size < datagram.size(); ++size) {
    EXPECT_FALSE(StunMessage::Parse(Bytes(datagram).first(size))) << size;
  }
}

TEST(StunMessageTest, RefusesTrailingBytes) {
  std::vector<uint8_t> datagram = FromHex(kSampleRequest);
  datagram.resize(datagram.size() + 4);
  EXPECT_FALSE(StunMessage::Parse(datagram));
}

TEST(StunMessageTest, RefusesAnotherMagicCookie) {
  std::vector<uint8_t> datagram = RequestWith("");
  ASSERT_TRUE(StunMessage::Parse(datagram));
  datagram[4] ^= 1;
  EXPECT_FALSE(StunMessage::Parse(datagram));
}

TEST(StunMessageTest, RefusesWhatIsNotStunByItsFirstBits) {
  for (uint8_t first : {0x40, 0x80, 0xc0}) {
    std::vector<uint8_t> datagram = RequestWith("");
    datagram[0] |= first;
    EXPECT_FALSE(StunMessage::Parse(datagram)) << int{first};
  }
}

TEST(StunMessageTest, RefusesValuesOfTheWrongSize) {
  EXPECT_FALSE(StunMessage::Parse(RequestWith("0024000300000000"))) << "PRIORITY";
  EXPECT_FALSE(StunMessage::Parse(RequestWith("8029000400000000"))) << "ICE-CONTROLLED";
  EXPECT_FALSE(StunMessage::Parse(RequestWith("802a000400000000"))) << "ICE-CONTROLLING";
  EXPECT_FALSE(StunMessage::Parse(RequestWith("0008000400000000"))) << "MESSAGE-INTEGRITY";
  EXPECT_FALSE(StunMessage::Parse(RequestWith("8028000200000000"))) << "FINGERPRINT";
  EXPECT_FALSE(StunMessage::Parse(RequestWith("0009000000000000"))) << "ERROR-CODE";
  EXPECT_FALSE(StunMessage::Parse(RequestWith("0009000400000263"))) << "ERROR-CODE below 300";
  EXPECT_FALSE(StunMessage::Parse(RequestWith("002000080002000000000000"))) << "IPv6 in four bytes";
  EXPECT_FALSE(StunMessage::Parse(RequestWith("0006ffff00000000"))) << "longer than the message";
}

TEST(StunMessageTest, RefusesAttributesAfterTheFingerprint) {
  EXPECT_TRUE(StunMessage::Parse(RequestWith("8028000400000000")));
  EXPECT_FALSE(StunMessage::Parse(RequestWith("80280004000000008022000100000000")));
}

TEST(StunMessageTest, IgnoresWhatFollowsTheIntegrity) {
  const std::string integrity = "00080014" + std::string(40, '0');
  const std::vector<uint8_t> datagram = RequestWith(integrity + "00250000" + "7ffe0000" + "0024000200000000");
  std::optional<StunMessage> message = StunMessage::Parse(datagram);
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->use_candidate());
  EXPECT_FALSE(message->priority());
  EXPECT_THAT(message->unknown_required(), IsEmpty());
}

TEST(StunMessageTest, TheFirstOfTwoCounts) {
  const std::vector<uint8_t> datagram =
      RequestWith("00240004000000010024000400000002c001000400000007c001000400000009");
  std::optional<StunMessage> message = StunMessage::Parse(datagram);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->priority(), 1u);
  EXPECT_EQ(message->nomination(), 7u);
}

TEST(StunMessageTest, ReadsNominationUnderEitherNumber) {
  for (const char* attribute : {"c001000400000005", "0030000400000005"}) {
    const std::vector<uint8_t> datagram = RequestWith(attribute);
    std::optional<StunMessage> message = StunMessage::Parse(datagram);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->nomination(), 5u) << attribute;
    EXPECT_THAT(message->unknown_required(), IsEmpty()) << attribute;
  }
}

TEST(StunMessageTest, ANominationOfAnotherSizeIsSomebodyElsesAttribute) {
  const std::vector<uint8_t> datagram = RequestWith("c001000800000005000000050024000400000001");
  std::optional<StunMessage> message = StunMessage::Parse(datagram);
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->nomination());
  EXPECT_EQ(message->priority(), 1u);
}

TEST(StunMessageTest, ListsUnknownAttributesThatMustBeUnderstood) {
  const std::vector<uint8_t> datagram = RequestWith(
      "7abc0000"
      "fabc0000"
      "00330000"
      "c0570000");
  std::optional<StunMessage> message = StunMessage::Parse(datagram);
  ASSERT_TRUE(message);
  EXPECT_THAT(message->unknown_required(), ElementsAre(0x7abc, 0x0033));
}

TEST(StunMessageTest, TheListOfUnknownAttributesIsBounded) {
  std::string attributes;
  for (int i = 0; i < 1000; ++i) attributes += "7abc0000";
  const std::vector<uint8_t> datagram = RequestWith(attributes);
  std::optional<StunMessage> message = StunMessage::Parse(datagram);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->unknown_required().size(), StunMessage::kMaxUnknownListed);
}

TEST(StunMessageTest, WithoutAColonAUsernameNamesNoReceiver) {
  const std::vector<uint8_t> datagram = RequestWith("0006000461626364");
  std::optional<StunMessage> message = StunMessage::Parse(datagram);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->username(), "abcd");
  EXPECT_FALSE(message->receiver_fragment());
}

TEST(StunMessageTest, TakesClassAndMethodApart) {
  struct Case {
    uint16_t type;
    StunClass message_class;
    uint16_t method;
  };
  for (Case c : {Case{0x0001, StunClass::kRequest, 1}, Case{0x0011, StunClass::kIndication, 1},
                 Case{0x0101, StunClass::kSuccess, 1}, Case{0x0111, StunClass::kError, 1},
                 Case{0x0003, StunClass::kRequest, 3}, Case{0x3fff, StunClass::kError, 0xfff}}) {
    std::vector<uint8_t> datagram = RequestWith("");
    StoreU16(datagram.data(), c.type);
    std::optional<StunMessage> message = StunMessage::Parse(datagram);
    ASSERT_TRUE(message) << c.type;
    EXPECT_EQ(message->message_class(), c.message_class) << c.type;
    EXPECT_EQ(message->method(), c.method) << c.type;
  }
}

TEST(StunMessageTest, VerifiesNothingThatIsAbsent) {
  const std::vector<uint8_t> datagram = RequestWith("");
  std::optional<StunMessage> message = StunMessage::Parse(datagram);
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->VerifyFingerprint());
  EXPECT_FALSE(message->VerifyIntegrity(HmacSha1("")));
}

}  // namespace
}  // namespace sluice::transports
