// A subscriber's congestion control as one (estimator, pacer, repairs, allocator), driven by random packets,
// random time and whatever feedback a peer may send. However it lies, rates stay within their bounds, packets
// leave no faster than they are paced, nothing is shared out that is not there, and memory is bounded.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include "rtp/bytes.h"
#include "rtp/congestion/bandwidth_estimator.h"
#include "rtp/congestion/pacer.h"
#include "rtp/congestion/rate_allocator.h"
#include "rtp/congestion/retransmission_budget.h"
#include "rtp/rate_counter.h"
#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/rtcp/transport_feedback.h"
#include "rtp/rtcp/transport_feedback_builder.h"

namespace sluice::rtp::congestion {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

// The fuzzer's bytes, zeros when they have run out.
class Input {
 public:
  explicit Input(Bytes bytes) : bytes_(bytes) {}
  bool empty() const { return bytes_.empty(); }
  uint8_t U8() {
    if (bytes_.empty()) return 0;
    const uint8_t value = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return value;
  }
  uint64_t U(int octets) {
    uint64_t value = 0;
    while (octets-- > 0) value = value << 8 | U8();
    return value;
  }
  Bytes Take(size_t size) {
    const Bytes taken = bytes_.first(std::min(size, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }

 private:
  Bytes bytes_;
};

class Subscriber {
 public:
  void Run(Input& input) {
    while (!input.empty()) {
      Step(input);
      Drive();
      CheckRates();
    }
  }

 private:
  struct Output {
    Subscriber* subscriber;
    void Send(size_t&& size, PacketKind kind, uint8_t probe) { subscriber->Leave(size, kind, probe); }
    size_t Pad(size_t size, uint8_t probe) {
      subscriber->Leave(size, PacketKind::kPadding, probe);
      return size;
    }
  };

  void Step(Input& input) {
    switch (input.U8() % 12) {
      case 0:
        now_ += TimeDelta::Millis(static_cast<int64_t>(input.U8()));
        break;
      case 1:
        now_ += TimeDelta::Micros(static_cast<int64_t>(input.U(input.U8() % 5)));
        break;
      case 2:
      case 3:
        return Push(PacketKind::kVideo, input);
      case 4:
        return Push(PacketKind::kRetransmission, input);
      case 5:
        return SendAudio(input.U8() + 40u);
      case 6:
      case 7:
        return Report(input);
      case 8:
        return HandleRaw(input);
      case 9:
        return ReportOtherwise(input);
      case 10:
        return SetLimits(input);
      case 11:
        return Allocate(input);
    }
  }

  void Push(PacketKind kind, Input& input) {
    const size_t size = 40 + input.U(2) % 1'400;
    for (int packets = input.U8() % 16; packets >= 0; --packets) {
      if (kind == PacketKind::kRetransmission) {
        budget_.Update(now_, estimator_.target(), estimator_.loss());
        const TimeDelta age = TimeDelta::Millis(static_cast<int64_t>(input.U8()) * 10);
        if (budget_.Take(now_, size, age, estimator_.round_trip()) != RetransmissionBudget::Verdict::kSend)
          continue;
      }
      (void)pacer_.Push(now_, size_t{size}, size, kind);
    }
    Check(pacer_.queued().bytes() <=
          static_cast<int64_t>((decltype(pacer_)::kMaxMedia + decltype(pacer_)::kMaxRepairs) * 1'440));
  }

  void SendAudio(size_t size) {
    Leave(size, PacketKind::kAudio, 0);
    pacer_.HandleAudio(now_, size);
  }

  void Leave(size_t size, PacketKind kind, uint8_t probe) {
    left_ += size;
    sent_.Add(now_, size);
    estimator_.HandleSent({.sent = now_, .size = static_cast<uint16_t>(size), .kind = kind, .probe = probe});
  }

  // Well-formed, near to what was sent; arrivals and numbers may be lies.
  void Report(Input& input) {
    std::array<uint8_t, rtcp::CompoundWriter::kMaxSize> buffer;
    rtcp::CompoundWriter writer(buffer);
    const int64_t base = estimator_.next_sequence() - static_cast<int64_t>(input.U8() % 64);
    their_time_ += TimeDelta::Micros(static_cast<int32_t>(input.U(input.U8() % 5)));
    rtcp::TransportFeedbackBuilder builder(writer.PayloadRoom(), std::max<int64_t>(base, 0), their_time_);
    Timestamp arrival = their_time_;
    for (int i = 0, packets = input.U8() % 64; i <= packets; ++i) {
      const uint8_t step = input.U8();
      if (step == 255) continue;
      arrival += TimeDelta::Micros(int64_t{250} * (step - 8));
      if (!builder.AddReceived(std::max<int64_t>(base, 0) + i, arrival)) break;
    }
    if (builder.Write(writer, Ssrc(1), Ssrc(2), input.U8())) Handle(writer.bytes());
  }

  void HandleRaw(Input& input) {
    std::array<uint8_t, 260> block{};
    const Bytes body = input.Take(input.U8() & 0xfc);
    const size_t size = std::max<size_t>(20, (body.size() + 7) / 4 * 4);
    block[0] = 0x80 | 15;
    block[1] = 205;
    block[3] = static_cast<uint8_t>(size / 4 - 1);
    std::copy(body.begin(), body.end(), block.begin() + 4);
    Handle(Bytes(block).first(size));
  }

  void Handle(Bytes packet) {
    auto reader = rtcp::CompoundReader::Parse(packet);
    if (!reader) return;
    while (auto block = reader->Next()) {
      auto feedback = rtcp::TransportFeedback::Parse(*block);
      if (!feedback) continue;
      estimator_.HandleTransportFeedback(now_, *feedback);
      CheckRates();
    }
  }

  void ReportOtherwise(Input& input) {
    estimator_.SetTransportFeedback((input.U8() & 1) != 0);
    const int64_t rate = static_cast<int64_t>(input.U(input.U8() % 9) & std::numeric_limits<int64_t>::max());
    estimator_.HandleRemb(now_, DataRate::BitsPerSec(rate));
    estimator_.HandleReport(now_, input.U8(), TimeDelta::Millis(static_cast<int64_t>(input.U(2))));
  }

  void SetLimits(Input& input) {
    auto rate = [&] { return DataRate::KilobitsPerSec(static_cast<int64_t>(input.U(input.U8() % 4))); };
    const DataRate min = rate(), max = input.U8() % 4 == 0 ? rate() : DataRate::Infinite();
    highest_ = std::max(highest_, std::min(min, max));
    estimator_.SetLimits(now_, min, max);
  }

  void Allocate(Input& input) {
    RateAllocator::Stream& stream = streams_[input.U8() % streams_.size()];
    stream.priority = static_cast<uint8_t>(1 + input.U8() % 255);
    for (int i = input.U8() % 6; i > 0; --i)
      stream.rates[input.U8() % stream.rates.size()] =
          DataRate::KilobitsPerSec(static_cast<int64_t>(input.U(2)));
    RateAllocator::Allocate(now_, estimator_.target(), streams_);
    Check(RateAllocator::Allocated(streams_) <= estimator_.target() * 1.16);
    for (const auto& each : streams_) Check(each.level >= -1 && each.level < RateAllocator::kLevels);
    const DataRate needed = RateAllocator::Needed(streams_);
    highest_ = std::max(highest_, needed * 1.3);
    estimator_.SetNeeded(now_, needed);
  }

  void Drive() {
    estimator_.HandleTimeout(now_);
    pacer_.SetLimits(
        now_, {.rate = estimator_.pacing_rate(), .full = estimator_.in_flight() > estimator_.window()});
    if (!pacer_.probing()) {
      if (auto probe = estimator_.PollProbe(now_)) {
        Check(probe->rate <= BandwidthEstimator::kMaxRate);
        probe_rate_ = probe->rate;
        pacer_.StartProbe(now_, *probe);
      }
    }
    const bool probing = pacer_.probing();
    const DataSize burst = probing
                               ? probe_rate_ * PacingBudget::kProbeBurst
                               : estimator_.pacing_rate() * PacingBudget::kMaxHurry * PacingBudget::kBurst;
    left_ = 0;
    Output output{this};
    pacer_.Process(now_, output);
    Check(static_cast<int64_t>(left_) <= burst.bytes() + 2 * 1'440);
    Check(pacer_.NextTimeout(now_) >= now_ || pacer_.probing() || !pacer_.empty());
  }

  void CheckRates() {
    const DataRate target = estimator_.target();
    const DataRate max = std::min(estimator_.options().max, BandwidthEstimator::kMaxRate);
    Check(target <= max);
    Check(target >= std::min(BandwidthEstimator::kMinRate, max));
    highest_ = std::max(highest_, sent_.Rate(now_) * 3);
    Check(target <= highest_);
    Check(estimator_.pacing_rate() <= target * 1.21);
    Check(estimator_.in_flight().bytes() >= 0);
    Check(estimator_.loss() >= 0 && estimator_.loss() <= 1);
    Check(estimator_.round_trip() > TimeDelta::Zero() && estimator_.round_trip() <= TimeDelta::Seconds(2));
  }

  Timestamp now_ = Timestamp::Seconds(100);
  Timestamp their_time_ = Timestamp::Seconds(7);
  BandwidthEstimator estimator_{{}};
  Pacer<size_t> pacer_;
  RetransmissionBudget budget_;
  std::array<RateAllocator::Stream, 5> streams_;
  RateCounter sent_;
  DataRate highest_ = DataRate::KilobitsPerSec(700);  // That anything so far justifies.
  DataRate probe_rate_;
  size_t left_ = 0;  // Octets, in this turn.
};

}  // namespace
}  // namespace sluice::rtp::congestion

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::rtp::congestion::Input input(sluice::Bytes(data, size));
  sluice::rtp::congestion::Subscriber().Run(input);
  return 0;
}
