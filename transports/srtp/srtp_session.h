// One direction of an SRTP association (RFC 3711, RFC 7714): protects or unprotects packets in place.
//
//   std::optional<SrtpSession> out = SrtpSession::Create(keys.profile, SrtpDirection::kOutbound, keys.local);
//   std::optional<size_t> size = out->ProtectRtp(storage, packet_size);
//
// Any SSRC may appear; each has its own roll-over counter and replay window from its first good packet on,
// until RemoveStream(). libsrtp2 looks a stream up by scanning all of its session's, so the streams are
// spread over libsrtp2 sessions of at most kStreamsPerShard, found by hash.
//
// Confined to one thread at a time. A packet of a known SSRC does not allocate.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "rtp/bytes.h"
#include "rtp/ids.h"
#include "transports/srtp/srtp_profile.h"

struct srtp_ctx_t_;  // libsrtp2's session.

namespace sluice::transports {

enum class SrtpDirection : uint8_t { kInbound, kOutbound };

enum class SrtpStatus : uint8_t {
  kOk,
  kAuthenticationFailed,
  kReplayed,        // Seen before, or older than the replay window.
  kMalformed,       // Not an SRTP or SRTCP packet of this profile.
  kTooManyStreams,  // Authentic or not: an SSRC beyond the limit.
};

struct SrtpResult {
  SrtpStatus status = SrtpStatus::kMalformed;
  size_t size = 0;  // Of the unprotected packet; 0 unless kOk. The octets of a failed packet are garbage.
};

class SrtpSession {
 public:
  // What protecting adds at most: a 16-octet tag, and the SRTCP index.
  static constexpr size_t kMaxTrailer = 20;
  static constexpr size_t kMaxPacketSize = 65'535;
  static constexpr size_t kReplayWindow = 1024;
  static constexpr size_t kDefaultMaxInboundStreams = 1024;
  static constexpr size_t kStreamsPerShard = 32;

  // nullopt: `key_and_salt` has not the profile's length, or libsrtp2 is out of order.
  // `max_inbound_streams` bounds the SSRCs that a peer can make an inbound session remember.
  static std::optional<SrtpSession> Create(SrtpProfile profile, SrtpDirection direction, Bytes key_and_salt,
                                           size_t max_inbound_streams = kDefaultMaxInboundStreams);
  ~SrtpSession();
  SrtpSession(SrtpSession&&) noexcept;
  SrtpSession& operator=(SrtpSession&&) noexcept;

  // The packet is the first `size` octets of `storage`, which has room for kMaxTrailer more. Returns the new
  // size. nullopt: no valid packet, no room, or a sequence number older than the replay window. Protecting a
  // sequence number again is allowed (a retransmission without RTX); its octets must then be the same.
  [[nodiscard]] std::optional<size_t> ProtectRtp(MutableBytes storage, size_t size);
  [[nodiscard]] std::optional<size_t> ProtectRtcp(MutableBytes storage, size_t size);

  [[nodiscard]] SrtpResult UnprotectRtp(MutableBytes packet);
  [[nodiscard]] SrtpResult UnprotectRtcp(MutableBytes packet);

  // Forgets the SSRC. Outbound: only when it will not be used again, for a counter that starts over reuses
  // keystream. Inbound: old packets of it would be accepted as new.
  void RemoveStream(Ssrc ssrc);
  size_t stream_count() const { return shard_of_.size(); }
  SrtpProfile profile() const { return profile_; }

 private:
  struct Deleter {
    void operator()(srtp_ctx_t_* session) const;
  };
  struct Shard {
    std::unique_ptr<srtp_ctx_t_, Deleter> session;
    size_t streams = 0;
  };

  SrtpSession(SrtpProfile profile, SrtpDirection direction, Bytes key_and_salt, size_t max_streams);

  // `Call` is one of libsrtp2's srtp_protect, srtp_protect_rtcp, srtp_unprotect, srtp_unprotect_rtcp.
  template <typename Call>
  std::optional<size_t> Protect(Call call, MutableBytes storage, size_t size, Ssrc ssrc);
  template <typename Call>
  SrtpResult Unprotect(Call call, MutableBytes packet, Ssrc ssrc);

  // Where a known SSRC lives, or where a new one is to.
  struct Place {
    srtp_ctx_t_* session;
    uint32_t shard;
    bool is_new;
  };
  std::optional<Place> Find(Ssrc ssrc);  // nullopt: too many streams.
  std::optional<uint32_t> ShardWithRoom();
  void Remember(Ssrc ssrc, const Place& place);
  std::unique_ptr<srtp_ctx_t_, Deleter> NewLibsrtpSession();

  SrtpProfile profile_;
  SrtpDirection direction_;
  size_t max_streams_;
  std::vector<uint8_t> key_and_salt_;
  std::vector<Shard> shards_;
  absl::flat_hash_map<Ssrc, uint32_t> shard_of_;  // Index into shards_.
};

}  // namespace sluice::transports
