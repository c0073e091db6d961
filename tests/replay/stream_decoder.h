// A subscriber that is hard to please: takes the packets of one video stream in any order and, at the end,
// says which of its frames a decoder could decode, and what no sender may do: two packets under one number, a
// time that runs backwards, marks and picture ids that do not add up, references to what was never sent.
//
// It knows the payload formats from their documents, and nothing of the product's own readers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/replay/dependency.h"
#include "tests/replay/payloads.h"

namespace sluice::replay {

struct StreamReport {
  std::vector<std::string> errors;  // What is wrong, and at which sequence number.
  int packets = 0;                  // Different ones.
  int fillers = 0;                  // Of those, with padding only.
  int missing = 0;                  // Numbers between the first and the last that never came.
  int frames = 0;                   // Complete ones; each spatial layer of a picture is one.
  int incomplete = 0;
  int abandoned = 0;  // Without an end, before a key frame.
  int decodable = 0;
  int unmarked = 0;  // Pictures without a marker at their end: of encoders that leave out what should follow.
  int key_frames = 0;
  int picture_gaps = 0;                                   // In VP8's picture ids, which a router makes anew.
  std::map<std::pair<int, int>, int> decodable_by_layer;  // Spatial and temporal.
};

class StreamDecoder {
 public:
  struct Options {
    Codec codec = Codec::kVp8;
    // Where it is negotiated the references of AV1, and of others that have it, come from it.
    std::optional<uint8_t> dependency_descriptor_id;
    uint32_t clock_rate = 90'000;
    // Numbers that are missing for good leave gaps in what is checked; none is an error then.
    bool tolerates_loss = false;
  };

  explicit StreamDecoder(const Options& options)
      : options_(options), beginning_lost_(options.tolerates_loss) {}

  // An RTP packet of the stream in the clear; one that came as RTX as it was before.
  void Receive(std::vector<uint8_t> packet);
  StreamReport Finish();

 private:
  struct Packet {
    int64_t number = 0;
    uint32_t timestamp = 0;
    bool marker = false;
    PayloadInfo payload;
    std::optional<Dependency> dependency;
  };
  struct Frame {
    std::vector<Packet> packets;
    bool complete = false;
    const PayloadInfo& info() const { return packets.front().payload; }
    const std::optional<Dependency>& dependency() const { return packets.front().dependency; }
  };

  std::optional<Packet> Parse(int64_t number, const std::vector<uint8_t>& bytes);
  void Fail(const Packet& packet, const std::string& what);

  // The stream packet by packet.
  void Walk();
  void HandleGap();
  void HandlePacket(const Packet& packet);
  bool BeginsFrame(const Packet& packet) const;
  bool EndsFrame(const Packet& packet) const;
  void CheckTimes(const Packet& packet);
  void CheckFragments(const Packet& packet);
  void EndFrame();

  // The stream frame by frame.
  void HandleFrame(const Frame& frame);
  void CheckPictureId(const Packet& first);
  bool IsDecodable(const Frame& frame);
  bool IsDecodableByDescriptor(const Frame& frame);
  bool IsDecodableVp8(const Frame& frame);
  bool IsDecodableVp9(const Frame& frame);
  bool IsDecodableAlone(const Frame& frame);
  bool HasVp9References(const Frame& frame, int64_t picture) const;

  Options options_;
  std::map<int64_t, std::vector<uint8_t>> packets_;  // By unwrapped sequence number.
  std::optional<int64_t> last_number_;
  StreamReport report_;

  DependencyReader dependencies_;
  std::optional<Packet> previous_;  // nullopt: nothing before, or a gap.
  std::optional<uint32_t> last_timestamp_;
  Frame open_;
  bool beginning_lost_;  // Of the frame that goes on.
  bool clean_ = false;   // No gap since the last key frame.

  // Pictures.
  std::optional<int64_t> last_picture_;
  uint32_t last_picture_timestamp_ = 0;
  std::optional<uint8_t> last_tl0_;
  // What was decoded: by unwrapped picture id and spatial layer, or frame number of the descriptor.
  std::set<std::pair<int64_t, int>> decoded_pictures_;
  std::set<int64_t> decoded_frames_;
  std::optional<int64_t> last_frame_number_;
  std::set<uint8_t> decoded_tl0_;
  int joined_ = 0;                            // VP8: the highest temporal layer that goes on.
  std::map<int, int> base_pictures_without_;  // VP8: by temporal layer, since the last of it.
  std::optional<PayloadInfo::GroupOfPictures> group_;
  int64_t group_start_ = 0;
};

}  // namespace sluice::replay
