// What one consumer's stream looks like to its subscriber: sequence numbers, timestamps, picture ids and
// frame numbers that go on, whatever is left out and wherever it comes from.
//
// Each uninterrupted run of one encoding is an epoch: a pause, a switch or a break in the publisher's stream
// begins the next. Within an epoch the choice of layers may change (see Stretch).
#pragma once

#include <cstdint>
#include <optional>

#include "router/stretch.h"
#include "rtp/codec.h"
#include "rtp/number_rewriter.h"
#include "rtp/payload/picture_id_writer.h"
#include "rtp/received_packet.h"
#include "rtp/sequence_rewriter.h"
#include "rtp/units.h"

namespace sluice::router {

class OutgoingStream {
 public:
  OutgoingStream(rtp::Codec codec, SequenceNumber first_sequence_number)
      : codec_(codec), sequence_numbers_(first_sequence_number) {}

  // Begins the next epoch with `first`, which gets `timestamp`.
  void Begin(const rtp::ReceivedPacket& first, rtp::Layers layers, uint32_t timestamp);
  // The same epoch goes on with other layers from `first` on, which is newer than all before.
  void ChangeLayers(const rtp::ReceivedPacket& first, rtp::Layers layers);
  bool started() const { return !stretches_.empty(); }
  const Stretch& present() const { return stretches_.newest(); }

  // Of packets of the present epoch's encoding.
  bool IsNewest(const rtp::ReceivedPacket& packet) const { return packet.sequence > highest_sequence_; }
  // And nothing is missing before it.
  bool IsNext(const rtp::ReceivedPacket& packet) const { return packet.sequence == highest_sequence_ + 1; }
  // The stream does not go on with this packet: the publisher began anew, perhaps under another SSRC.
  bool IsBreak(const rtp::ReceivedPacket& packet) const;
  int64_t KeyOf(const rtp::ReceivedPacket& packet) const { return packet.sequence + present().key_offset; }
  // The stretch of this epoch that the packet belongs to; nullptr: it comes from before.
  const Stretch* StretchOf(const rtp::ReceivedPacket& packet) const;

  // The packet is left out; `whole_frame`: with all others of its frame.
  void Drop(const rtp::ReceivedPacket& packet, bool whole_frame);
  // The packet's number, the same each time. nullopt: it cannot be sent any more.
  std::optional<SequenceNumber> Number(const rtp::ReceivedPacket& packet);
  // The number that was kept for a packet while it was missing. nullopt: none.
  std::optional<SequenceNumber> GapOf(const rtp::ReceivedPacket& packet) {
    return IsNewest(packet) ? std::nullopt : sequence_numbers_.Forward(KeyOf(packet));
  }
  // The picture ids for a packet that has a number. nullopt: too old to be told.
  std::optional<rtp::OutgoingPictureIds> PictureIds(const rtp::ReceivedPacket& packet,
                                                    const Stretch& stretch) const;
  // It has been sent.
  void NoteSent(const rtp::ReceivedPacket& packet, const Stretch& stretch);

  struct Sent {
    const Stretch* stretch;
    int64_t key;
    int64_t sequence() const { return key - stretch->key_offset; }
  };
  // What was sent, or should have been, under a number.
  std::optional<Sent> Find(SequenceNumber number) const;

  // Of the newest packet sent.
  uint32_t last_timestamp() const { return last_timestamp_; }
  Timestamp last_arrival() const { return last_arrival_; }

 private:
  // Remembers a second of pictures of which every second one is left out.
  using PictureRewriter = rtp::NumberRewriter<48>;
  // Farther than any loss.
  static constexpr int64_t kEpochGap = 1 << 13;

  bool RewritesPictures(const rtp::ReceivedPacket& packet) const {
    return codec_ == rtp::Codec::kVp8 && packet.frame.ids.picture_id_offset != 0;
  }
  void BeginIds(const rtp::FrameInfo& frame, Stretch* stretch);

  rtp::Codec codec_;
  Stretches stretches_;
  int64_t highest_sequence_ = 0;  // The publisher's, in this epoch.
  rtp::SequenceRewriter sequence_numbers_;
  std::optional<PictureRewriter> pictures_;  // VP8: ids without gaps.

  uint32_t last_timestamp_ = 0;
  Timestamp last_arrival_ = Timestamp::Past();
  int64_t last_picture_id_ = -1;  // VP9, as sent.
  uint8_t last_tl0_picture_index_ = 0;
  int64_t last_frame_number_ = -1;  // As sent.
  // The newest packet was left out, and this is its frame.
  bool dropping_ = false;
  uint8_t dropped_spatial_layer_ = 0;
  uint32_t dropped_timestamp_ = 0;
};

}  // namespace sluice::router
