// An SCTP association against a hostile peer. The first octet chooses:
//   bits 0–1: who is attacked: 0 one that has not started, 1 one that has sent its INIT, 2 one that stands, 3
//   one that
//             stands and has much to send
//   bit 2:    packets are given the right ports, tag and checksum before they are delivered
//   bit 3:    the association is not in DTLS
// Then come 16-bit numbers: below 0x4000 the length of a packet that follows; with 0x8000 set the
// milliseconds that pass; with 0x4000 a call, its arguments in the lower bits. Whatever happens: no message
// is larger than announced, nothing is said of an association that has ended, and what waits to be sent is
// bounded.
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "rtp/bytes.h"
#include "transports/sctp/sctp_association.h"
#include "transports/sctp/sctp_packet.h"

namespace sluice::transports {
namespace {

using Packet = std::vector<uint8_t>;

constexpr size_t kMaxMessage = 20'000;
constexpr size_t kSendBuffer = 300'000;

void Check(bool holds) {
  if (!holds) std::abort();
}

SctpOptions OptionsOf(uint8_t choice) {
  return {.max_receive_message_size = kMaxMessage,
          .send_buffer_size = kSendBuffer,
          .max_receiver_window = 60'000,
          .in_dtls = (choice & 8) == 0};
}

class End {
 public:
  explicit End(const SctpOptions& options) : association(options, /*owner=*/1) {}

  void Drain(Timestamp now) {
    while (auto output = association.Poll(now)) {
      if (auto* transmit = std::get_if<SctpAssociation::Transmit>(&*output)) {
        NoteTag(transmit->packet);
        out.push_back(std::move(transmit->packet));
        continue;
      }
      Check(!over);
      if (auto* message = std::get_if<SctpAssociation::Message>(&*output)) {
        Check(!message->payload->empty() && message->payload->size() <= kMaxMessage);
      }
      if (auto* change = std::get_if<SctpAssociation::StateChanged>(&*output)) {
        Check(change->state == association.state() || association.state() == SctpState::kConnected);
        over = change->state == SctpState::kFailed || change->state == SctpState::kClosed;
      }
    }
    Check(!over || association.NextTimeout().IsNever());
    Check(association.buffered_amount() < kSendBuffer + 2 * kMaxMessage);
  }

  SctpAssociation association;
  std::deque<Packet> out;
  uint32_t tag = 0;  // Of this end.
  bool over = false;

 private:
  void NoteTag(Bytes packet) {
    auto first = static_cast<SctpChunkType>(packet[SctpPacket::kHeaderSize]);
    if (first != SctpChunkType::kInit && first != SctpChunkType::kInitAck) return;
    if (auto view = SctpPacket::Parse(packet)) tag = InitiateTag(view->chunks().front());
  }
};

class Scene {
 public:
  explicit Scene(uint8_t choice) : choice_(choice), victim_(OptionsOf(choice)), peer_(OptionsOf(choice)) {
    const int state = choice & 3;
    if (state == 0) return;
    victim_.association.Start(now_);
    victim_.Drain(now_);
    if (state == 1) return;
    for (int i = 0; i < 4; ++i) Exchange();
    Check(victim_.association.state() == SctpState::kConnected);
    if (state == 3) Send(20);
  }

  void Play(ByteReader reader) {
    while (std::optional<uint16_t> move = reader.U16()) {
      if (*move & 0x8000) {
        Pass(TimeDelta::Millis(*move & 0x7fff));
      } else if (*move & 0x4000) {
        Call(*move & 0x3fff);
      } else if (auto packet = reader.Read(*move)) {
        Deliver({packet->begin(), packet->end()});
      } else {
        return;
      }
    }
  }

 private:
  void Deliver(Packet packet) {
    if ((choice_ & 4) && packet.size() >= SctpPacket::kHeaderSize + 4) {
      const bool init = static_cast<SctpChunkType>(packet[SctpPacket::kHeaderSize]) == SctpChunkType::kInit;
      StoreU16(packet.data(), 5000);
      StoreU16(packet.data() + 2, 5000);
      StoreU32(packet.data() + 4, init ? 0 : victim_.tag);
      StoreSctpChecksum(packet);
    }
    victim_.association.HandlePacket(now_, packet);
    victim_.Drain(now_);
  }

  void Exchange() {
    Pass(TimeDelta::Millis(20));
    for (auto [from, to] : {std::pair(&victim_, &peer_), std::pair(&peer_, &victim_)}) {
      for (Packet& packet : std::exchange(from->out, {})) to->association.HandlePacket(now_, packet);
      to->Drain(now_);
    }
  }

  void Pass(TimeDelta time) {
    now_ += time;
    victim_.association.HandleTimeout(now_);
    for (SctpStack::TimerOutput& output : SctpStack::Get().HandleTimers(now_)) {
      for (End* end : {&victim_, &peer_}) {
        if (end->association.id() == output.association) {
          end->association.HandleTimerOutput(now_, std::move(output.packet));
        }
      }
    }
    victim_.Drain(now_);
    peer_.Drain(now_);
  }

  void Send(int messages) {
    auto payload = std::make_shared<const std::vector<uint8_t>>(kMaxMessage, uint8_t{1});
    for (int i = 0; i < messages; ++i) {
      rtp::DataReliability reliability{.ordered = i % 2 == 0};
      if (i % 3 == 0) reliability.max_lifetime = TimeDelta::Millis(50);
      victim_.association.Send(now_, static_cast<uint16_t>(i % 5), 53, reliability, payload);
    }
    victim_.Drain(now_);
  }

  void Call(uint16_t arguments) {
    switch (arguments & 7) {
      case 0:
        return Send(arguments >> 3 & 15);
      case 1:
        victim_.association.ResetStream(now_, arguments >> 3);
        return victim_.Drain(now_);
      case 2:
        victim_.association.SetReceiving((arguments & 8) != 0);
        return victim_.Drain(now_);
      case 3:
        return Exchange();
      case 4:
        victim_.association.Start(now_);
        return victim_.Drain(now_);
      case 5:
        peer_.association.Send(now_, arguments >> 3 & 7, 51, {},
                               std::make_shared<const std::vector<uint8_t>>(arguments, uint8_t{2}));
        return peer_.Drain(now_);
      default:
        return;
    }
  }

  uint8_t choice_;
  Timestamp now_ = Timestamp::Seconds(1);
  End victim_;
  End peer_;
};

}  // namespace
}  // namespace sluice::transports

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  sluice::transports::Scene(data[0]).Play(sluice::ByteReader(sluice::Bytes(data + 1, size - 1)));
  return 0;
}
