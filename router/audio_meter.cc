#include "router/audio_meter.h"

#include <algorithm>
#include <utility>

namespace sluice::router {
namespace {

// The longest packet of Opus (RFC 6716 §2.1.4) has 120 ms. What lies further back was a pause.
constexpr uint32_t kMaxSlotsOfPacket = 6;
// Louder than a room's noise, and by so much louder than what was reported. -dBov, dB.
constexpr uint8_t kAudible = 60;
constexpr uint8_t kOnset = 6;

}  // namespace

AudioMeter::AudioMeter(uint32_t clock_rate)
    : clock_rate_(clock_rate),
      slot_units_(
          std::max<uint32_t>(static_cast<uint32_t>(AudioLevels::kSlot.us() * clock_rate / 1'000'000), 1)) {}

uint32_t AudioMeter::TimeSinceLast(uint32_t rtp_timestamp) const {
  if (!last_timestamp_) return slot_units_;
  int64_t passed = static_cast<int32_t>(rtp_timestamp - *last_timestamp_);
  if (passed > 0) return static_cast<uint32_t>(passed);
  // Further back than any reordering: the publisher began anew.
  return passed < -int64_t{clock_rate_} ? slot_units_ : 0;
}

void AudioMeter::HandlePacket(uint32_t rtp_timestamp, uint8_t level) {
  uint32_t passed = TimeSinceLast(rtp_timestamp);
  if (passed == 0) return;
  last_timestamp_ = rtp_timestamp;
  uint32_t slots = passed / slot_units_;
  rest_ += passed % slot_units_;
  slots += rest_ / slot_units_;
  rest_ %= slot_units_;
  uint32_t heard = std::min(slots, kMaxSlotsOfPacket);
  Append(AudioLevels::kSilence, std::min<uint32_t>(slots - heard, AudioLevels::kMaxSlots));
  Append(level, heard);
  ++levels_.packets;
  levels_.samples += heard;
  levels_.level_sum += heard * level;
  if (onset_listener_ && level <= kAudible && level + kOnset <= reported_) onset_listener_->HandleOnset();
}

void AudioMeter::Append(uint8_t level, uint32_t slots) {
  for (; slots > 0; --slots) {
    if (levels_.slot_count == AudioLevels::kMaxSlots) {
      std::rotate(levels_.slots.begin(), levels_.slots.begin() + 1, levels_.slots.end());
      --levels_.slot_count;
    }
    levels_.slots[levels_.slot_count++] = level;
  }
}

std::optional<AudioLevels> AudioMeter::Take(ProducerHandle producer) {
  if (levels_.packets == 0) {
    reported_ = AudioLevels::kSilence;
    return std::nullopt;
  }
  const auto end = levels_.slots.begin() + levels_.slot_count;
  reported_ = levels_.slot_count > 0 ? *std::min_element(levels_.slots.begin(), end) : AudioLevels::kSilence;
  levels_.producer = producer;
  return std::exchange(levels_, AudioLevels());
}

}  // namespace sluice::router
