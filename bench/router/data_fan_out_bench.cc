// A data message to 1, 10, 100 and 1,000 consumers of one worker, without SCTP. Its cost is the same for 100
// octets as for 100,000: no consumer has a copy.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "router/data/data_fan_out.h"
#include "router/data/data_port.h"
#include "router/data/data_session.h"

namespace sluice::router {
namespace {

constexpr DataProducerHandle kProducer(1);

// Keeps a reference to the last payload, as a send queue would.
class HoldingPort : public DataPort {
 public:
  DataSendResult SendData(const DataConsumerConfig&, const DataMessage& message, bool) override {
    last_ = message.payload;
    return DataSendResult::kSent;
  }
  size_t BufferedAmount(const DataConsumerConfig&) const override { return 0; }
  double BufferFill(const DataConsumerConfig&) const override { return 0; }
  uint64_t BytesLeft() const override { return 0; }
  void ResetOutgoing(uint16_t) override {}
  void ResetIncoming(uint16_t) override {}
  void HoldIncoming(bool) override {}
  void TellBufferFull(DataConsumerHandle) override {}

  const rtp::SharedBytes& last() const { return last_; }

 private:
  rtp::SharedBytes last_;
};

class NoLink : public DataProducerLink {
  void SetHeld(DataProducerHandle, bool) override {}
};

struct Subscriber {
  explicit Subscriber(DataFanOut* fan_out) : data(&port) {
    data.AddConsumer({.handle = DataConsumerHandle(1), .producer = kProducer, .stream = uint16_t{0}},
                     fan_out);
  }
  HoldingPort port;
  DataSession data;
};

void BM_DataFanOut(benchmark::State& state) {
  NoLink link;
  DataFanOut fan_out(kProducer, &link);
  std::vector<std::unique_ptr<Subscriber>> subscribers;
  for (int64_t i = 0; i < state.range(0); ++i) subscribers.push_back(std::make_unique<Subscriber>(&fan_out));
  DataMessage message{.ppid = 53, .patient = true};
  message.payload =
      std::make_shared<const std::vector<uint8_t>>(static_cast<size_t>(state.range(1)), uint8_t{1});
  auto shared = std::make_shared<const DataMessage>(std::move(message));
  for (auto _ : state) fan_out.HandleMessage(Timestamp::Seconds(1), shared);
  for (const auto& subscriber : subscribers) {
    if (subscriber->port.last() != shared->payload) std::abort();  // Another's, or a copy.
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_DataFanOut)
    ->ArgsProduct({{1, 10, 100, 1'000}, {100, 100'000}})
    ->ArgNames({"consumers", "octets"});

}  // namespace
}  // namespace sluice::router
