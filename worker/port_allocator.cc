#include "worker/port_allocator.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace sluice::worker {
namespace {

template <typename Socket>
absl::StatusOr<Socket> BindInRange(const BindOptions& options, PortRange range, uint32_t random) {
  const std::string text = absl::StrCat(range.min, "-", range.max);
  if (range.min == 0 || range.min > range.max) {
    return absl::InvalidArgumentError(absl::StrCat("not a port range: ", text));
  }
  PortWalk walk(range, random);
  absl::StatusOr<Socket> bound = Socket::BindFirstFree(options, [&] { return walk.Next(); });
  if (absl::IsResourceExhausted(bound.status())) {
    return absl::ResourceExhaustedError(absl::StrCat(bound.status().message(), " (", text, ")"));
  }
  return bound;
}

template <typename Socket>
absl::StatusOr<std::vector<Socket>> BindGroup(BindOptions options, PortRange range, uint32_t random,
                                              uint32_t count) {
  absl::StatusOr<Socket> first =
      options.port != 0 ? Socket::Bind(options) : BindInRange<Socket>(options, range, random);
  if (!first.ok()) return first.status();
  if (absl::Status status = AllowSharing(first->fd()); !status.ok()) return status;
  options.port = first->local().port;
  options.reuse_port = true;
  std::vector<Socket> group;
  group.push_back(*std::move(first));
  while (group.size() < count) {
    absl::StatusOr<Socket> next = Socket::Bind(options);
    if (!next.ok()) return next.status();
    group.push_back(*std::move(next));
  }
  return group;
}

}  // namespace

PortWalk::PortWalk(PortRange range, uint32_t random)
    : min_(range.min), count_(range.max >= range.min ? uint32_t{range.max} - range.min + 1 : 0) {
  if (count_ > 0) offset_ = random % count_;
}

std::optional<uint16_t> PortWalk::Next() {
  if (visited_ == count_) return std::nullopt;
  return static_cast<uint16_t>(min_ + (offset_ + visited_++) % count_);
}

absl::StatusOr<UdpSocket> BindUdpInRange(const BindOptions& options, PortRange range, uint32_t random) {
  return BindInRange<UdpSocket>(options, range, random);
}

absl::StatusOr<TcpListenSocket> BindTcpInRange(const BindOptions& options, PortRange range, uint32_t random) {
  return BindInRange<TcpListenSocket>(options, range, random);
}

absl::StatusOr<std::vector<UdpSocket>> BindUdpGroup(const BindOptions& options, PortRange range,
                                                    uint32_t random, uint32_t count) {
  return BindGroup<UdpSocket>(options, range, random, count);
}

absl::StatusOr<std::vector<TcpListenSocket>> BindTcpGroup(const BindOptions& options, PortRange range,
                                                          uint32_t random, uint32_t count) {
  return BindGroup<TcpListenSocket>(options, range, random, count);
}

}  // namespace sluice::worker
