// One RTP session with three producers (video in two encodings, audio, and a stream with layers of each codec
// that has some) that are its own consumers', driven by a script: packets, RTCP, time, pauses, choices of
// layers, traces, comings and goings. Whatever happens, what leaves is well-formed, no number is used for two
// packets, one input has a bounded answer, and the session comes to rest.
//
// Input: operations, an octet each (modulo their number), with their arguments behind them.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "router/rtp_session.h"
#include "rtp/packet_view.h"
#include "rtp/rtcp/bye.h"
#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/rtcp/fir.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/pli.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/sender_report.h"
#include "tests/router/layered_publisher.h"

namespace sluice::router {
namespace {

constexpr ProducerHandle kVideo(1), kAudio(2), kLayered(3);
constexpr ConsumerHandle kLayeredConsumer(0x1000);
constexpr Ssrc kVideoSsrc(0x11), kVideoRtx(0x12), kAudioSsrc(0x13);
constexpr int kMaxOperations = 3'000;
constexpr int64_t kMaxAnswer = 1'500;  // Packets that one operation may bring about.

void Check(bool holds) {
  if (!holds) std::abort();
}

// What leaves: no number twice, or, without RTX, the same octets again.
class CheckingPort : public PacketPort {
 public:
  void SendRtp(SlabRef packet, MediaKind kind) override {
    ++sent;
    auto view = rtp::PacketView::Parse(packet->bytes());
    Check(view.has_value());
    Stream& stream = streams_[view->ssrc()];
    const int64_t sequence = stream.unwrapper.Unwrap(view->sequence_number().value());
    std::vector<uint8_t> bytes(packet->bytes().begin(), packet->bytes().end());
    auto [it, added] = stream.packets.emplace(sequence, bytes);
    if (!added) Check(kind == MediaKind::kAudio && it->second == bytes);
    last_sequence_[kind == MediaKind::kAudio] = view->sequence_number();
  }
  void SendRtcp(SlabRef packet) override {
    ++sent;
    Check(rtp::rtcp::CompoundReader::Parse(packet->bytes()).has_value());
  }
  SequenceNumber last_sequence(bool audio) const { return last_sequence_[audio]; }

  int64_t sent = 0;

 private:
  struct Stream {
    SequenceUnwrapper unwrapper;
    std::map<int64_t, std::vector<uint8_t>> packets;
  };
  std::map<Ssrc, Stream> streams_;
  std::array<SequenceNumber, 2> last_sequence_;
};

class CountingEvents : public EventPort {
 public:
  void Tell(SessionEvent) override { ++told; }
  int64_t told = 0;
};

rtp::ExtensionMap Extensions() {
  rtp::ExtensionMap map;
  map.Register(rtp::ExtensionKind::kMid, 1);
  map.Register(rtp::ExtensionKind::kRid, 2);
  map.Register(rtp::ExtensionKind::kRepairedRid, 3);
  map.Register(rtp::ExtensionKind::kTransportSequenceNumber, 4);
  map.Register(rtp::ExtensionKind::kAbsSendTime, 5);
  map.Register(rtp::ExtensionKind::kVideoOrientation, 6);
  map.Register(rtp::ExtensionKind::kDependencyDescriptor, kDescriptorId);
  map.Register(rtp::ExtensionKind::kAbsCaptureTime, 8);
  map.Register(rtp::ExtensionKind::kVideoLayersAllocation, 9);
  return map;
}

ProducerConfig VideoConfig() {
  ProducerConfig config;
  config.handle = kVideo;
  config.mid = "v";
  config.codecs = {{.codec = rtp::Codec::kVp8,
                    .payload_type = PayloadType(96),
                    .mapped_payload_type = PayloadType(96),
                    .rtx_payload_type = PayloadType(97),
                    .clock_rate = 90'000}};
  config.encodings = {{.ssrc = kVideoSsrc, .rtx_ssrc = kVideoRtx, .rid = "a"},
                      {.ssrc = {}, .rtx_ssrc = {}, .rid = "b"}};
  config.extensions = Extensions();
  config.nack = config.pli = config.transport_cc = true;
  return config;
}

ProducerConfig AudioConfig() {
  ProducerConfig config;
  config.handle = kAudio;
  config.kind = MediaKind::kAudio;
  config.mid = "a";
  config.codecs = {{.codec = rtp::Codec::kOpus,
                    .payload_type = PayloadType(111),
                    .mapped_payload_type = PayloadType(111),
                    .rtx_payload_type = {},
                    .clock_rate = 48'000}};
  config.encodings = {{.ssrc = kAudioSsrc, .rtx_ssrc = {}, .rid = ""}};
  config.extensions = Extensions();
  return config;
}

class Script : public ProducerLink {
 public:
  explicit Script(Bytes bytes) : bytes_(bytes) {
    session_.SetWritable(now_, true);
    AddProducer(false);
    AddProducer(true);
    AddConsumer(false);
    AddConsumer(true);
    AddLayered(0);
  }
  ~Script() override {
    RemoveLayered();
    RemoveConsumer(false);
    RemoveConsumer(true);
  }

  void Run() {
    for (int i = 0; i < kMaxOperations && !bytes_.empty(); ++i) {
      const int64_t before = port_.sent + events_.told;
      Operate(Next());
      Check(port_.sent + events_.told - before <= kMaxAnswer);
    }
    Wait(TimeDelta::Seconds(1));
  }

  void RequestKeyFrame(Timestamp now, ProducerHandle handle, uint8_t encoding) override {
    if (Producer* producer = session_.FindProducer(handle))
      session_.HandleKeyFrameRequest(now, producer, encoding);
  }
  void SetWanted(ProducerHandle handle, const WantedLayers& wanted) override {
    if (Producer* producer = session_.FindProducer(handle))
      session_.SetWanted(now_, producer,
                         handle == kLayered ? layered_.get() : fan_outs_[handle == kAudio].get(), wanted);
  }

 private:
  uint8_t Next() {
    if (bytes_.empty()) return 0;
    const uint8_t octet = bytes_[0];
    bytes_ = bytes_.subspan(1);
    return octet;
  }
  Bytes Take(size_t count) {
    Bytes taken = bytes_.first(std::min(count, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }

  void Operate(uint8_t operation) {
    switch (operation % 20) {
      case 0:
      case 1:
        return SendVideo(Next());
      case 2:
        return SendAudio(Next());
      case 3:
        return SendRepair(Next());
      case 4:
        return HandleRtp(Take(Next()));
      case 5:
        return HandleRtcp(Take(Next()));
      case 6:
        return AskForRepairs(Next());
      case 7:
        return Report(Next());
      case 8:
        return Wait(TimeDelta::Millis(Next() * 4));
      case 9:
        return PauseConsumer(Next());
      case 10:
        return PauseProducer(Next());
      case 11:
        return Replace(Next());
      case 12:
        session_.SetWritable(now_, Next() % 4 != 0);
        return;
      case 13:
        return Prefer(Next());
      case 14:
      case 15:
        return SendLayered(Next());
      case 16:
        return ChooseLayers(Next());
      case 17:
        return TraceOrLeave(Next());
      case 18:
        return AskLayered(Next());
      default:
        AddLayered(Next());
    }
  }

  // A picture. Bits: 0 key picture, 1 in reverse order, 2 twice; the others leave out a frame each.
  void SendLayered(uint8_t how) {
    std::vector<Octets> packets = publisher_->Next(how & 1);
    if (how & 2) std::reverse(packets.begin(), packets.end());
    for (int round = 0; round < (how & 4 ? 2 : 1); ++round) {
      for (size_t i = 0; i < packets.size(); ++i) {
        if (i >= 5 || (how >> (3 + i) & 1) == 0) HandleRtp(packets[i]);
      }
    }
  }
  void ChooseLayers(uint8_t how) {
    Consumer* consumer = session_.FindConsumer(kLayeredConsumer);
    if (!consumer) return;
    const rtp::Layers layers = {static_cast<uint8_t>(how >> 2 & 7), static_cast<uint8_t>(how >> 5)};
    switch (how & 3) {
      case 0:
        return consumer->SetPreferredLayers(now_, layers);
      case 1:
        return consumer->SetMaxLayers(now_, how == 1 ? std::nullopt : std::optional(layers));
      case 2:
        return how & 4 ? consumer->Pause(now_) : consumer->Resume(now_);
      default:
        return consumer->RequestKeyFrame(now_);
    }
  }
  void TraceOrLeave(uint8_t how) {
    const std::array<ProducerHandle, 3> producers = {kVideo, kAudio, kLayered};
    const std::array<Ssrc, 5> sources = {kVideoSsrc, kAudioSsrc, kVideoRtx, kLayeredSsrc, Ssrc(second_ssrc_)};
    TraceKinds kinds;
    if (how & 8) {
      for (TraceKind kind : {TraceKind::kRtp, TraceKind::kKeyFrame, TraceKind::kNack, TraceKind::kPli,
                             TraceKind::kFir, TraceKind::kSenderReport})
        kinds.Add(kind);
    }
    switch (how & 3) {
      case 0:
        return session_.SetTraces(producers[(how >> 4) % producers.size()], kinds);
      case 1:
        return session_.SetTraces(how & 16 ? kLayeredConsumer : consumers_[how >> 5 & 1], kinds);
      case 2:
        return HandleRtcp([&](auto& writer) {
          return rtp::rtcp::WriteBye(writer, std::span(&sources[(how >> 4) % sources.size()], 1));
        });
      default:
        return session_.SayGoodbye(now_, how & 16 ? kLayeredConsumer : consumers_[how >> 5 & 1]);
    }
  }
  // What a subscriber of the layers sends.
  void AskLayered(uint8_t how) {
    const Ssrc media(0x100000 + 2 * layered_consumers_);
    const std::array<rtp::rtcp::FirEntry, 1> entry = {{{.media = media, .request = how}}};
    const std::array<SequenceNumber, 3> lost = {SequenceNumber(how), port_.last_sequence(false) - how,
                                                port_.last_sequence(false)};
    HandleRtcp([&](auto& writer) {
      if (how % 3 == 0) return rtp::rtcp::WritePli(writer, {.sender = Ssrc(1), .media = media});
      if (how % 3 == 1) return rtp::rtcp::WriteFir(writer, Ssrc(1), entry);
      return rtp::rtcp::WriteNack(writer, Ssrc(1), media, lost) > 0;
    });
  }
  void RemoveLayered() {
    session_.RemoveConsumer(kLayeredConsumer);
    session_.RemoveProducer(kLayered);
  }
  // The kind of stream, and whether what was sent before goes on: then all numbers begin anew under its SSRC.
  void AddLayered(uint8_t how) {
    constexpr rtp::Codec kCodecs[] = {rtp::Codec::kAv1, rtp::Codec::kVp9, rtp::Codec::kVp8,
                                      rtp::Codec::kH264};
    LayeredPublisher::Options options{.codec = kCodecs[how & 3],
                                      .first_frame = 65'500,
                                      .first_picture = 32'700,
                                      .long_picture_ids = (how & 8) != 0,
                                      .flexible = (how & 16) != 0};
    const bool svc = (how & 3) < 2;
    options.mode = {static_cast<uint8_t>(svc ? 3 : 1), 3, (how & 4) != 0};
    if (!svc && (how & 32)) options.encodings = 3;
    publisher_ = std::make_unique<LayeredPublisher>(options);
    if (how & 64) return;
    RemoveLayered();
    ProducerConfig producer = publisher_->Config(kLayered);
    producer.mid = "l";
    producer.extensions = Extensions();
    layered_ = std::make_unique<FanOut>(kLayered, MediaKind::kVideo, options.encodings, this);
    session_.AddProducer(now_, producer)->AddSink(layered_.get());
    ConsumerConfig config;
    config.handle = kLayeredConsumer;
    config.codec = options.codec;
    config.ssrc = Ssrc(0x100000 + 2 * ++layered_consumers_);
    config.rtx_ssrc = Ssrc(config.ssrc.value() + 1);
    config.rtx_payload_type = PayloadType(97);
    config.payload_types.set(96);
    config.extensions = Extensions();
    config.encodings = options.encodings;
    config.spatial_layers = options.mode.spatial;
    config.temporal_layers = options.mode.temporal;
    config.nack = true;
    session_.AddConsumer(now_, config, layered_.get());
  }

  // Bits: 0 key frame, 1 second encoding, 2 named by its RID, 3 and 4 how far the sequence moves, 5 a new
  // SSRC.
  void SendVideo(uint8_t how) {
    const bool second = how & 2;
    if (how & 32) ++second_ssrc_;
    const int step = std::array<int, 4>{1, 3, -2, 700}[how >> 3 & 3];
    uint16_t& sequence = video_sequence_[second];
    sequence = static_cast<uint16_t>(sequence + step);
    std::vector<uint8_t> packet =
        Header(96, sequence, second ? second_ssrc_ : kVideoSsrc.value(), 3000u * sequence);
    if (how & 4) {
      const uint8_t names[] = {0xbe, 0xde, 0, 1, 0x20, static_cast<uint8_t>(second ? 'b' : 'a'), 0, 0};
      packet[0] |= 0x10;
      packet.insert(packet.end(), std::begin(names), std::end(names));
    }
    packet.insert(packet.end(), {0x10, static_cast<uint8_t>(how & 1 ? 0 : 1), how, Next()});
    HandleRtp(packet);
  }
  void SendAudio(uint8_t how) {
    audio_sequence_ = static_cast<uint16_t>(audio_sequence_ + (how & 1 ? 1 : how));
    std::vector<uint8_t> packet = Header(111, audio_sequence_, kAudioSsrc.value(), 960u * audio_sequence_);
    packet.resize(packet.size() + how % 5, how);
    HandleRtp(packet);
  }
  void SendRepair(uint8_t back) {
    const auto original = static_cast<uint16_t>(video_sequence_[0] - back);
    std::vector<uint8_t> packet = Header(97, repair_sequence_++, kVideoRtx.value(), 3000u * original);
    packet.insert(packet.end(),
                  {static_cast<uint8_t>(original >> 8), static_cast<uint8_t>(original), 0x10, 1, 9});
    HandleRtp(packet);
  }
  static std::vector<uint8_t> Header(uint8_t payload_type, uint16_t sequence, uint32_t ssrc,
                                     uint32_t timestamp) {
    std::vector<uint8_t> packet(12);
    packet[0] = 0x80;
    packet[1] = payload_type;
    StoreU16(&packet[2], sequence);
    StoreU32(&packet[4], timestamp);
    StoreU32(&packet[8], ssrc);
    return packet;
  }

  void HandleRtp(Bytes packet) {
    SlabRef slab = pool_.Acquire();
    if (!slab) return;
    std::copy(packet.begin(), packet.end(), slab->storage().begin());
    slab->Resize(packet.size());
    slab->packet().arrival = now_;
    session_.HandleRtp(now_, slab);
  }
  void HandleRtcp(Bytes packet) { session_.HandleRtcp(now_, packet); }
  template <typename WriteBlocks>
  void HandleRtcp(WriteBlocks write) {
    std::array<uint8_t, 400> buffer;
    rtp::rtcp::CompoundWriter writer(buffer);
    Check(write(writer));
    session_.HandleRtcp(now_, writer.bytes());
  }

  void AskForRepairs(uint8_t how) {
    const bool audio = how & 1;
    std::array<SequenceNumber, 8> lost;
    for (int i = 0; i < 8; ++i) lost[static_cast<size_t>(i)] = port_.last_sequence(audio) - (how >> 1) + i;
    HandleRtcp(
        [&](auto& writer) { return rtp::rtcp::WriteNack(writer, Ssrc(1), ConsumerSsrc(audio), lost) == 8; });
  }
  void Report(uint8_t how) {
    rtp::rtcp::ReportBlock block;
    block.source = ConsumerSsrc(how & 1);
    block.last_sender_report = how;
    block.delay_since_last_report = how * 65536u;
    const std::array<rtp::rtcp::ReportBlock, 1> blocks = {block};
    const std::array<Ssrc, 4> sources = {kVideoSsrc, kAudioSsrc, Ssrc(second_ssrc_), kVideoRtx};
    HandleRtcp([&](auto& writer) {
      return rtp::rtcp::WriteSenderReport(writer,
                                          {.sender = sources[how >> 1 & 3],
                                           .ntp_time = static_cast<uint64_t>(how) << (how % 60),
                                           .rtp_timestamp = how * 0x1010101u},
                                          blocks);
    });
  }

  void Wait(TimeDelta time) {
    const Timestamp end = now_ + time;
    int timeouts = 0;
    while (session_.NextTimeout() <= end) {
      now_ = std::max(now_, session_.NextTimeout());
      session_.HandleTimeout(now_);
      Check(session_.NextTimeout() > now_);
      Check(++timeouts < 2'000);
    }
    now_ = end;
  }

  void PauseConsumer(uint8_t how) {
    Consumer* consumer = session_.FindConsumer(consumers_[how & 1]);
    if (!consumer) return;
    how & 2 ? consumer->Pause(now_) : consumer->Resume(now_);
  }
  void PauseProducer(uint8_t how) {
    Producer* producer = session_.FindProducer(how & 1 ? kAudio : kVideo);
    if (!producer) return;
    how & 2 ? session_.PauseProducer(now_, producer) : session_.ResumeProducer(now_, producer);
  }
  void Replace(uint8_t how) {
    const bool audio = how & 1;
    if (how & 2) {
      RemoveConsumer(audio);
      if (how & 4) AddConsumer(audio);
    } else {
      // It takes its consumers along.
      RemoveConsumer(audio);
      session_.RemoveProducer(audio ? kAudio : kVideo);
      if (how & 4) AddProducer(audio);
    }
  }
  void Prefer(uint8_t how) {
    session_.SetMaxIncomingBitrate(how & 1 ? DataRate::KilobitsPerSec(how) : DataRate::Infinite());
    Consumer* consumer = session_.FindConsumer(consumers_[0]);
    if (consumer) consumer->SetPreferredLayers(now_, {static_cast<uint8_t>(how >> 1), 0});
  }

  void AddProducer(bool audio) {
    if (session_.FindProducer(audio ? kAudio : kVideo)) return;
    Producer* producer = session_.AddProducer(now_, audio ? AudioConfig() : VideoConfig());
    RemoveConsumer(audio);
    fan_outs_[audio] =
        std::make_unique<FanOut>(producer->config().handle, producer->config().kind, audio ? 1 : 2, this);
    producer->AddSink(fan_outs_[audio].get());
  }
  // Each has an SSRC of its own: the audio consumer has no RTX.
  void AddConsumer(bool audio) {
    RemoveConsumer(audio);
    ConsumerConfig config;
    config.handle = consumers_[audio] = ConsumerHandle(++last_consumer_);
    config.kind = audio ? MediaKind::kAudio : MediaKind::kVideo;
    config.codec = audio ? rtp::Codec::kOpus : rtp::Codec::kVp8;
    config.clock_rate = audio ? 48'000 : 90'000;
    config.ssrc = ConsumerSsrc(audio);
    if (!audio) {
      config.rtx_ssrc = Ssrc(ConsumerSsrc(audio).value() + 1);
      config.rtx_payload_type = PayloadType(97);
      config.encodings = 2;
      config.preferred_layers = {1, 0};
    }
    config.payload_types.set(audio ? 111 : 96);
    config.extensions = Extensions();
    config.mid = "m";
    config.nack = true;
    config.ignore_dtx = true;
    config.first_sequence_number = SequenceNumber(static_cast<uint16_t>(65'500 * last_consumer_));
    session_.AddConsumer(now_, config, fan_outs_[audio].get());
  }
  void RemoveConsumer(bool audio) { session_.RemoveConsumer(consumers_[audio]); }
  Ssrc ConsumerSsrc(bool audio) const { return Ssrc(0x1000 + 16 * consumers_[audio].value()); }

  Bytes bytes_;
  SlabPool pool_{8 * 1024};
  CheckingPort port_;
  Timestamp now_ = Timestamp::Seconds(1'000);
  std::array<std::unique_ptr<FanOut>, 2> fan_outs_;
  CountingEvents events_;
  RtpSession session_{
      {.rtcp_ssrc = Ssrc(0xfe), .clock = {}, .random_seed = 1, .events = &events_}, &pool_, &port_};
  std::unique_ptr<LayeredPublisher> publisher_;
  std::unique_ptr<FanOut> layered_;
  uint32_t layered_consumers_ = 0;
  std::array<ConsumerHandle, 2> consumers_;
  uint32_t last_consumer_ = 0;
  std::array<uint16_t, 2> video_sequence_ = {65'000, 100};
  uint16_t audio_sequence_ = 7, repair_sequence_ = 0;
  uint32_t second_ssrc_ = 0x100;
};

}  // namespace
}  // namespace sluice::router

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::router::Script(sluice::Bytes(data, size)).Run();
  return 0;
}
