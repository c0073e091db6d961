// What a packet or a message of the application costs the control thread: base64 alone, a whole request line
// in, a whole notification out. Beside them a frame of a length and bytes, the least that any framing costs.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "api/base64.h"
#include "api/data_json.h"
#include "api/dispatcher.h"
#include "api/packet_line.h"

namespace sluice::api {
namespace {

constexpr char kId[] = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";

std::vector<uint8_t> Payload(const benchmark::State& state) {
  std::vector<uint8_t> payload(static_cast<size_t>(state.range(0)));
  for (size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<uint8_t>(i * 151 + i / 7);
  return payload;
}

void CountBytes(benchmark::State& state) {
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * state.range(0));
}

void BM_EncodeBase64(benchmark::State& state) {
  const std::vector<uint8_t> payload = Payload(state);
  if (DecodeBase64(EncodeBase64(payload)) != payload) std::abort();
  for (auto _ : state) benchmark::DoNotOptimize(EncodeBase64(payload));
  CountBytes(state);
}
BENCHMARK(BM_EncodeBase64)->Arg(160)->Arg(1000)->Arg(1200);

void BM_DecodeBase64(benchmark::State& state) {
  const std::string text = EncodeBase64(Payload(state));
  for (auto _ : state) benchmark::DoNotOptimize(DecodeBase64(text));
  CountBytes(state);
}
BENCHMARK(BM_DecodeBase64)->Arg(160)->Arg(1000)->Arg(1200);

// dataProducer.send as a notification, up to where the message would go to its worker.
void BM_RequestLine(benchmark::State& state) {
  const std::vector<uint8_t> payload = Payload(state);
  const nlohmann::json request = {
      {"jsonrpc", "2.0"},
      {"method", "dataProducer.send"},
      {"params", {{"dataProducerId", kId}, {"ppid", 53}, {"payload", EncodeBase64(payload)}}}};
  const std::string line = request.dump();
  router::DataMessage last;
  Dispatcher dispatcher;
  dispatcher.RegisterSync("dataProducer.send", [&last](ObjectReader& params) -> Outcome {
    params.RequiredString("dataProducerId", kIdLength);
    last = ReadDataMessage(params);
    params.Finish();
    if (params.error()) return *params.error();
    return nlohmann::json::object();
  });
  for (auto _ : state) dispatcher.HandleLine(line, [](const std::string&) { std::abort(); });
  if (!last.payload || *last.payload != payload) std::abort();
  CountBytes(state);
}
BENCHMARK(BM_RequestLine)->Arg(160)->Arg(1000)->Arg(1200);

void BM_NotificationLine(benchmark::State& state) {
  const std::vector<uint8_t> payload = Payload(state);
  for (auto _ : state) {
    benchmark::DoNotOptimize(PacketLine("dataConsumer.message", {"dataConsumerId", kId}, 53, payload));
  }
  CountBytes(state);
}
BENCHMARK(BM_NotificationLine)->Arg(160)->Arg(1000)->Arg(1200);

// A message out of a stream of binary frames: sizes, id, payload.
void BM_BinaryFrame(benchmark::State& state) {
  const std::vector<uint8_t> payload = Payload(state);
  std::vector<uint8_t> frame(8 + sizeof kId + payload.size());
  StoreU32(frame.data(), static_cast<uint32_t>(sizeof kId));
  StoreU32(frame.data() + 4, static_cast<uint32_t>(payload.size()));
  std::memcpy(frame.data() + 8, kId, sizeof kId);
  std::memcpy(frame.data() + 8 + sizeof kId, payload.data(), payload.size());
  for (auto _ : state) {
    benchmark::DoNotOptimize(frame.data());
    const size_t id_size = LoadU32(frame.data()), size = LoadU32(frame.data() + 4);
    std::string id(reinterpret_cast<const char*>(frame.data() + 8), id_size);
    std::vector<uint8_t> read(frame.data() + 8 + id_size, frame.data() + 8 + id_size + size);
    benchmark::DoNotOptimize(id.data());
    benchmark::DoNotOptimize(read.data());
  }
  CountBytes(state);
}
BENCHMARK(BM_BinaryFrame)->Arg(160)->Arg(1000)->Arg(1200);

}  // namespace
}  // namespace sluice::api
