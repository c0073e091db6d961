// One stream that a client receives: loss, what to ask for again, reports. Payloads are not looked at here.
#pragma once

#include <cstdint>
#include <optional>

#include "bench/load/counters.h"
#include "bench/load/parameters.h"
#include "rtp/nack_generator.h"
#include "rtp/packet_view.h"
#include "rtp/receive_statistics.h"
#include "rtp/rtcp/report_block.h"

namespace sluice::load {

class IncomingStream {
 public:
  // `counters` outlive the stream.
  IncomingStream(const IncomingParameters& parameters, Counters* counters)
      : parameters_(parameters), counters_(counters), statistics_(parameters.clock_rate) {}

  void HandleMedia(Timestamp now, const rtp::PacketView& packet, size_t datagram_size);
  // A retransmission of packet `original`.
  void HandleRepair(Timestamp now, SequenceNumber original);
  void HandleSenderReport(Timestamp now, uint64_t ntp_time) { statistics_.HandleSenderReport(now, ntp_time); }

  const IncomingParameters& parameters() const { return parameters_; }
  bool started() const { return statistics_.started(); }
  rtp::rtcp::ReportBlock MakeReportBlock(Timestamp now) {
    return statistics_.MakeReportBlock(now, parameters_.ssrc);
  }
  rtp::NackGenerator& nack() { return nack_; }
  Timestamp NextTimeout() const { return parameters_.nack ? nack_.NextTimeout() : Timestamp::Never(); }

 private:
  IncomingParameters parameters_;
  Counters* counters_;
  rtp::ReceiveStatistics statistics_;
  rtp::NackGenerator nack_;
};

}  // namespace sluice::load
