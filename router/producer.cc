#include "router/producer.h"

#include <algorithm>
#include <utility>

#include "rtp/payload/frame_reader.h"
#include "rtp/payload/red_packet.h"

namespace sluice::router {
namespace {

ReceiveStream::Options StreamOptions(const ProducerConfig& config) {
  return {.clock_rate = config.codecs.empty() ? 90'000 : config.codecs.front().clock_rate,
          .nack = config.nack,
          .key_frame_request_delay = config.key_frame_request_delay};
}

rtp::FrameReader::Packet ContentOf(const Slab& slab, rtp::Codec codec) {
  const rtp::ReceivedPacket& info = slab.packet();
  return {
      .codec = codec,
      .payload = slab.bytes().subspan(info.payload_offset, info.payload_size),
      .dependency_descriptor = info.extensions.Data(slab.bytes(), rtp::ExtensionKind::kDependencyDescriptor),
      .timestamp = info.timestamp,
      .marker = info.marker};
}

}  // namespace

Producer::Producer(const ProducerConfig& config)
    : config_(config),
      demand_(config.encodings.size()),
      paused_(config.paused),
      selected_(!config.audio_selector.valid()) {
  codec_of_payload_type_.fill(kUnknown);
  for (size_t i = 0; i < config_.codecs.size(); ++i) {
    const ProducerCodec& codec = config_.codecs[i];
    auto index = static_cast<uint8_t>(i);
    codec_of_payload_type_[codec.payload_type.value()] = index;
    if (codec.rtx_payload_type) codec_of_payload_type_[codec.rtx_payload_type->value()] = index | kRtx;
  }
  for (const ProducerEncoding& encoding : config_.encodings) {
    ReceiveStream& stream = streams_.emplace_back(StreamOptions(config_));
    if (encoding.ssrc) stream.SetSsrc(*encoding.ssrc);
    if (encoding.rtx_ssrc) stream.set_rtx_ssrc(*encoding.rtx_ssrc);
  }
}

Producer::Result Producer::HandleRtp(Timestamp now, const SlabRef& packet, SequenceNumber sequence_number,
                                     const RtpRoute& route) {
  rtp::ReceivedPacket& info = packet->packet();
  uint8_t codec_index = codec_of_payload_type_[info.payload_type.value()];
  if (codec_index == kUnknown) return Result::kUnknownPayloadType;
  ReceiveStream& stream = streams_[route.encoding];
  const ProducerCodec& codec = config_.codecs[codec_index & ~kRtx];

  bool retransmission = (codec_index & kRtx) != 0;
  if (retransmission) {
    stream.set_rtx_ssrc(info.ssrc);
    stream.HandleRtx(info.arrival, sequence_number, info.timestamp, packet->size());
    if (!Unwrap(packet.get(), stream, &sequence_number)) return Result::kProbe;
  }
  if (!retransmission && stream.ssrc() != info.ssrc) stream.SetSsrc(info.ssrc);
  info.encoding = route.encoding;
  info.payload_type = codec.mapped_payload_type;
  // Browsers probe with padding alone under any payload type.
  const bool red = codec.codec == rtp::Codec::kRed && info.payload_size > 0;
  if (red && !ReadRed(packet.get())) return Result::kMalformedRed;
  const rtp::FrameReader::Packet content = ContentOf(*packet, codec.codec);

  bool first = !stream.started();
  switch (retransmission ? stream.HandleRepaired(now, sequence_number, content, &info)
                         : stream.HandleMedia(now, sequence_number, packet->size(), content, &info)) {
    case ReceiveStream::Verdict::kNew:
      break;
    case ReceiveStream::Verdict::kDuplicate:
      return Result::kDuplicate;
    case ReceiveStream::Verdict::kInvalid:
      return Result::kInvalidSequence;
  }
  bool too_much_lost = stream.nack().TakeKeyFrameRequest();
  if ((first || too_much_lost) && !sinks_.empty()) RequestKeyFrame(now, route.encoding);
  if (info.frame.key_frame) stream.key_frames().HandleKeyFrame(now);
  if (first) attention_ |= kStreamStarted;
  if (info.extensions[rtp::ExtensionKind::kVideoOrientation]) NoteOrientation(now, *packet);
  if (paused_) return Result::kPaused;
  if (audio_meter_ && info.extensions[rtp::ExtensionKind::kAudioLevel]) {
    audio_meter_->HandlePacket(info.timestamp, info.audio_level);
  }
  if (!selected_) return Result::kNotSelected;
  for (PacketSink* sink : sinks_) sink->HandlePacket(now, packet);
  return Result::kForwarded;
}

// A camera is not turned ten times a second; who claims so is not listened to so often.
void Producer::NoteOrientation(Timestamp now, const Slab& packet) {
  if (now < next_orientation_) return;
  Bytes element = packet.packet().extensions.Data(packet.bytes(), rtp::ExtensionKind::kVideoOrientation);
  std::optional<rtp::VideoOrientation> orientation = rtp::VideoOrientation::Parse(element);
  if (!orientation || orientation == orientation_) return;
  orientation_ = orientation;
  next_orientation_ = now + kOrientationInterval;
  attention_ |= kOrientationChanged;
}

void Producer::set_traces(TraceKinds kinds) {
  traces_ = kinds;
  attention_ = static_cast<uint8_t>((attention_ & ~kTraced) | (kinds.HasPackets() ? kTraced : 0));
}

ProducerScored Producer::Scores() const {
  ProducerScored scored{.producer = config_.handle, .streams = {}};
  for (size_t i = 0; i < streams_.size(); ++i) {
    const ReceiveStream& stream = streams_[i];
    if (!stream.ssrc() || !stream.statistics().started()) continue;
    scored.streams.push_back({static_cast<uint8_t>(i), *stream.ssrc(), stream.score()});
  }
  return scored;
}

bool Producer::UpdateScores(Timestamp now) {
  bool changed = false;
  for (ReceiveStream& stream : streams_) {
    if (stream.statistics().started()) changed |= stream.UpdateScore(now, streams_.size() > 1);
  }
  return changed;
}

// Undoes RFC 4588 §4: the original sequence number precedes the original payload. False: nothing in it.
bool Producer::Unwrap(Slab* packet, const ReceiveStream& stream, SequenceNumber* original) {
  rtp::ReceivedPacket& info = packet->packet();
  if (info.payload_size < 2 || !stream.ssrc()) return false;
  *original = SequenceNumber(LoadU16(packet->bytes().data() + info.payload_offset));
  info.payload_offset += 2;
  info.payload_size -= 2;
  info.ssrc = *stream.ssrc();
  return true;
}

// Takes note of the primary block, and calls all blocks what the router does: consumers that take RED get it
// as it is then. False: it cannot be read, or has a block that was not negotiated.
bool Producer::ReadRed(Slab* packet) const {
  rtp::ReceivedPacket& info = packet->packet();
  MutableBytes payload = packet->bytes().subspan(info.payload_offset, info.payload_size);
  std::optional<rtp::RedPacket> red = rtp::RedPacket::Parse(payload);
  if (!red) return false;
  for (size_t block = 0; block <= red->redundant_blocks; ++block) {
    uint8_t& header = payload[rtp::RedPacket::HeaderOffset(block)];
    const uint8_t index = codec_of_payload_type_[header & 0x7f];
    if (index == kUnknown || (index & kRtx) != 0 || config_.codecs[index].codec == rtp::Codec::kRed)
      return false;
    info.primary_payload_type = config_.codecs[index].mapped_payload_type;
    header = static_cast<uint8_t>((header & 0x80) | info.primary_payload_type.value());
  }
  info.primary_size = red->primary_size;
  return true;
}

void Producer::HandleSenderReport(const SenderReportInfo& report) {
  for (size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i].ssrc() != report.source) continue;
    streams_[i].HandleSenderReport(report);
    for (PacketSink* sink : sinks_) sink->HandleSenderReport(static_cast<uint8_t>(i), report);
  }
}

void Producer::AddSink(PacketSink* sink) {
  sinks_.push_back(sink);
  for (size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i].sender_report())
      sink->HandleSenderReport(static_cast<uint8_t>(i), *streams_[i].sender_report());
  }
}

void Producer::RemoveSink(PacketSink* sink) {
  sinks_.erase(std::remove(sinks_.begin(), sinks_.end(), sink), sinks_.end());
  demand_.Remove(sink);
}

void Producer::SetSelected(bool selected) {
  if (std::exchange(selected_, selected) || !selected) return;
  // Its consumers go on without a gap.
  for (ReceiveStream& stream : streams_) stream.SkipAhead();
}

void Producer::Resume(Timestamp now) {
  if (!paused_) return;
  paused_ = false;
  for (size_t i = 0; i < streams_.size(); ++i) {
    streams_[i].SkipAhead();
    if (!sinks_.empty() && streams_[i].started()) RequestKeyFrame(now, static_cast<uint8_t>(i));
  }
}

void Producer::RequestKeyFrame(Timestamp now, uint8_t encoding) {
  bool possible = config_.kind == MediaKind::kVideo && (config_.pli || config_.fir);
  if (!possible || paused_ || encoding >= streams_.size()) return;
  streams_[encoding].key_frames().Request(now);
}

Timestamp Producer::NextTimeout() const {
  Timestamp next = demand_.NextTimeout();
  for (const ReceiveStream& stream : streams_) next = std::min(next, stream.NextTimeout());
  return next;
}

}  // namespace sluice::router
