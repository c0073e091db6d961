#include "worker/port_allocator.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace sluice::worker {

PortWalk::PortWalk(PortRange range, uint32_t random)
    : min_(range.min), count_(range.max >= range.min ? uint32_t{range.max} - range.min + 1 : 0) {
  if (count_ > 0) offset_ = random % count_;
}

std::optional<uint16_t> PortWalk::Next() {
  if (visited_ == count_) return std::nullopt;
  return static_cast<uint16_t>(min_ + (offset_ + visited_++) % count_);
}

absl::StatusOr<UdpSocket> BindUdpInRange(const UdpBindOptions& options, PortRange range, uint32_t random) {
  const std::string text = absl::StrCat(range.min, "-", range.max);
  if (range.min == 0 || range.min > range.max) {
    return absl::InvalidArgumentError(absl::StrCat("not a port range: ", text));
  }
  PortWalk walk(range, random);
  absl::StatusOr<UdpSocket> bound = UdpSocket::BindFirstFree(options, [&] { return walk.Next(); });
  if (absl::IsResourceExhausted(bound.status())) {
    return absl::ResourceExhaustedError(absl::StrCat(bound.status().message(), " (", text, ")"));
  }
  return bound;
}

}  // namespace sluice::worker
