// One question to all payload formats: what does this packet say of its frame, and to whom does the frame
// matter? Reads the packets of one stream, once each, in whatever order they come.
//
// Where a packet carries a dependency descriptor, that decides. Otherwise the layers are those of the payload
// format: VP8 and VP9 say which they are and where a receiver can go up; H.264 by prefix NAL units, or else
// by what is no reference (nal_ref_idc 0), which counts as the upper of two temporal layers; H.265 by
// TemporalId; AV1 by the OBU's extension header (temporal layers alone: nothing says where a spatial layer's
// frame ends).
#pragma once

#include <memory>
#include <optional>

#include "rtp/bytes.h"
#include "rtp/codec.h"
#include "rtp/payload/dependency_reader.h"
#include "rtp/payload/vp9_frame_reader.h"
#include "rtp/received_packet.h"

namespace sluice::rtp {

class FrameReader {
 public:
  struct Packet {
    Codec codec = Codec::kOther;
    Bytes payload;
    Bytes dependency_descriptor;  // Empty: none.
    uint32_t timestamp = 0;       // RTP units.
    bool marker = false;
  };

  // `key_frame` is true in the first packet of a frame with which a decoder can begin. In H.264 and H.265 a
  // parameter set and the key picture behind it may come in packets of their own; all of them say so, unless
  // a dependency descriptor knows which of them is the first. A payload that cannot be parsed, or of another
  // codec, gives the defaults.
  FrameInfo Read(const Packet& packet);

 private:
  FrameInfo ReadPayload(const Packet& packet);
  FrameInfo ReadVp8(const Packet& packet);
  FrameInfo ReadH264(const Packet& packet);
  FrameInfo ReadH265(const Packet& packet);

  Codec codec_ = Codec::kOther;
  NumberUnwrapper picture_ids_;
  Vp9FrameReader vp9_;
  // H.264: what the last prefix NAL unit said, of the picture with this timestamp.
  std::optional<uint8_t> prefix_temporal_layer_;
  uint32_t prefix_timestamp_ = 0;
  bool temporal_nesting_ = false;                   // H.265: of the last SPS.
  std::unique_ptr<DependencyReader> dependencies_;  // Made for the first descriptor.
};

}  // namespace sluice::rtp
