// Finds the producer and encoding of a received RTP packet: by SSRC, else by MID and RID (RFC 8843 §9.2,
// RFC 8852), whose binding to the SSRC is then remembered.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "router/config.h"
#include "rtp/ids.h"

namespace sluice::router {

class Producer;

struct RtpRoute {
  Producer* producer = nullptr;
  uint8_t encoding = 0;
  bool retransmission = false;
};

// What a packet says of its source besides the SSRC; empty where it does not.
struct SourceNames {
  std::string_view mid;
  std::string_view rid;
  std::string_view repaired_rid;
};

class RtpDemuxer {
 public:
  // `config` and `producer` outlive their Remove().
  void Add(const ProducerConfig& config, Producer* producer);
  void Remove(Producer* producer);

  // nullptr: not signalled, so unsolicited. Valid until the next non-const call.
  const RtpRoute* Find(Ssrc ssrc) const {
    auto it = by_ssrc_.find(ssrc);
    return it == by_ssrc_.end() ? nullptr : &it->second;
  }
  // For an SSRC that Find() does not know: binds it to the encoding that the names point at.
  const RtpRoute* Learn(Ssrc ssrc, PayloadType payload_type, const SourceNames& names);

 private:
  struct Entry {
    const ProducerConfig* config;
    Producer* producer;
    int learned = 0;
  };
  // A peer that changes its SSRC more often than this is not a WebRTC client.
  static constexpr int kMaxLearnedSsrcs = 64;

  Entry* Select(const SourceNames& names);

  absl::flat_hash_map<Ssrc, RtpRoute> by_ssrc_;
  std::vector<Entry> entries_;
};

}  // namespace sluice::router
