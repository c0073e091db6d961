// Both directions of an SRTP association with one peer, and what it dropped.
//
// Confined to one thread at a time. A packet of a known SSRC does not allocate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rtp/bytes.h"
#include "rtp/ids.h"
#include "transports/srtp/srtp_profile.h"
#include "transports/srtp/srtp_session.h"

namespace sluice::transports {

class SrtpAssociation {
 public:
  struct Drops {
    int64_t before_keys = 0;
    int64_t authentication = 0;  // Forged or damaged.
    int64_t replayed = 0;
    int64_t malformed = 0;
    int64_t too_many_streams = 0;
    int64_t unencryptable = 0;  // Outgoing packets that libsrtp2 refused.
  };

  // False: the keys have not the length of their profile.
  bool Start(const SrtpKeys& keys);
  bool started() const { return inbound_ && outbound_; }

  // Decrypts in place and returns the new size. nullopt: dropped and counted.
  [[nodiscard]] std::optional<size_t> UnprotectRtp(MutableBytes packet);
  [[nodiscard]] std::optional<size_t> UnprotectRtcp(MutableBytes packet);
  // Encrypts the first `size` bytes of `storage` in place and returns the new size. nullopt: not started, or
  // no room for the trailer.
  [[nodiscard]] std::optional<size_t> ProtectRtp(MutableBytes storage, size_t size);
  [[nodiscard]] std::optional<size_t> ProtectRtcp(MutableBytes storage, size_t size);

  // An outgoing SSRC is gone for good.
  void RemoveOutgoingStream(Ssrc ssrc);

  const Drops& drops() const { return drops_; }
  // By reason, for statistics.
  void AppendDrops(std::vector<std::pair<std::string, int64_t>>* drops) const;

 private:
  std::optional<size_t> Counted(SrtpResult result);
  std::optional<size_t> Counted(std::optional<size_t> protected_size);

  std::optional<SrtpSession> inbound_;
  std::optional<SrtpSession> outbound_;
  Drops drops_;
};

}  // namespace sluice::transports
