// What the application sends and receives through direct transports: any text as a payload, any bytes and any
// id in a notification. What is accepted is written again to the same; what is refused names its field.
//
// The first byte says how many of the following are an id.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/base64.h"
#include "api/data_json.h"
#include "api/packet_line.h"
#include "api/packet_params.h"

namespace sluice::api {
namespace {

using nlohmann::json;

void Check(bool holds) {
  if (!holds) std::abort();
}

void CheckText(std::string_view text) {
  std::optional<std::vector<uint8_t>> bytes = DecodeBase64(text);
  if (bytes) Check(EncodeBase64(*bytes) == text);
  const bool padded = text.size() % 4 == 0;
  Check(padded || !bytes);
}

void CheckRefusal(const ObjectReader& params) { Check(params.error()->path == "params.payload"); }

// As parameters of producer.send and dataProducer.send.
void CheckRead(std::string_view text, uint32_t ppid) {
  const json object = {{"ppid", ppid}, {"payload", std::string(text)}};
  const std::optional<std::vector<uint8_t>> bytes = DecodeBase64(text);
  ObjectReader packet(object, "params");
  const std::vector<uint8_t> read = ReadPacket(packet);
  Check(packet.ok() == (bytes && bytes->size() <= kMaxPacketSize));
  packet.ok() ? Check(read == *bytes) : CheckRefusal(packet);

  ObjectReader params(object, "params");
  const router::DataMessage message = ReadDataMessage(params);
  Check(message.payload != nullptr);
  if (!params.ok()) return CheckRefusal(params);
  const bool empty = ppid == 56 || ppid == 57;
  Check(message.ppid == ppid && message.size() > 0);
  Check(empty ? message.size() == 1 : *message.payload == *bytes);
}

void CheckLine(const std::string& id, Bytes payload) {
  const std::string line = PacketLine("consumer.rtp", {"consumerId", id}, 51, payload);
  Check(line.find('\n') == line.size() - 1);
  const json params = json::parse(line).at("params");
  Check(DecodeBase64(params.at("payload").get<std::string>()) ==
        std::vector<uint8_t>(payload.begin(), payload.end()));
  Check(params.at("consumerId").is_string() && params.at("ppid") == 51);
}

}  // namespace
}  // namespace sluice::api

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice;
  if (size == 0) return 0;
  const size_t id_size = std::min<size_t>(data[0], size - 1);
  const Bytes payload(data + 1 + id_size, size - 1 - id_size);
  const std::string id(reinterpret_cast<const char*>(data + 1), id_size);
  const std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
  api::CheckText(text);
  api::CheckRead(text, 50 + data[0] % 8);
  api::CheckRead(api::EncodeBase64(payload), 50 + data[0] % 8);
  api::CheckLine(id, payload);
  return 0;
}
