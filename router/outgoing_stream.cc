#include "router/outgoing_stream.h"

#include <algorithm>

#include "rtp/receive_statistics.h"

namespace sluice::router {

void OutgoingStream::Begin(const rtp::ReceivedPacket& first, rtp::Layers layers, uint32_t timestamp) {
  Stretch next{.begin = first.sequence,
               .source = first.ssrc,
               .encoding = first.encoding,
               .layers = layers,
               .timestamp_offset = timestamp - first.timestamp};
  if (started()) next.begin = highest_sequence_ + present().key_offset + kEpochGap;
  next.key_offset = next.begin - first.sequence;
  BeginIds(first.frame, &next);
  if (!started()) sequence_numbers_.Resync(next.begin);
  stretches_.Add(next);
  highest_sequence_ = first.sequence - 1;
  dropping_ = false;
}

// All of them go on with the next number; what was first of all keeps its own.
void OutgoingStream::BeginIds(const rtp::FrameInfo& frame, Stretch* stretch) {
  const int64_t picture = frame.ids.picture_id;
  if (codec_ != rtp::Codec::kVp8) {
    if (last_picture_id_ >= 0) stretch->picture_offset = last_picture_id_ + 1 - picture;
  } else if (pictures_) {
    stretch->picture_offset = pictures_->highest_in() + kEpochGap - picture;
  } else if (frame.ids.picture_id_offset != 0) {
    pictures_.emplace(picture);
    pictures_->Resync(picture);
  }
  if (last_frame_number_ >= 0)
    stretch->frame_number_offset = last_frame_number_ + 1 - frame.dependencies.frame_number;
  if (started())
    stretch->tl0_offset = static_cast<uint8_t>(last_tl0_picture_index_ + 1 - frame.ids.tl0_picture_index);
}

void OutgoingStream::ChangeLayers(const rtp::ReceivedPacket& first, rtp::Layers layers) {
  Stretch next = present();
  next.begin = KeyOf(first);
  next.layers = layers;
  next.tells_layers = !first.frame.key_frame;
  stretches_.Add(next);
}

bool OutgoingStream::IsBreak(const rtp::ReceivedPacket& packet) const {
  if (packet.sequence - highest_sequence_ > rtp::ReceiveStatistics::kMaxDropout) return true;
  // An encoder that begins anew may count its pictures from anywhere.
  return packet.frame.key_frame && RewritesPictures(packet) && IsNewest(packet) &&
         packet.frame.ids.picture_id + present().picture_offset <= pictures_->highest_in();
}

const Stretch* OutgoingStream::StretchOf(const rtp::ReceivedPacket& packet) const {
  const Stretch& newest = present();
  const int64_t key = packet.sequence + newest.key_offset;
  if (key >= newest.begin) return &newest;
  const Stretch* stretch = stretches_.Find(key);
  return stretch && stretch->key_offset == newest.key_offset ? stretch : nullptr;
}

void OutgoingStream::Drop(const rtp::ReceivedPacket& packet, bool whole_frame) {
  if (!IsNewest(packet)) return;
  highest_sequence_ = packet.sequence;
  const bool goes_on = dropping_ && whole_frame && packet.timestamp == dropped_timestamp_ &&
                       packet.frame.layers.spatial == dropped_spatial_layer_;
  // What is missing between two packets of a frame is of that frame.
  goes_on ? sequence_numbers_.DropUpTo(KeyOf(packet)) : sequence_numbers_.Drop(KeyOf(packet));
  dropping_ = whole_frame;
  dropped_timestamp_ = packet.timestamp;
  dropped_spatial_layer_ = packet.frame.layers.spatial;
  if (whole_frame && RewritesPictures(packet))
    pictures_->Drop(packet.frame.ids.picture_id + present().picture_offset);
}

std::optional<SequenceNumber> OutgoingStream::Number(const rtp::ReceivedPacket& packet) {
  if (RewritesPictures(packet) &&
      !pictures_->Forward(packet.frame.ids.picture_id + present().picture_offset)) {
    Drop(packet, false);
    return std::nullopt;
  }
  if (IsNewest(packet)) {
    highest_sequence_ = packet.sequence;
    dropping_ = false;
  }
  return sequence_numbers_.Forward(KeyOf(packet));
}

std::optional<rtp::OutgoingPictureIds> OutgoingStream::PictureIds(const rtp::ReceivedPacket& packet,
                                                                  const Stretch& stretch) const {
  const rtp::PictureIds& ids = packet.frame.ids;
  std::optional<int64_t> picture = ids.picture_id + stretch.picture_offset;
  if (RewritesPictures(packet)) picture = pictures_->Find(*picture);
  if (!picture) return std::nullopt;
  return rtp::OutgoingPictureIds{
      .picture_id = static_cast<uint16_t>(*picture),
      .tl0_picture_index = static_cast<uint8_t>(ids.tl0_picture_index + stretch.tl0_offset)};
}

void OutgoingStream::NoteSent(const rtp::ReceivedPacket& packet, const Stretch& stretch) {
  const uint32_t timestamp = packet.timestamp + stretch.timestamp_offset;
  const rtp::FrameInfo& frame = packet.frame;
  if (!last_arrival_.IsPast() && static_cast<int32_t>(timestamp - last_timestamp_) < 0) return;
  if (timestamp != last_timestamp_ || last_arrival_.IsPast()) last_arrival_ = packet.arrival;
  last_timestamp_ = timestamp;
  last_tl0_picture_index_ = static_cast<uint8_t>(frame.ids.tl0_picture_index + stretch.tl0_offset);
  if (frame.ids.picture_id_offset != 0)
    last_picture_id_ = std::max(last_picture_id_, frame.ids.picture_id + stretch.picture_offset);
  if (frame.dependencies.target_count > 0)
    last_frame_number_ =
        std::max(last_frame_number_, frame.dependencies.frame_number + stretch.frame_number_offset);
}

std::optional<OutgoingStream::Sent> OutgoingStream::Find(SequenceNumber number) const {
  std::optional<int64_t> key = sequence_numbers_.Original(number);
  if (!key) return std::nullopt;
  const Stretch* stretch = stretches_.Find(*key);
  return stretch ? std::optional(Sent{stretch, *key}) : std::nullopt;
}

}  // namespace sluice::router
