#include "router/consumer.h"

#include <algorithm>
#include <utility>

#include "router/layer_switch.h"
#include "rtp/extension_block.h"
#include "rtp/payload/dependency_descriptor.h"

namespace sluice::router {
namespace {

// Opus in DTX sends packets of a table of contents byte and at most one more (RFC 6716 §3.1).
constexpr size_t kMaxDtxPayload = 2;
// A key frame that has not come by then is asked for again.
constexpr TimeDelta kAskAgain = TimeDelta::Millis(1000);
// Streams with temporal layers have places to go up every few frames, most of them.
constexpr TimeDelta kTemporalPatience = TimeDelta::Millis(2000);
// A publisher may have its layers change with every packet; what is told of it takes memory elsewhere.
constexpr TimeDelta kTellingInterval = TimeDelta::Millis(200);

// A packet that is sent again under its own sequence number must be the same to the last octet, or its SRTP
// nonce would be used for two messages (RFC 7714 §8.1): then nothing in it may depend on when it is sent.
rtp::ExtensionMap ExtensionsFor(const ConsumerConfig& config) {
  rtp::ExtensionMap extensions = config.extensions;
  if (config.nack && !config.rtx_ssrc) {
    extensions.Register(rtp::ExtensionKind::kTransportSequenceNumber, 0);
    extensions.Register(rtp::ExtensionKind::kAbsSendTime, 0);
  }
  return extensions;
}

rtp::Layers Highest(const ConsumerConfig& config) {
  const uint8_t spatial = std::max(config.encodings, config.spatial_layers);
  return {static_cast<uint8_t>(spatial - 1), static_cast<uint8_t>(config.temporal_layers - 1)};
}

}  // namespace

Consumer::Consumer(const ConsumerConfig& config, FanOut* fan_out, RtpSender* sender)
    : stream_(config.codec, config.first_sequence_number),
      config_(config),
      fan_out_(fan_out),
      sender_(sender),
      extensions_(ExtensionsFor(config)),
      paused_(config.paused),
      next_rtx_sequence_number_(config.first_rtx_sequence_number) {
  padding_payload_type_ = config_.payload_types.first().value_or(PayloadType(0));
  target_ = BestTarget();
  want_ = MakeWant();
}

rtp::Layers Consumer::LayersOf(uint8_t encoding, rtp::Layers in_stream) const {
  return rtp::Layers{simulcast() ? encoding : in_stream.spatial, in_stream.temporal}.LimitedTo(
      Highest(config_));
}

std::optional<rtp::Layers> Consumer::current_layers() const {
  if (encoding_ == kNoEncoding) return std::nullopt;
  rtp::Layers layers = LayersOf(encoding_, stream_.present().layers);
  layers.temporal = std::min(layers.temporal, fan_out_->highest_temporal(encoding_));
  return layers;
}

std::optional<rtp::Layers> Consumer::target_layers() const {
  if (target_.encoding == kNoEncoding) return std::nullopt;
  return LayersOf(target_.encoding, target_.layers);
}

std::optional<uint8_t> Consumer::current_encoding() const {
  return encoding_ == kNoEncoding ? std::nullopt : std::optional(encoding_);
}

std::optional<rtp::Layers> Consumer::AllowedLayers() const {
  if (paused_ || !max_layers_ || !sender_->writable()) return std::nullopt;
  if (config_.pipe_encoding) return max_layers_->LimitedTo(rtp::LayerSet::kHighest);
  return config_.preferred_layers.LimitedTo(*max_layers_).LimitedTo(Highest(config_));
}

std::optional<Consumer::Want> Consumer::MakeWant() const {
  const std::optional<rtp::Layers> layers = AllowedLayers();
  if (!layers) return std::nullopt;
  if (config_.pipe_encoding) return Want{*config_.pipe_encoding, *layers};
  if (simulcast()) return Want{layers->spatial, {0, layers->temporal}};
  return Want{0, *layers};
}

// Of what is wanted the best spatial layer that is coming, else the lowest above; with all that is not told
// apart.
Consumer::Target Consumer::BestTarget() const {
  const std::optional<rtp::Layers> layers = AllowedLayers();
  if (!layers || !selected_) return {};
  if (config_.pipe_encoding) return {.encoding = *config_.pipe_encoding, .layers = rtp::LayerSet::kHighest};
  const rtp::Layers highest = Highest(config_);
  const rtp::Layers wanted = *layers;
  uint8_t spatial = wanted.spatial;
  while (spatial > 0 && !fan_out_->IsComing(spatial)) --spatial;
  if (!fan_out_->IsComing(spatial)) {
    spatial = wanted.spatial;
    for (uint8_t above = wanted.spatial; above <= highest.spatial; ++above) {
      if (!fan_out_->IsComing(above)) continue;
      spatial = above;
      break;
    }
  }
  Target target{.encoding = 0, .layers = rtp::LayerSet::kHighest};
  if (config_.temporal_layers > 1) target.layers.temporal = wanted.temporal;
  if (simulcast()) {
    target.encoding = spatial;
  } else if (config_.spatial_layers > 1) {
    target.layers.spatial = spatial;
  }
  return target;
}

void Consumer::Retarget(Timestamp now) {
  if (std::optional<Want> want = MakeWant(); want != want_) {
    want_ = want;
    fan_out_->HandleWantChanged();
  }
  const Target target = BestTarget();
  if (target == target_) return;
  const Target before = target_;
  target_ = target;
  if (target.encoding == kNoEncoding) {
    encoding_ = kNoEncoding;
    TellLayers(now);
  } else if (encoding_ != target.encoding) {
    if (before.encoding != target.encoding) Ask(now);
  } else {
    const bool spatial = stream_.present().layers.spatial != target.layers.spatial;
    next_request_ = spatial ? now : now + kTemporalPatience;
  }
}

bool Consumer::chooses() const { return !config_.pipe_encoding && Highest(config_) != rtp::Layers(); }

void Consumer::TellLayers(Timestamp now) {
  const std::optional<rtp::Layers> layers = current_layers();
  has_untold_layers_ = layers != told_layers_ && chooses();
  if (!has_untold_layers_ || (layers && now < next_telling_)) return;
  has_untold_layers_ = false;
  told_layers_ = layers;
  next_telling_ = now + kTellingInterval;
  sender_->Tell(LayersChanged{config_.handle, layers});
}

void Consumer::Ask(Timestamp now) {
  if (config_.kind != MediaKind::kVideo) return;
  fan_out_->RequestKeyFrame(now, target_.encoding);
  next_request_ = now + kAskAgain;
}

void Consumer::RequestKeyFrame(Timestamp now) {
  if (target_.encoding != kNoEncoding) Ask(now);
}

void Consumer::HandleLayersComing(Timestamp now) {
  Retarget(now);
  TellLayers(now);
}

void Consumer::HandleTimeout(Timestamp now) {
  if (has_untold_layers_) TellLayers(now);
}

void Consumer::HandleWritable(Timestamp now) { Retarget(now); }

void Consumer::Pause(Timestamp now) {
  paused_ = true;
  Retarget(now);
}

void Consumer::Resume(Timestamp now) {
  paused_ = false;
  Retarget(now);
}

void Consumer::SetSelected(Timestamp now, bool selected) {
  if (std::exchange(selected_, selected) != selected) Retarget(now);
}

void Consumer::SetPreferredLayers(Timestamp now, rtp::Layers layers) {
  config_.preferred_layers = layers;
  Retarget(now);
}

void Consumer::SetMaxLayers(Timestamp now, std::optional<rtp::Layers> layers) {
  max_layers_ = layers;
  Retarget(now);
}

void Consumer::HandlePacket(Timestamp now, const Slab& packet) {
  const rtp::ReceivedPacket& info = packet.packet();
  if (info.encoding == encoding_) {
    if (has_untold_layers_) TellLayers(now);
    if (!stream_.IsBreak(info)) return HandlePresent(now, packet);
    encoding_ = kNoEncoding;
    if (!info.frame.key_frame) Ask(now);
  }
  if (info.encoding != target_.encoding) return;
  if (CanBegin(info)) {
    Begin(now, packet);
  } else if (info.frame.frame_start && now >= next_request_) {
    Ask(now);
  }
}

bool Consumer::CanBegin(const rtp::ReceivedPacket& packet) const {
  if (!IsAcceptable(packet)) return false;
  return !NeedsKeyFrame() || (packet.frame.key_frame && Needs(packet.frame, target_.layers));
}

void Consumer::Begin(Timestamp now, const Slab& packet) {
  const rtp::ReceivedPacket& info = packet.packet();
  stream_.Begin(info, target_.layers, AlignTimestamp(info));
  encoding_ = info.encoding;
  TellLayers(now);
  HandlePresent(now, packet);
  CatchUp(now, info);
}

// A key frame whose first packet is late is begun with what has come before it.
void Consumer::CatchUp(Timestamp now, const rtp::ReceivedPacket& first) {
  const int64_t last = std::min(fan_out_->highest_sequence(first.encoding), first.sequence + kMaxCatchUp);
  for (int64_t sequence = first.sequence + 1; sequence <= last; ++sequence) {
    if (const Slab* packet = fan_out_->Find(now, first.encoding, sequence)) HandlePresent(now, *packet);
  }
}

void Consumer::HandlePresent(Timestamp now, const Slab& packet) {
  const rtp::ReceivedPacket& info = packet.packet();
  const bool newest = stream_.IsNewest(info);
  // Within a picture only where its lower layers are known, and were left out.
  const bool steps = info.frame.picture_start || (info.frame.frame_start && stream_.IsNext(info));
  if (newest && steps && target_.encoding == encoding_ && target_.layers != stream_.present().layers) {
    StepToTarget(now, info);
  }
  const Stretch* stretch = stream_.StretchOf(info);
  if (!stretch) return;
  if (Wants(info, *stretch)) {
    Forward(now, packet, *stretch);
  } else if (newest) {
    stream_.Drop(info, /*whole_frame=*/!Needs(info.frame, stretch->layers));
  } else {
    Fill(now, packet, *stretch);
  }
}

void Consumer::StepToTarget(Timestamp now, const rtp::ReceivedPacket& packet) {
  const rtp::Layers present = stream_.present().layers;
  const rtp::Layers next = ChooseLayers(packet.frame, present, target_.layers);
  if (next != present) {
    stream_.ChangeLayers(packet, next);
    TellLayers(now);
  }
  if (next != target_.layers && packet.frame.picture_start && now >= next_request_) Ask(now);
}

bool Consumer::Wants(const rtp::ReceivedPacket& packet, const Stretch& stretch) const {
  return Needs(packet.frame, stretch.layers) && IsAcceptable(packet) && !IsDroppedDtx(packet);
}

std::optional<Consumer::Part> Consumer::PartOf(const rtp::ReceivedPacket& packet) const {
  if (packet.payload_size == 0) return std::nullopt;
  if (auto whole = config_.payload_types.Find(packet.payload_type)) return Part{*whole};
  if (packet.primary_size == 0) return std::nullopt;
  auto primary = config_.payload_types.Find(packet.primary_payload_type);
  if (!primary) return std::nullopt;
  return Part{*primary, static_cast<uint16_t>(packet.payload_size - packet.primary_size)};
}

bool Consumer::IsDroppedDtx(const rtp::ReceivedPacket& packet) const {
  if (!config_.ignore_dtx || config_.codec != rtp::Codec::kOpus) return false;
  return (packet.primary_size > 0 ? packet.primary_size : packet.payload_size) <= kMaxDtxPayload;
}

void Consumer::Forward(Timestamp now, const Slab& packet, const Stretch& stretch) {
  std::optional<SequenceNumber> number = stream_.Number(packet.packet());
  if (!number) return;
  OutgoingPacket outgoing = Rewrite(packet, *number, stretch);
  size_t size = Send(now, packet, stretch, &outgoing);
  if (size == 0) return;
  stream_.NoteSent(packet.packet(), stretch);
  payload_octets_ += packet.packet().payload_size - outgoing.header.left_out;
  Count(now, size);
}

// The packet is late: while it was missing its number was kept for it. The subscriber gets padding in its
// place, or it would ask for it again and again.
void Consumer::Fill(Timestamp now, const Slab& packet, const Stretch& stretch) {
  std::optional<SequenceNumber> number = stream_.GapOf(packet.packet());
  if (!number) return;
  OutgoingPacket outgoing = Rewrite(packet, *number, stretch);
  size_t size = Send(now, packet, stretch, &outgoing);
  if (size > 0) Count(now, size);
}

void Consumer::Count(Timestamp now, size_t size) {
  last_sent_ = now;
  ++statistics_.packets;
  statistics_.bytes += static_cast<int64_t>(size);
  rate_.Add(now, size);
}

OutgoingPacket Consumer::Rewrite(const Slab& packet, SequenceNumber number, const Stretch& stretch) const {
  const rtp::ReceivedPacket& info = packet.packet();
  // Where upper spatial layers are left out, the picture ends before its last packet.
  const bool last = info.frame.frame_end && info.frame.layers.spatial == stretch.layers.spatial;
  // Where audio goes on after others were heard, a talkspurt begins (RFC 3551 §4.1).
  const bool spurt = config_.kind == MediaKind::kAudio && info.sequence + stretch.key_offset == stretch.begin;
  const bool wanted = Wants(info, stretch);
  const Part part = wanted ? *PartOf(info) : Part{padding_payload_type_};
  return {.source = &packet,
          .extensions = &extensions_,
          .header = {.ssrc = config_.ssrc,
                     .sequence_number = number,
                     .timestamp = info.timestamp + stretch.timestamp_offset,
                     .payload_type = part.payload_type,
                     .marker = wanted && (info.marker || last || spurt),
                     .left_out = part.left_out},
          .mid = config_.mid,
          .original = std::nullopt,
          .kind = config_.kind,
          .consumer = config_.handle,
          .traces = traces_,
          .is_padding = !wanted};
}

size_t Consumer::Send(Timestamp now, const Slab& packet, const Stretch& stretch, OutgoingPacket* outgoing) {
  const rtp::ReceivedPacket& info = packet.packet();
  uint8_t scratch[rtp::ExtensionBlockSize::kMaxElementSize];
  if (!outgoing->is_padding) {
    std::optional<rtp::OutgoingPictureIds> ids = stream_.PictureIds(info, stretch);
    if (!ids) return 0;
    outgoing->picture_ids = *ids;
    outgoing->dependency_descriptor = RewriteDescriptor(packet, stretch, scratch);
  }
  return sender_->Send(now, *outgoing);
}

// Empty: it stays as it is, or there is none.
Bytes Consumer::RewriteDescriptor(const Slab& packet, const Stretch& stretch, MutableBytes scratch) const {
  const rtp::DependencyInfo& info = packet.packet().frame.dependencies;
  if (info.target_count == 0 || !config_.extensions.Has(rtp::ExtensionKind::kDependencyDescriptor)) return {};
  const rtp::Layers layers = stretch.layers.LimitedTo(rtp::LayerSet::kHighest);
  const uint32_t targets = info.active_targets & info.targets_to_spatial[layers.spatial] &
                           info.targets_to_temporal[layers.temporal];
  const bool is_less = targets != info.active_targets && targets != 0;
  const bool is_news = packet.packet().frame.frame_start && stretch.tells_layers &&
                       packet.packet().sequence + stretch.key_offset - stretch.begin < kAnnouncedPackets;
  std::optional<uint32_t> active;
  if (is_news || (is_less && info.has_active_targets)) active = is_less ? targets : info.active_targets;
  if (!active && stretch.frame_number_offset == 0) return {};
  const auto frame_number = static_cast<uint16_t>(info.frame_number + stretch.frame_number_offset);
  Bytes element = packet.packet().extensions.Data(packet.bytes(), rtp::ExtensionKind::kDependencyDescriptor);
  const size_t size = rtp::RewriteDependencyDescriptor(element, frame_number, active, info.target_count,
                                                       info.active_targets_position, scratch);
  return scratch.first(size);
}

}  // namespace sluice::router
