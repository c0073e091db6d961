// A received datagram on its way through: parsed, read, every payload descriptor tried on it, written for a
// consumer and parsed again. What comes out must be what went in, under the consumer's header.
//
// Input: an octet that chooses the consumer's extension ids, then the datagram.
#include <algorithm>
#include <cstdlib>

#include "rtp/packet_reader.h"
#include "rtp/packet_writer.h"
#include "rtp/payload/av1_packet.h"
#include "rtp/payload/dependency_descriptor.h"
#include "rtp/payload/h264_packet.h"
#include "rtp/payload/h265_packet.h"
#include "rtp/payload/vp8_descriptor.h"
#include "rtp/payload/vp9_descriptor.h"
#include "rtp/video_layers_allocation.h"
#include "rtp/video_orientation.h"

namespace sluice::rtp {
namespace {

void Check(bool invariant) {
  if (!invariant) std::abort();
}

bool Equal(Bytes a, Bytes b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

bool IsInside(Bytes part, Bytes whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

// All kinds, with consecutive ids from `first`.
ExtensionMap AllKinds(uint8_t first) {
  ExtensionMap map;
  for (size_t i = 0; i < kExtensionKinds; ++i) {
    map.Register(static_cast<ExtensionKind>(i), static_cast<uint8_t>(first + i));
  }
  return map;
}

void CheckView(const PacketView& view) {
  Check(view.payload_offset() + view.payload_size() + view.padding_size() == view.datagram().size());
  Check(IsInside(view.payload(), view.datagram()));
  Check(IsInside(view.extension_block(), view.datagram()));
  for (size_t i = 0; i < view.csrc_count(); ++i) view.csrc(i);
}

void CheckDescriptors(Bytes payload) {
  if (auto vp8 = Vp8Descriptor::Parse(payload)) {
    Check(vp8->size > 0 && vp8->size < payload.size() && vp8->size <= 6);
    Check(vp8->picture_id.has_value() == (vp8->picture_id_offset > 0));
    Check(vp8->tl0_picture_index.has_value() == (vp8->tl0_picture_index_offset > 0));
    if (vp8->tl0_picture_index) Check(payload[vp8->tl0_picture_index_offset] == *vp8->tl0_picture_index);
  }
  if (auto vp9 = Vp9Descriptor::Parse(payload)) {
    Check(vp9->size > 0 && vp9->size < payload.size());
    Check(vp9->structure_offset + vp9->structure_size <= vp9->size);
    Check(vp9->references <= Vp9Descriptor::kMaxReferences);
    Check(vp9->picture_id.has_value() == (vp9->picture_id_offset > 0));
    if (vp9->tl0_picture_index) Check(payload[vp9->tl0_picture_index_offset] == *vp9->tl0_picture_index);
  }
  if (auto h264 = H264Packet::Parse(payload)) Check(!payload.empty());
  if (auto av1 = Av1Packet::Parse(payload)) {
    Check(av1->temporal_layer.has_value() == av1->spatial_layer.has_value());
    Check(!(av1->continues_obu && av1->frame_start));
  }
  if (auto h265 = H265Packet::Parse(payload)) Check(payload.size() >= 2 && h265->temporal_layer < 7);
  DependencyStructure structure;
  DependencyDescriptor::Parse(payload, structure);
  if (auto allocation = VideoLayersAllocation::Parse(payload)) {
    Check(allocation->stream < 4 && allocation->stream_count <= VideoLayersAllocation::kMaxStreams);
    for (size_t i = 0; i < VideoLayersAllocation::kMaxStreams; ++i)
      Check(allocation->spatial_layers[i] < 16 &&
            (i < allocation->stream_count || allocation->spatial_layers[i] == 0));
  }
  if (auto orientation = VideoOrientation::Parse(payload)) Check(orientation->rotation % 90 == 0);
}

const OutgoingHeader kHeader = {.ssrc = Ssrc(0xcafe),
                                .sequence_number = SequenceNumber(0xfedc),
                                .timestamp = 0x01020304,
                                .payload_type = PayloadType(101),
                                .marker = true};
const OutgoingStamp kStamp = {
    .mid = "mid", .transport_sequence_number = 0xabcd, .abs_send_time = AbsSendTime::FromWire(0x987654)};

void CheckWritten(const Slab& packet, Bytes written, const ExtensionMap& consumer) {
  auto view = PacketView::Parse(written);
  Check(view.has_value());
  Check(view->ssrc() == kHeader.ssrc && view->sequence_number() == kHeader.sequence_number);
  Check(view->timestamp() == kHeader.timestamp && view->payload_type() == kHeader.payload_type);
  Check(view->marker() && view->padding_size() == 0);

  auto source = PacketView::Parse(packet.bytes());
  Check(view->csrc_count() == source->csrc_count());
  for (size_t i = 0; i < view->csrc_count(); ++i) Check(view->csrc(i) == source->csrc(i));

  ExtensionTable table = ReadExtensions(*view, consumer);
  const uint8_t mid[] = {'m', 'i', 'd'}, sequence[] = {0xab, 0xcd}, time[] = {0x98, 0x76, 0x54};
  Check(Equal(table.Data(written, ExtensionKind::kMid), mid));
  Check(Equal(table.Data(written, ExtensionKind::kTransportSequenceNumber), sequence));
  Check(Equal(table.Data(written, ExtensionKind::kAbsSendTime), time));
  Check(!table[ExtensionKind::kRid] && !table[ExtensionKind::kRepairedRid]);
  const ExtensionLayout layout(consumer);
  for (const auto& [kind, id] : layout.copied()) {
    const ExtensionTable& original = packet.packet().extensions;
    Check(static_cast<bool>(table[kind]) == static_cast<bool>(original[kind]));
    Check(Equal(table.Data(written, kind), original.Data(packet.bytes(), kind)));
  }
}

void CheckForwarding(const PacketView& view, uint8_t first_id) {
  static SlabPool pool;
  SlabRef slab = pool.Acquire();
  std::copy(view.datagram().begin(), view.datagram().end(), slab->storage().begin());
  slab->Resize(view.datagram().size());
  slab->packet() = ReadPacket(view, AllKinds(1));

  const ExtensionMap consumer = AllKinds(first_id);
  const ExtensionLayout layout(consumer);
  uint8_t out[3 * Slab::kCapacity];
  size_t size = WriteForwarded(*slab, layout, kHeader, kStamp, out);
  Check(size > 0);
  Check(WriteForwarded(*slab, layout, kHeader, kStamp, MutableBytes(out).first(size)) == size);
  CheckWritten(*slab, Bytes(out).first(size), consumer);
  Check(Equal(PacketView::Parse(Bytes(out).first(size))->payload(), view.payload()));
  Check(WriteForwarded(*slab, layout, kHeader, kStamp, MutableBytes(out).first(size - 1)) == 0);

  size_t resent = WriteRetransmission(*slab, layout, kHeader, kStamp, SequenceNumber(0x1122), out);
  Check(resent == size + 2);
  CheckWritten(*slab, Bytes(out).first(resent), consumer);
  Bytes payload = PacketView::Parse(Bytes(out).first(resent))->payload();
  Check(LoadU16(payload.data()) == 0x1122 && Equal(payload.subspan(2), view.payload()));
}

void Run(uint8_t choice, Bytes datagram) {
  LooksLikeRtcp(datagram);
  CheckDescriptors(datagram);
  auto view = PacketView::Parse(datagram);
  if (!view) return;
  CheckView(*view);
  CheckDescriptors(view->payload());
  ExtensionTable table = ReadExtensions(*view, AllKinds(1));
  for (size_t i = 0; i < kExtensionKinds; ++i) {
    auto kind = static_cast<ExtensionKind>(i);
    if (table[kind]) Check(IsInside(table.Data(datagram, kind), view->extension_block()));
  }
  const auto first_id = static_cast<uint8_t>(1 + choice % (256 - kExtensionKinds));
  if (datagram.size() <= Slab::kCapacity) CheckForwarding(*view, first_id);
}

}  // namespace
}  // namespace sluice::rtp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 0) sluice::rtp::Run(data[0], sluice::Bytes(data + 1, size - 1));
  return 0;
}
