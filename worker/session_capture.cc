// Session: its packets into a capture.
#include "worker/session.h"

namespace sluice::worker {

void Session::StartCapture(std::shared_ptr<CaptureQueue> queue) {
  StopCapture();
  capture_ = std::move(queue);
}

void Session::StopCapture() {
  if (!capture_) return;
  capture_->End(CaptureEnd::kStopped);
  capture_dropped_ += capture_->dropped();
  capture_.reset();
}

void Session::Capture(Timestamp now, Bytes packet, bool rtcp, bool incoming) {
  const Ends ends = EndsOf(rtcp);
  const bool going_on = capture_->Put({.unix_us = context_.clock.unix_us + (now - context_.clock.at).us(),
                                       .from = incoming ? ends.remote : ends.local,
                                       .to = incoming ? ends.local : ends.remote,
                                       .incoming = incoming,
                                       .packet = packet});
  if (!going_on) StopCapture();
}

Session::Ends Session::EndsOf(bool rtcp) const {
  const auto port = static_cast<uint16_t>(rtcp ? 5005 : 5004);
  return {.local = {transports::IpAddress::V4({192, 0, 2, 1}), port},
          .remote = {transports::IpAddress::V4({192, 0, 2, 2}), port}};
}

}  // namespace sluice::worker
