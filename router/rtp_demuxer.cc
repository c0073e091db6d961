#include "router/rtp_demuxer.h"

#include <algorithm>
#include <optional>

namespace sluice::router {
namespace {

bool IsRetransmission(const ProducerConfig& config, PayloadType payload_type) {
  return std::any_of(config.codecs.begin(), config.codecs.end(),
                     [&](const ProducerCodec& codec) { return codec.rtx_payload_type == payload_type; });
}

// The encoding that `rid` names, or the only one where there are no names.
std::optional<uint8_t> SelectEncoding(const ProducerConfig& config, std::string_view rid,
                                      bool retransmission) {
  if (rid.empty()) {
    if (config.encodings.size() != 1) return std::nullopt;
    const ProducerEncoding& only = config.encodings.front();
    // A signalled SSRC is binding (RFC 5576): another one with the same MID is not this encoding.
    bool signalled = retransmission ? only.rtx_ssrc.has_value() : only.ssrc.has_value();
    return signalled ? std::nullopt : std::optional<uint8_t>(0);
  }
  for (size_t i = 0; i < config.encodings.size(); ++i) {
    if (config.encodings[i].rid == rid) return static_cast<uint8_t>(i);
  }
  return std::nullopt;
}

}  // namespace

void RtpDemuxer::Add(const ProducerConfig& config, Producer* producer) {
  entries_.push_back({&config, producer});
  for (size_t i = 0; i < config.encodings.size(); ++i) {
    const ProducerEncoding& encoding = config.encodings[i];
    auto index = static_cast<uint8_t>(i);
    if (encoding.ssrc) by_ssrc_[*encoding.ssrc] = {producer, index, false};
    if (encoding.rtx_ssrc) by_ssrc_[*encoding.rtx_ssrc] = {producer, index, true};
  }
}

void RtpDemuxer::Remove(Producer* producer) {
  absl::erase_if(by_ssrc_, [&](const auto& entry) { return entry.second.producer == producer; });
  entries_.erase(std::remove_if(entries_.begin(), entries_.end(),
                                [&](const Entry& entry) { return entry.producer == producer; }),
                 entries_.end());
}

RtpDemuxer::Entry* RtpDemuxer::Select(const SourceNames& names) {
  if (!names.mid.empty()) {
    for (Entry& entry : entries_) {
      if (entry.config->mid == names.mid) return &entry;
    }
    return nullptr;
  }
  // Without a MID, a RID must be unique in the transport.
  std::string_view rid = names.rid.empty() ? names.repaired_rid : names.rid;
  if (rid.empty()) return nullptr;
  Entry* found = nullptr;
  for (Entry& entry : entries_) {
    if (!SelectEncoding(*entry.config, rid, false)) continue;
    if (found) return nullptr;
    found = &entry;
  }
  return found;
}

const RtpRoute* RtpDemuxer::Learn(Ssrc ssrc, PayloadType payload_type, const SourceNames& names) {
  Entry* entry = Select(names);
  if (!entry || entry->learned >= kMaxLearnedSsrcs) return nullptr;
  bool retransmission = IsRetransmission(*entry->config, payload_type);
  std::string_view rid = retransmission && !names.repaired_rid.empty() ? names.repaired_rid : names.rid;
  std::optional<uint8_t> encoding = SelectEncoding(*entry->config, rid, retransmission);
  if (!encoding) return nullptr;
  ++entry->learned;
  return &(by_ssrc_[ssrc] = {entry->producer, *encoding, retransmission});
}

}  // namespace sluice::router
