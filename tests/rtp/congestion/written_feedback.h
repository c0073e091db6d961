// Transport-wide feedback as a receiver would write it, from a list of arrivals.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/rtcp/transport_feedback.h"
#include "rtp/rtcp/transport_feedback_builder.h"

namespace sluice::rtp::congestion {

class WrittenFeedback {
 public:
  // The packets from `base` on; nullopt: not received. At least one was.
  WrittenFeedback(int64_t base, const std::vector<std::optional<Timestamp>>& arrivals, uint8_t number) {
    std::optional<Timestamp> first;
    for (const auto& arrival : arrivals) {
      if (arrival && !first) first = arrival;
    }
    rtcp::CompoundWriter writer(buffer_);
    rtcp::TransportFeedbackBuilder builder(writer.PayloadRoom(), base, *first);
    bool fits = true;
    for (size_t i = 0; i < arrivals.size(); ++i) {
      if (arrivals[i]) fits &= builder.AddReceived(base + static_cast<int64_t>(i), *arrivals[i]);
    }
    if (fits && builder.Write(writer, Ssrc(1), Ssrc(2), number)) size_ = writer.size();
  }

  // Of a list that fits into a packet.
  rtcp::TransportFeedback Parsed() const {
    auto reader = rtcp::CompoundReader::Parse(Bytes(buffer_).first(size_));
    return *rtcp::TransportFeedback::Parse(*reader->Next());
  }

 private:
  std::array<uint8_t, rtcp::CompoundWriter::kMaxSize> buffer_;
  size_t size_ = 0;
};

}  // namespace sluice::rtp::congestion
