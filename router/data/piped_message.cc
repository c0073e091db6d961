#include "router/data/piped_message.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace sluice::router {
namespace {

constexpr size_t kFixedSize = 12;
constexpr size_t kMaxSubchannels = 65'535;
constexpr uint8_t kRequired = 0x80;
constexpr uint8_t kIgnored = 0x40;

}  // namespace

DataMessage ToPiped(const DataMessage& message) {
  if (message.for_everybody() && message.ppid != kPipedPpid) return message;
  const size_t count = std::min(message.subchannels.size(), kMaxSubchannels);
  std::vector<uint8_t> bytes(kFixedSize + 2 * count);
  StoreU32(bytes.data(), message.ppid);
  bytes[4] = static_cast<uint8_t>((message.required ? kRequired : 0) | (message.ignored ? kIgnored : 0));
  StoreU16(&bytes[6], static_cast<uint16_t>(count));
  StoreU16(&bytes[8], message.required.value_or(0));
  StoreU16(&bytes[10], message.ignored.value_or(0));
  for (size_t i = 0; i < count; ++i) StoreU16(&bytes[kFixedSize + 2 * i], message.subchannels[i]);
  bytes.insert(bytes.end(), message.payload->begin(), message.payload->end());
  return {.ppid = kPipedPpid,
          .payload = std::make_shared<const std::vector<uint8_t>>(std::move(bytes)),
          .patient = message.patient};
}

std::optional<DataMessage> FromPiped(uint32_t ppid, rtp::SharedBytes payload) {
  if (ppid != kPipedPpid) return DataMessage{.ppid = ppid, .payload = std::move(payload)};
  const std::vector<uint8_t>& bytes = *payload;
  if (bytes.size() < kFixedSize || (bytes[4] & ~(kRequired | kIgnored)) != 0 || bytes[5] != 0) return std::nullopt;
  const size_t size = kFixedSize + size_t{2} * LoadU16(&bytes[6]);
  if (bytes.size() < size) return std::nullopt;
  DataMessage message{.ppid = LoadU32(bytes.data())};
  for (size_t at = kFixedSize; at < size; at += 2) message.subchannels.push_back(LoadU16(&bytes[at]));
  if (bytes[4] & kRequired) message.required = LoadU16(&bytes[8]);
  if (bytes[4] & kIgnored) message.ignored = LoadU16(&bytes[10]);
  message.payload = std::make_shared<const std::vector<uint8_t>>(
      bytes.begin() + static_cast<std::ptrdiff_t>(size), bytes.end());
  return message;
}

}  // namespace sluice::router
