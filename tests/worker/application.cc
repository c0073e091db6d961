#include "tests/worker/application.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "rtp/packet_view.h"
#include "tests/rtp/rtp_packets.h"

namespace sluice::worker {

void Application::SendRtp(uint16_t number) {
  const rtp::RtpPacket packet{
      .payload_type = kPayloadType, .sequence = number, .ssrc = kPublished.value(), .payload = kPayload};
  workers_->pool().Send(0, ReceiveRtp{transport_, packet.Encode()});
}

void Application::SendData(std::vector<uint8_t> payload) {
  router::DataMessage message{.ppid = 53,
                              .payload = std::make_shared<const std::vector<uint8_t>>(std::move(payload))};
  workers_->pool().Send(
      0, ProduceData{transport_, data_producer_, std::make_shared<const router::DataMessage>(message)});
}

void Application::ExpectAll(Ssrc ssrc, router::DataConsumerHandle data_consumer, int count) {
  int packets = 0, messages = 0;
  ASSERT_TRUE(workers_->WaitFor([&](const Event& event) {
    if (const auto* rtp = std::get_if<ConsumedRtp>(&event)) {
      std::optional<rtp::PacketView> view = rtp::PacketView::Parse(Bytes(rtp->packet->bytes()));
      EXPECT_TRUE(view && view->ssrc() == ssrc && std::ranges::equal(view->payload(), kPayload));
      EXPECT_GE(backlog().bytes(), ApplicationBacklog::CostOf(rtp->size()));
      backlog().Remove(rtp->size());
      ++packets;
    } else if (const auto* data = std::get_if<ConsumedData>(&event)) {
      EXPECT_EQ(data->consumer, data_consumer);
      EXPECT_EQ(data->payload->at(0), messages);
      backlog().Remove(data->size());
      ++messages;
    } else if (const auto* rtcp = std::get_if<ConsumedRtcp>(&event)) {
      backlog().Remove(rtcp->size());
    }
    return packets == count && messages == count;
  }));
}

}  // namespace sluice::worker
