// A RED payload (RFC 2198) read, and sent through a session to a subscriber that takes RED and one that does
// not. What the one gets is the publisher's payload with its blocks renamed, what the other gets is its
// primary block.
//
// Input: the payload of one packet.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "router/rtp_session.h"
#include "rtp/packet_view.h"
#include "rtp/payload/red_packet.h"

namespace sluice::router {
namespace {

constexpr uint8_t kOpus = 111, kRed = 63, kMappedOpus = 100, kMappedRed = 101;
constexpr Ssrc kPublisher(0x11), kOpusSubscriber(0x21), kRedSubscriber(0x22);

void Check(bool holds) {
  if (!holds) std::abort();
}

// The last packet to each subscriber.
class LastPackets : public PacketPort {
 public:
  void SendRtp(SlabRef packet, MediaKind) override {
    auto view = rtp::PacketView::Parse(packet->bytes());
    Check(view.has_value());
    (view->ssrc() == kRedSubscriber ? red : opus) = std::move(packet);
  }
  void SendRtcp(SlabRef) override {}

  SlabRef opus, red;
};

class NoLink : public ProducerLink {
 public:
  void RequestKeyFrame(Timestamp, ProducerHandle, uint8_t) override {}
  void SetWanted(ProducerHandle, const WantedLayers&) override {}
};

ProducerConfig PublisherConfig() {
  ProducerConfig config;
  config.handle = ProducerHandle(1);
  config.kind = MediaKind::kAudio;
  const auto codec = [](rtp::Codec kind, uint8_t payload_type, uint8_t mapped) {
    return ProducerCodec{.codec = kind,
                         .payload_type = PayloadType(payload_type),
                         .mapped_payload_type = PayloadType(mapped),
                         .rtx_payload_type = {},
                         .clock_rate = 48'000};
  };
  config.codecs = {codec(rtp::Codec::kOpus, kOpus, kMappedOpus), codec(rtp::Codec::kRed, kRed, kMappedRed)};
  config.encodings = {{.ssrc = kPublisher, .rtx_ssrc = {}, .rid = ""}};
  return config;
}

ConsumerConfig SubscriberConfig(Ssrc ssrc, bool takes_red) {
  ConsumerConfig config;
  config.handle = ConsumerHandle(ssrc.value());
  config.kind = MediaKind::kAudio;
  config.codec = rtp::Codec::kOpus;
  config.clock_rate = 48'000;
  config.ssrc = ssrc;
  config.payload_types.set(kMappedOpus);
  if (takes_red) config.payload_types.set(kMappedRed);
  return config;
}

// The blocks' payload types as read by a reader of its own; nullopt: no RED.
std::optional<std::vector<uint8_t>> BlockTypes(Bytes payload) {
  std::vector<uint8_t> types;
  size_t at = 0, data = 0;
  while (at < payload.size()) {
    types.push_back(payload[at] & 0x7f);
    const bool last = payload[at] < 0x80;
    if (last) break;
    if (at + 4 > payload.size()) return std::nullopt;
    data += static_cast<size_t>(payload[at + 2] & 3) << 8 | payload[at + 3];
    at += 4;
  }
  if (at >= payload.size() || types.size() > 32 || payload.size() < at + 1 + data + 1) return std::nullopt;
  return types;
}

SlabRef PacketOf(SlabPool& pool, Bytes payload) {
  std::vector<uint8_t> packet = {0x80, kRed, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x11};
  packet.insert(packet.end(), payload.begin(), payload.end());
  return pool.AcquireCopy(packet);
}

void CheckForwarded(Bytes payload, const std::vector<uint8_t>& types, const LastPackets& sent) {
  const rtp::RedPacket red = *rtp::RedPacket::Parse(payload);
  auto whole = rtp::PacketView::Parse(sent.red->bytes());
  Check(whole->payload_type() == PayloadType(kMappedRed) && whole->payload().size() == payload.size());
  std::vector<uint8_t> renamed(payload.begin(), payload.end());
  for (size_t i = 0; i < types.size(); ++i)
    renamed[4 * i] = static_cast<uint8_t>((renamed[4 * i] & 0x80) | kMappedOpus);
  Check(std::equal(renamed.begin(), renamed.end(), whole->payload().begin()));
  auto primary = rtp::PacketView::Parse(sent.opus->bytes());
  Check(primary->payload_type() == PayloadType(kMappedOpus));
  const Bytes expected = payload.last(red.primary_size);
  Check(std::equal(expected.begin(), expected.end(), primary->payload().begin(), primary->payload().end()));
}

void Run(Bytes payload) {
  static SlabPool pool(1024);
  NoLink link;
  LastPackets sent;
  FanOut fan_out(ProducerHandle(1), MediaKind::kAudio, 1, &link);
  RtpSession session({}, &pool, &sent);
  const Timestamp now = Timestamp::Seconds(1'000);
  session.SetWritable(now, true);
  session.AddProducer(now, PublisherConfig())->AddSink(&fan_out);
  session.AddConsumer(now, SubscriberConfig(kOpusSubscriber, false), &fan_out);
  session.AddConsumer(now, SubscriberConfig(kRedSubscriber, true), &fan_out);
  if (SlabRef packet = payload.empty() ? SlabRef() : PacketOf(pool, payload)) {
    packet->packet().arrival = now;
    session.HandleRtp(now, packet);
    const std::optional<std::vector<uint8_t>> types = BlockTypes(payload);
    Check(types.has_value() == rtp::RedPacket::Parse(payload).has_value());
    const bool good =
        types && std::all_of(types->begin(), types->end(), [](uint8_t type) { return type == kOpus; });
    Check(session.drops().rtp_malformed_red == (good ? 0 : 1));
    Check(good == static_cast<bool>(sent.red) && good == static_cast<bool>(sent.opus));
    if (good) CheckForwarded(payload, *types, sent);
  }
  session.RemoveConsumer(ConsumerHandle(kOpusSubscriber.value()));
  session.RemoveConsumer(ConsumerHandle(kRedSubscriber.value()));
}

}  // namespace
}  // namespace sluice::router

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::router::Run({data, size});
  return 0;
}
