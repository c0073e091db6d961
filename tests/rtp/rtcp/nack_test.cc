#include "rtp/rtcp/nack.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/rtp/rtcp/test_blocks.h"

namespace sluice::rtp::rtcp {
namespace {

std::vector<SequenceNumber> Numbers(std::vector<int> values) {
  std::vector<SequenceNumber> numbers;
  for (int value : values) numbers.emplace_back(static_cast<uint16_t>(value));
  return numbers;
}

std::vector<int> Lost(const Nack& nack) {
  std::vector<int> lost;
  nack.ForEachSequence([&](SequenceNumber number) { lost.push_back(number.value()); });
  return lost;
}

std::vector<int> RoundTrip(const std::vector<int>& lost) {
  TestDatagram datagram;
  EXPECT_EQ(WriteNack(datagram.writer(), Ssrc(1), Ssrc(2), Numbers(lost)), lost.size());
  std::optional<Nack> nack = ParseFirst<Nack>(datagram.bytes());
  return nack ? Lost(*nack) : std::vector<int>{-1};
}

TEST(NackTest, HasItsWireFormat) {
  TestDatagram datagram;
  ASSERT_EQ(WriteNack(datagram.writer(), Ssrc(0x11111111), Ssrc(0x22222222), Numbers({10, 11, 26, 27})), 4u);
  EXPECT_EQ(datagram.copy(), FromHex("81cd 0004 11111111 22222222 000a8001 001b0000"));
}

TEST(NackTest, NamesEveryPacketOnce) {
  EXPECT_EQ(RoundTrip({7}), (std::vector<int>{7}));
  EXPECT_EQ(RoundTrip({7, 23}), (std::vector<int>{7, 23}));
  EXPECT_EQ(RoundTrip({7, 24}), (std::vector<int>{7, 24}));
  EXPECT_EQ(RoundTrip({7, 8, 9, 1'000, 30'000}), (std::vector<int>{7, 8, 9, 1'000, 30'000}));
}

TEST(NackTest, CrossesTheWrap) {
  EXPECT_EQ(RoundTrip({65'530, 65'535, 0, 10, 100}), (std::vector<int>{65'530, 65'535, 0, 10, 100}));
}

TEST(NackTest, AnyAscendingListRoundTrips) {
  std::mt19937 random(1);
  for (int run = 0; run < 200; ++run) {
    std::vector<int> lost;
    int sequence = static_cast<int>(random() % 65'536);
    for (int i = 0; i < 100; ++i) {
      lost.push_back(sequence & 0xffff);
      sequence += 1 + static_cast<int>(random() % (run % 40 + 1));
    }
    EXPECT_EQ(RoundTrip(lost), lost);
  }
}

TEST(NackTest, WhatDoesNotFitIsLeftForTheNextDatagram) {
  TestDatagram datagram(/*capacity=*/20);  // Two items.
  EXPECT_EQ(WriteNack(datagram.writer(), Ssrc(1), Ssrc(2), Numbers({1, 2, 100, 200})), 3u);
  EXPECT_EQ(Lost(*ParseFirst<Nack>(datagram.bytes())), (std::vector<int>{1, 2, 100}));
  TestDatagram full(/*capacity=*/15);
  EXPECT_EQ(WriteNack(full.writer(), Ssrc(1), Ssrc(2), Numbers({1})), 0u);
  EXPECT_TRUE(full.writer().empty());
}

TEST(NackTest, AsksForNothingWithoutLoss) {
  TestDatagram datagram;
  EXPECT_EQ(WriteNack(datagram.writer(), Ssrc(1), Ssrc(2), {}), 0u);
  EXPECT_TRUE(datagram.writer().empty());
}

TEST(NackTest, BlockWithoutAnItemIsRefused) {
  EXPECT_FALSE(Parses<Nack>(FromHex("81cd 0002 11111111 22222222")));
  EXPECT_FALSE(Parses<Nack>(FromHex("81cd 0000")));
}

}  // namespace
}  // namespace sluice::rtp::rtcp
