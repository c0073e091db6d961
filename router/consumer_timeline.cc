// Consumer: timestamps across epochs.
#include "router/consumer.h"
#include "rtp/ntp_time.h"

namespace sluice::router {
namespace {

// Seconds of 32.32 fixed point to RTP units, signed.
int64_t NtpToRtpUnits(int64_t ntp, uint32_t clock_rate) {
  const int64_t seconds = ntp >> 32;
  const int64_t fraction = ntp & 0xffff'ffff;
  // Unsigned, so that an absurd clock from a peer wraps instead of overflowing.
  return static_cast<int64_t>(static_cast<uint64_t>(seconds) * clock_rate +
                              (static_cast<uint64_t>(fraction) * clock_rate >> 32));
}

int64_t TimeToRtpUnits(TimeDelta time, uint32_t clock_rate) { return time.us() * clock_rate / 1'000'000; }

}  // namespace

// The timestamp that the first packet of an epoch gets.
uint32_t Consumer::AlignTimestamp(const rtp::ReceivedPacket& packet) const {
  if (!stream_.started()) return packet.timestamp;
  const Stretch& previous = stream_.present();
  if (previous.source == packet.ssrc) return packet.timestamp + previous.timestamp_offset;

  const uint32_t last = stream_.last_timestamp();
  const uint32_t aligned =
      AlignByClock(packet).value_or(last + static_cast<uint32_t>(TimeToRtpUnits(
                                               packet.arrival - stream_.last_arrival(), config_.clock_rate)));
  // Never back in time: what was captured at the same instant, or a little before, comes right behind what
  // was sent. And never so far that a receiver would wait for what is between.
  const auto step = static_cast<int32_t>(aligned - last);
  const auto second = static_cast<int64_t>(config_.clock_rate);
  if (step > 0 && step < second * 10) return aligned;
  if (step <= 0 && step > -second / 2) return last + 1;
  return last + config_.clock_rate / 30;
}

// Through the publisher's clock: the packet's capture time on the previous encoding's timeline.
std::optional<uint32_t> Consumer::AlignByClock(const rtp::ReceivedPacket& packet) const {
  const Stretch& previous = stream_.present();
  auto align = [&](const std::optional<SenderReportInfo>& from,
                   const std::optional<SenderReportInfo>& to) -> std::optional<uint32_t> {
    if (!from || from->source != previous.source || !to || to->source != packet.ssrc) return std::nullopt;
    const int64_t since_report = static_cast<int32_t>(packet.timestamp - to->rtp_timestamp);
    const int64_t between_reports =
        NtpToRtpUnits(static_cast<int64_t>(to->ntp - from->ntp), config_.clock_rate);
    return from->rtp_timestamp + static_cast<uint32_t>(between_reports + since_report) +
           previous.timestamp_offset;
  };
  if (auto aligned =
          align(fan_out_->capture_time(previous.encoding), fan_out_->capture_time(packet.encoding)))
    return aligned;
  return align(fan_out_->sender_report(previous.encoding), fan_out_->sender_report(packet.encoding));
}

std::optional<rtp::rtcp::SenderInfo> Consumer::MakeSenderInfo(Timestamp now, uint64_t ntp_now) {
  if (last_sent_.IsPast() || paused_) return std::nullopt;
  rtp::rtcp::SenderInfo info;
  const Stretch& present = stream_.present();
  // The publisher's own mapping, moved to now, keeps its audio and video exactly together.
  const std::optional<SenderReportInfo>& report = fan_out_->sender_report(present.encoding);
  if (report && report->source == present.source) {
    const TimeDelta age = now - report->arrival;
    info.ntp_time = report->ntp + (static_cast<uint64_t>(rtp::ToCompactNtp(age)) << 16);
    info.rtp_timestamp = report->rtp_timestamp + present.timestamp_offset +
                         static_cast<uint32_t>(TimeToRtpUnits(age, config_.clock_rate));
  } else {
    info.ntp_time = ntp_now;
    info.rtp_timestamp = stream_.last_timestamp() + static_cast<uint32_t>(TimeToRtpUnits(
                                                        now - stream_.last_arrival(), config_.clock_rate));
  }
  info.packet_count = static_cast<uint32_t>(statistics_.packets);
  info.octet_count = payload_octets_;
  sent_reports_[next_report_++ % sent_reports_.size()] = {rtp::rtcp::CompactNtp(info.ntp_time), now};
  return info;
}

}  // namespace sluice::router
