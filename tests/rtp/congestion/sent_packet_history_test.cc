#include "rtp/congestion/sent_packet_history.h"

#include <gtest/gtest.h>

namespace sluice::rtp::congestion {
namespace {

using State = SentPacketHistory::State;
constexpr Timestamp kStart = Timestamp::Seconds(5'000);

SentPacket PacketAt(Timestamp sent, uint16_t size = 1'000) {
  return {.sent = sent, .size = size, .kind = PacketKind::kRetransmission, .probe = 7};
}

TEST(SentPacketHistoryTest, RemembersWhatWasSent) {
  SentPacketHistory history;
  history.Add(PacketAt(kStart));
  history.Add(PacketAt(kStart + TimeDelta::Micros(333), 50));
  ASSERT_TRUE(history.Contains(1));
  EXPECT_FALSE(history.Contains(2));
  const SentPacket packet = history.Get(1);
  EXPECT_EQ(packet.sent, kStart + TimeDelta::Micros(333));
  EXPECT_EQ(packet.size, 50);
  EXPECT_EQ(packet.kind, PacketKind::kRetransmission);
  EXPECT_EQ(packet.probe, 7);
  EXPECT_EQ(history.Get(0).sent, kStart);
}

TEST(SentPacketHistoryTest, CountsWhatIsInFlight) {
  SentPacketHistory history;
  for (int i = 0; i < 3; ++i) history.Add(PacketAt(kStart));
  history.SetState(0, State::kMissing);
  EXPECT_EQ(history.in_flight().bytes(), 3'000);
  history.SetState(0, State::kDone);
  history.SetState(0, State::kDone);
  EXPECT_EQ(history.in_flight().bytes(), 2'000);
  history.SetState(0, State::kMissing);
  EXPECT_EQ(history.state(0), State::kDone);
  history.GiveUp();
  EXPECT_EQ(history.in_flight().bytes(), 0);
  EXPECT_FALSE(history.Contains(2));
}

TEST(SentPacketHistoryTest, ASlowSenderKeepsOnlyTheLastSeconds) {
  SentPacketHistory history;
  for (int i = 0; i < 1'000; ++i) history.Add(PacketAt(kStart + TimeDelta::Millis(100 * i)));
  EXPECT_EQ(history.next_sequence(), 1'000);
  EXPECT_EQ(1'000 - history.begin(), static_cast<int64_t>(SentPacketHistory::kMinPackets));
}

TEST(SentPacketHistoryTest, AFastSenderKeepsNoMoreThanTheLimit) {
  SentPacketHistory history;
  for (int i = 0; i < 100'000; ++i) history.Add(PacketAt(kStart + TimeDelta::Micros(20 * i), 100));
  EXPECT_EQ(100'000 - history.begin(), static_cast<int64_t>(SentPacketHistory::kMaxPackets));
  EXPECT_EQ(history.in_flight().bytes(), static_cast<int64_t>(SentPacketHistory::kMaxPackets) * 100);
  EXPECT_EQ(history.Get(99'000).sent, kStart + TimeDelta::Micros(20 * 99'000));
}

TEST(SentPacketHistoryTest, SilenceOfAnHourIsNotMistakenForASecond) {
  SentPacketHistory history;
  history.Add(PacketAt(kStart));
  history.Add(PacketAt(kStart + TimeDelta::Seconds(4'295)));  // 2^32 µs later.
  EXPECT_FALSE(history.Contains(0));
  EXPECT_EQ(history.in_flight().bytes(), 1'000);
}

}  // namespace
}  // namespace sluice::rtp::congestion
