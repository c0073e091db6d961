#include "tests/replay/stream_decoder.h"

#include <algorithm>
#include <span>

namespace sluice::replay {
namespace {

uint16_t Load16(const uint8_t* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }
uint32_t Load32(const uint8_t* at) { return static_cast<uint32_t>(Load16(at)) << 16 | Load16(at + 2); }

// The value nearest to `last` that has these low bits.
int64_t Unwrap(std::optional<int64_t> last, uint32_t low, int bits) {
  if (!last) return low;
  const int64_t range = int64_t{1} << bits;
  int64_t step = (low - *last) % range;
  if (step < 0) step += range;
  return *last + (step >= range / 2 ? step - range : step);
}

// Where the payload lies, and one header extension (RFC 8285).
struct RtpParts {
  size_t payload = 0;
  size_t end = 0;
  std::span<const uint8_t> element;
};

std::span<const uint8_t> FindElement(std::span<const uint8_t> block, uint16_t profile, uint8_t id) {
  const bool short_form = profile == 0xbede;
  for (size_t at = 0; at < block.size();) {
    if (block[at] == 0) {
      ++at;
      continue;
    }
    const uint8_t found = short_form ? block[at] >> 4 : block[at];
    if (!short_form && at + 1 >= block.size()) return {};
    const size_t size = short_form ? (block[at] & 0x0f) + 1u : block[at + 1];
    at += short_form ? 1 : 2;
    if (at + size > block.size()) return {};
    if (found == id) return block.subspan(at, size);
    at += size;
  }
  return {};
}

std::optional<RtpParts> Split(const std::vector<uint8_t>& packet, std::optional<uint8_t> id) {
  if (packet.size() < 12 || packet[0] >> 6 != 2) return std::nullopt;
  RtpParts parts{.payload = 12 + (packet[0] & 0x0fu) * 4, .end = packet.size(), .element = {}};
  if ((packet[0] & 0x10) != 0) {
    if (parts.payload + 4 > packet.size()) return std::nullopt;
    const uint16_t profile = Load16(&packet[parts.payload]);
    const size_t size = Load16(&packet[parts.payload + 2]) * 4u;
    parts.payload += 4;
    if (parts.payload + size > packet.size()) return std::nullopt;
    if (id) parts.element = FindElement(std::span(packet).subspan(parts.payload, size), profile, *id);
    parts.payload += size;
  }
  if ((packet[0] & 0x20) != 0) parts.end -= packet.back();
  return parts.payload <= parts.end ? std::optional(parts) : std::nullopt;
}

}  // namespace

void StreamDecoder::Receive(std::vector<uint8_t> packet) {
  if (packet.size() < 12) return;
  const int64_t number = Unwrap(last_number_, Load16(&packet[2]), 16);
  last_number_ = std::max(number, last_number_.value_or(number));
  auto [it, added] = packets_.try_emplace(number, packet);
  if (added) return;
  const std::optional<RtpParts> before = Split(it->second, std::nullopt), now = Split(packet, std::nullopt);
  if (!before || !now ||
      !std::equal(it->second.begin() + static_cast<ptrdiff_t>(before->payload),
                  it->second.begin() + static_cast<ptrdiff_t>(before->end),
                  packet.begin() + static_cast<ptrdiff_t>(now->payload),
                  packet.begin() + static_cast<ptrdiff_t>(now->end))) {
    report_.errors.push_back("two packets under number " + std::to_string(number));
  }
}

StreamReport StreamDecoder::Finish() {
  report_.packets = static_cast<int>(packets_.size());
  Walk();
  return report_;
}

void StreamDecoder::Fail(const Packet& packet, const std::string& what) {
  report_.errors.push_back(what + " at number " + std::to_string(packet.number));
}

std::optional<StreamDecoder::Packet> StreamDecoder::Parse(int64_t number, const std::vector<uint8_t>& bytes) {
  Packet packet{.number = number,
                .timestamp = Load32(&bytes[4]),
                .marker = (bytes[1] & 0x80) != 0,
                .payload = {},
                .dependency = {}};
  const std::optional<RtpParts> parts = Split(bytes, options_.dependency_descriptor_id);
  if (!parts) {
    Fail(packet, "malformed RTP");
    return std::nullopt;
  }
  if (parts->payload == parts->end) {
    ++report_.fillers;
    if (packet.marker) Fail(packet, "a marker without a frame");
    return std::nullopt;
  }
  const auto payload = std::span(bytes).subspan(parts->payload, parts->end - parts->payload);
  if (auto info = ReadPayload(options_.codec, payload)) {
    packet.payload = *info;
  } else {
    Fail(packet, "malformed payload");
  }
  if (!parts->element.empty()) packet.dependency = dependencies_.Read(parts->element);
  if (packet.dependency) {
    packet.payload.first_packet = packet.dependency->first_packet;
    packet.payload.last_packet = packet.dependency->last_packet;
    packet.payload.spatial = packet.dependency->spatial;
    packet.payload.temporal = packet.dependency->temporal;
  }
  return packet;
}

void StreamDecoder::Walk() {
  std::optional<int64_t> expected;
  for (const auto& [number, bytes] : packets_) {
    if (expected && number != *expected) {
      report_.missing += static_cast<int>(number - *expected);
      if (!options_.tolerates_loss) report_.errors.push_back("a gap before number " + std::to_string(number));
      HandleGap();
    }
    expected = number + 1;
    if (std::optional<Packet> packet = Parse(number, bytes)) HandlePacket(*packet);
  }
  if (!open_.packets.empty()) ++report_.incomplete;
}

void StreamDecoder::HandleGap() {
  if (!open_.packets.empty()) ++report_.incomplete;
  open_ = {};
  previous_.reset();
  beginning_lost_ = true;
  clean_ = false;
}

// Where it is not said, a frame begins where the one before ended.
bool StreamDecoder::BeginsFrame(const Packet& packet) const {
  const bool says_so = options_.codec == Codec::kVp8 || options_.codec == Codec::kVp9;
  if (says_so || packet.dependency) return packet.payload.first_packet;
  return previous_ ? previous_->marker : packet.payload.key_frame;
}

bool StreamDecoder::EndsFrame(const Packet& packet) const {
  return packet.payload.last_packet.value_or(packet.marker);
}

void StreamDecoder::HandlePacket(const Packet& packet) {
  CheckTimes(packet);
  if (BeginsFrame(packet)) {
    if (!open_.packets.empty()) {
      // Another encoding may begin before the last frame of the one before has ended.
      if (!packet.payload.key_frame) Fail(packet, "a frame begins before the one before ended");
      ++report_.abandoned;
    }
    open_ = {};
    open_.packets.push_back(packet);
    beginning_lost_ = false;
    if (packet.payload.picture_id) CheckPictureId(packet);
  } else if (!open_.packets.empty()) {
    open_.packets.push_back(packet);
  } else if (!beginning_lost_) {
    Fail(packet, "a frame without its beginning");
  }
  CheckFragments(packet);
  previous_ = packet;
  if (EndsFrame(packet) && !open_.packets.empty()) EndFrame();
}

// A marker ends a picture, and nothing else does.
void StreamDecoder::CheckTimes(const Packet& packet) {
  if (previous_) {
    if (previous_->marker && packet.timestamp == previous_->timestamp)
      Fail(packet, "a picture goes on after its marker");
    if (!previous_->marker && packet.timestamp != previous_->timestamp) ++report_.unmarked;
  }
  if (last_timestamp_) {
    const auto step = static_cast<int32_t>(packet.timestamp - *last_timestamp_);
    if (step < 0) Fail(packet, "time runs backwards");
    if (step > 10 * static_cast<int32_t>(options_.clock_rate))
      Fail(packet, "time jumps by " + std::to_string(step));
  }
  last_timestamp_ = packet.timestamp;
}

// AV1's elements go on from one packet in the next, within a frame.
void StreamDecoder::CheckFragments(const Packet& packet) {
  if (options_.codec != Codec::kAv1 || !previous_ || (open_.packets.size() == 1 && packet.payload.key_frame))
    return;
  if (packet.payload.continues != previous_->payload.continued)
    Fail(packet, "an element that does not go on");
}

void StreamDecoder::EndFrame() {
  open_.complete = true;
  ++report_.frames;
  HandleFrame(open_);
  open_ = {};
}

void StreamDecoder::HandleFrame(const Frame& frame) {
  for (const Packet& packet : frame.packets) {
    if (packet.timestamp != frame.packets.front().timestamp) Fail(packet, "a frame of two times");
    if (packet.payload.picture_id != frame.info().picture_id) Fail(packet, "a frame of two pictures");
  }
  if (!IsDecodable(frame)) {
    if (!options_.tolerates_loss) Fail(frame.packets.front(), "a frame that cannot be decoded");
    return;
  }
  ++report_.decodable;
  ++report_.decodable_by_layer[{frame.info().spatial, frame.info().temporal}];
  if (frame.info().key_frame) ++report_.key_frames;
}

void StreamDecoder::CheckPictureId(const Packet& first) {
  const PayloadInfo& info = first.payload;
  const int64_t picture =
      Unwrap(last_picture_, static_cast<uint32_t>(*info.picture_id), info.picture_id_bits);
  if (last_picture_) {
    const bool same_picture = first.timestamp == last_picture_timestamp_;
    const int64_t step = picture - *last_picture_;
    if (same_picture && step != 0) Fail(first, "another picture id in the same picture");
    if (!same_picture && step <= 0) Fail(first, "a picture id that does not go on");
    // VP8 says nothing of pictures that are left out; VP9 counts those, too.
    if (!same_picture && options_.codec == Codec::kVp8 && step > 1) ++report_.picture_gaps;
  }
  last_picture_ = picture;
  last_picture_timestamp_ = first.timestamp;
}

bool StreamDecoder::IsDecodable(const Frame& frame) {
  if (frame.dependency()) return IsDecodableByDescriptor(frame);
  switch (options_.codec) {
    case Codec::kVp8:
      return IsDecodableVp8(frame);
    case Codec::kVp9:
      return IsDecodableVp9(frame);
    default:
      return IsDecodableAlone(frame);
  }
}

bool StreamDecoder::IsDecodableByDescriptor(const Frame& frame) {
  const Dependency& dependency = *frame.dependency();
  const int64_t number = Unwrap(last_frame_number_, dependency.frame_number, 16);
  if (last_frame_number_ && number <= *last_frame_number_)
    Fail(frame.packets.front(), "a frame number that does not go on");
  last_frame_number_ = std::max(number, last_frame_number_.value_or(number));
  if (dependency.has_structure && dependency.frame_diffs.empty()) decoded_frames_.clear();
  bool is_of_active_target = false;
  for (size_t i = 0; i < dependency.indications.size(); ++i)
    is_of_active_target |= (dependency.active_targets >> i & 1) != 0 && dependency.indications[i] != 0;
  if (!is_of_active_target && !options_.tolerates_loss)
    Fail(frame.packets.front(), "a frame of no active decode target");
  for (int diff : dependency.frame_diffs) {
    if (!decoded_frames_.contains(number - diff)) return false;
  }
  if (dependency.frame_diffs.empty() && !dependency.has_structure && decoded_frames_.empty()) return false;
  decoded_frames_.insert(number);
  return true;
}

// A frame of the base layer refers to the base layer's last; others to that, and to those of layers that have
// been sent since their last switching point.
bool StreamDecoder::IsDecodableVp8(const Frame& frame) {
  const PayloadInfo& info = frame.info();
  if (!info.tl0) return IsDecodableAlone(frame);
  bool decodable = true;
  if (info.key_frame) {
    decoded_tl0_.clear();
    joined_ = 3;
    base_pictures_without_.clear();
  } else if (info.temporal == 0) {
    decodable = decoded_tl0_.contains(static_cast<uint8_t>(*info.tl0 - 1));
    if (last_tl0_ && report_.missing == 0 && *info.tl0 != static_cast<uint8_t>(*last_tl0_ + 1))
      Fail(frame.packets.front(), "TL0PICIDX does not go on");
  } else {
    decodable = decoded_tl0_.contains(*info.tl0);
    if (last_tl0_ && report_.missing == 0 && *info.tl0 != *last_tl0_)
      Fail(frame.packets.front(), "TL0PICIDX of another base picture");
    // A layer that was left out for two base pictures was not being sent.
    for (int layer = 1; layer <= info.temporal; ++layer) {
      if (base_pictures_without_[layer] > 2) joined_ = std::min(joined_, layer - 1);
    }
    if (info.switching_point) joined_ = std::max(joined_, info.temporal);
    if (info.temporal > joined_) {
      if (!options_.tolerates_loss)
        Fail(frame.packets.front(), "a temporal layer that begins where it cannot");
      decodable = false;
    }
    base_pictures_without_[info.temporal] = 0;
  }
  if (info.temporal == 0) {
    for (int layer = 1; layer < 4; ++layer) ++base_pictures_without_[layer];
    if (decodable) decoded_tl0_.insert(*info.tl0);
  }
  last_tl0_ = info.tl0;
  return decodable;
}

bool StreamDecoder::IsDecodableVp9(const Frame& frame) {
  const PayloadInfo& info = frame.info();
  if (!info.picture_id) return IsDecodableAlone(frame);
  const int64_t picture = *last_picture_;
  if (info.group) {
    group_ = info.group;
    group_start_ = picture;
  }
  if (info.key_frame) decoded_pictures_.clear();
  const bool has_lower = !info.uses_lower_layer || decoded_pictures_.contains({picture, info.spatial - 1});
  if (!has_lower || (info.predicted && !HasVp9References(frame, picture))) return false;
  decoded_pictures_.insert({picture, info.spatial});
  return true;
}

bool StreamDecoder::HasVp9References(const Frame& frame, int64_t picture) const {
  const PayloadInfo& info = frame.info();
  std::vector<int> diffs;
  if (info.picture_diffs) {
    diffs = *info.picture_diffs;
  } else if (group_ && !group_->temporal.empty()) {
    diffs = group_->picture_diffs[static_cast<size_t>(picture - group_start_) % group_->temporal.size()];
  }
  return std::all_of(diffs.begin(), diffs.end(), [&](int diff) {
    return decoded_pictures_.contains({picture - diff, info.spatial});
  });
}

// Without any word on references, each frame needs all before it.
bool StreamDecoder::IsDecodableAlone(const Frame& frame) {
  clean_ |= frame.info().key_frame;
  return clean_;
}

}  // namespace sluice::replay
