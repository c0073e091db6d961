// What one packet costs on its way through: parsing at ingest, writing and numbering for each consumer.
#include "rtp/packet_view.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "rtp/packet_reader.h"
#include "rtp/packet_writer.h"
#include "rtp/payload/frame_reader.h"
#include "rtp/sequence_rewriter.h"

namespace sluice::rtp {
namespace {

ExtensionMap Negotiated() {
  ExtensionMap map;
  map.Register(ExtensionKind::kMid, 1);
  map.Register(ExtensionKind::kAbsSendTime, 4);
  map.Register(ExtensionKind::kTransportSequenceNumber, 5);
  map.Register(ExtensionKind::kAudioLevel, 6);
  map.Register(ExtensionKind::kDependencyDescriptor, 7);
  return map;
}

// A VP8 packet as a browser sends it: MID, abs-send-time and transport sequence number, then `payload_size`
// octets.
std::vector<uint8_t> Packet(size_t payload_size) {
  constexpr size_t kHeader = 28;
  constexpr uint8_t kStart[] = {
      0x90, 0x60, 0x12, 0x34, 1,    2,    3,    4,    5, 6,   7,    8,  // fixed header
      0xbe, 0xde, 0,    3,    0x10, '0',  0x42, 1,    2, 3,   0x51, 0,  // extensions
      9,    0,    0,    0,    0x90, 0xe0, 0x81, 0x02, 3, 0x40};         // VP8
  std::vector<uint8_t> packet(kHeader + payload_size, 0xab);
  std::copy(std::begin(kStart), std::end(kStart), packet.begin());
  return packet;
}

SlabRef Receive(SlabPool& pool, size_t payload_size) {
  SlabRef slab = pool.Acquire();
  const std::vector<uint8_t> packet = Packet(payload_size);
  std::copy(packet.begin(), packet.end(), slab->storage().begin());
  slab->Resize(packet.size());
  slab->packet() = ReadPacket(*PacketView::Parse(slab->bytes()), Negotiated());
  return slab;
}

// The cost must not depend on the argument, the size of the payload.
void BM_ParsePacket(benchmark::State& state) {
  const std::vector<uint8_t> packet = Packet(static_cast<size_t>(state.range(0)));
  if (!PacketView::Parse(packet)) state.SkipWithError("the fixture is not a packet");
  for (auto _ : state) benchmark::DoNotOptimize(PacketView::Parse(packet));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_ParsePacket)->Arg(16)->Arg(160)->Arg(1200);

// All that is read at ingest: header, extensions, payload descriptor.
void BM_ReadPacket(benchmark::State& state) {
  const std::vector<uint8_t> packet = Packet(static_cast<size_t>(state.range(0)));
  const ExtensionMap map = Negotiated();
  if (!ReadPacket(*PacketView::Parse(packet), map).extensions[ExtensionKind::kMid]) {
    state.SkipWithError("the fixture has no MID");
  }
  FrameReader frames;
  for (auto _ : state) {
    auto view = PacketView::Parse(packet);
    ReceivedPacket read = ReadPacket(*view, map);
    read.frame = frames.Read({.codec = Codec::kVp8,
                              .payload = view->payload(),
                              .dependency_descriptor = {},
                              .timestamp = read.timestamp});
    benchmark::DoNotOptimize(read);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_ReadPacket)->Arg(160)->Arg(1200);

void BM_WriteForwarded(benchmark::State& state) {
  SlabPool pool;
  SlabRef packet = Receive(pool, static_cast<size_t>(state.range(0)));
  const ExtensionLayout layout(Negotiated());
  SlabRef out = pool.Acquire();
  OutgoingHeader header = {.ssrc = Ssrc(7), .payload_type = PayloadType(100)};
  OutgoingStamp stamp = {.mid = "3"};
  size_t size = WriteForwarded(*packet, layout, header, stamp, out->storage());
  if (!PacketView::Parse(Bytes(out->storage()).first(size)))
    state.SkipWithError("what is written is no packet");
  for (auto _ : state) {
    header.sequence_number = header.sequence_number + 1;
    ++stamp.transport_sequence_number;
    benchmark::DoNotOptimize(WriteForwarded(*packet, layout, header, stamp, out->storage()));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(size));
}
BENCHMARK(BM_WriteForwarded)->Arg(160)->Arg(1200);

void BM_SequenceForward(benchmark::State& state) {
  SequenceRewriter rewriter{SequenceNumber(1)};
  rewriter.Resync(0);
  int64_t in = 0;
  for (auto _ : state) benchmark::DoNotOptimize(rewriter.Forward(in++));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_SequenceForward);

// Every second packet is dropped, as when a temporal layer is.
void BM_SequenceForwardAndDrop(benchmark::State& state) {
  SequenceRewriter rewriter{SequenceNumber(1)};
  rewriter.Resync(0);
  int64_t in = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(rewriter.Forward(in++));
    rewriter.Drop(in++);
  }
  state.SetItemsProcessed(state.iterations() * 2);
}
BENCHMARK(BM_SequenceForwardAndDrop);

// A NACK for the packet that many runs back: the search is linear, and nearly always short.
void BM_SequenceOriginal(benchmark::State& state) {
  SequenceRewriter rewriter{SequenceNumber(1)};
  rewriter.Resync(0);
  for (int64_t in = 0; in < 1000; in += 2) {
    rewriter.Forward(in);
    rewriter.Drop(in + 1);
  }
  const auto asked = SequenceNumber(500) - static_cast<int>(state.range(0));
  if (!rewriter.Original(asked)) state.SkipWithError("forgotten");
  for (auto _ : state) benchmark::DoNotOptimize(rewriter.Original(asked));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_SequenceOriginal)->Arg(0)->Arg(16)->Arg(60);

void BM_SlabAcquireAndRelease(benchmark::State& state) {
  SlabPool pool;
  for (auto _ : state) benchmark::DoNotOptimize(pool.Acquire());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_SlabAcquireAndRelease);

}  // namespace
}  // namespace sluice::rtp
