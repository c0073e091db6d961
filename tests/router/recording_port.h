// The network side of the tests of router/: keeps what leaves a session, parsed.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "router/packet_port.h"
#include "router/packet_sink.h"
#include "router/session_event.h"
#include "rtp/packet_view.h"
#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/compound_writer.h"
#include "tests/rtp/rtp_packets.h"

namespace sluice::router {

using rtp::Octets;

struct SentPacket {
  Octets bytes;
  MediaKind kind;
  Ssrc ssrc;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  uint8_t payload_type = 0;
  bool marker = false;
  Octets payload;

  SentPacket(Bytes packet, MediaKind media_kind) : bytes(rtp::ToOctets(packet)), kind(media_kind) {
    auto view = rtp::PacketView::Parse(bytes);
    EXPECT_TRUE(view);
    if (!view) return;
    ssrc = view->ssrc();
    sequence = view->sequence_number().value();
    timestamp = view->timestamp();
    payload_type = view->payload_type().value();
    marker = view->marker();
    payload = rtp::ToOctets(view->payload());
  }
  // The data of the extension element with this id; empty where there is none.
  Octets Extension(rtp::ExtensionKind extension, uint8_t id) const {
    rtp::ExtensionMap map;
    map.Register(extension, id);
    auto view = rtp::PacketView::Parse(bytes);
    return rtp::ToOctets(rtp::ReadExtensions(*view, map).Data(bytes, extension));
  }
};

class RecordingPort : public PacketPort {
 public:
  void SendRtp(SlabRef packet, MediaKind kind) override { rtp.emplace_back(packet->bytes(), kind); }
  void SendRtcp(SlabRef packet) override { rtcp.push_back(rtp::ToOctets(packet->bytes())); }

  // Sequence numbers of what was sent, in order.
  std::vector<uint16_t> Sequences() const {
    std::vector<uint16_t> sequences;
    for (const SentPacket& packet : rtp) sequences.push_back(packet.sequence);
    return sequences;
  }
  // What was sent in RTCP as blocks of type `Block`, in order; views of `rtcp`.
  template <typename Block>
  std::vector<Block> Blocks(rtp::rtcp::BlockKind kind) const {
    std::vector<Block> found;
    for (const Octets& packet : rtcp) {
      auto reader = rtp::rtcp::CompoundReader::Parse(packet);
      EXPECT_TRUE(reader);
      while (auto block = reader->Next()) {
        if (block->kind() != kind) continue;
        auto parsed = Block::Parse(*block);
        EXPECT_TRUE(parsed);
        if (parsed) found.push_back(*parsed);
      }
    }
    return found;
  }
  void Clear() {
    rtp.clear();
    rtcp.clear();
  }

  std::vector<SentPacket> rtp;
  std::vector<Octets> rtcp;
};

// What a session told besides packets.
class RecordingEvents : public EventPort {
 public:
  void Tell(SessionEvent event) override { events.push_back(std::move(event)); }

  // Those of a kind, in order; they are forgotten.
  template <typename Kind>
  std::vector<Kind> Take() {
    std::vector<Kind> taken;
    for (const SessionEvent& event : std::exchange(events, {})) {
      if (const Kind* found = std::get_if<Kind>(&event)) taken.push_back(*found);
    }
    return taken;
  }

  std::vector<SessionEvent> events;
};

// What a fan-out asked its producer for.
class RecordingLink : public ProducerLink {
 public:
  void RequestKeyFrame(Timestamp, ProducerHandle, uint8_t encoding) override { requests.push_back(encoding); }
  void SetWanted(ProducerHandle, const WantedLayers& layers) override { wanted = layers; }
  std::vector<uint8_t> requests;
  WantedLayers wanted;
};

// What a producer handed on.
class RecordingSink : public PacketSink {
 public:
  void HandlePacket(Timestamp, const SlabRef& packet) override { packets.push_back(packet); }
  void HandleSenderReport(uint8_t encoding, const SenderReportInfo& report) override {
    reports.emplace_back(encoding, report);
  }
  std::vector<SlabRef> packets;
  std::vector<std::pair<uint8_t, SenderReportInfo>> reports;
};

// An RTCP datagram of what `write(CompoundWriter&)` writes.
template <typename WriteBlocks>
Octets Rtcp(WriteBlocks write) {
  std::array<uint8_t, rtp::rtcp::CompoundWriter::kMaxSize> buffer;
  rtp::rtcp::CompoundWriter writer(buffer);
  EXPECT_TRUE(write(writer));
  return rtp::ToOctets(writer.bytes());
}

}  // namespace sluice::router
