#include "api/packet_line.h"

#include <nlohmann/json.hpp>

#include "api/base64.h"

namespace sluice::api {
namespace {

using nlohmann::json;

constexpr size_t kAround = 192;  // Of the line, without the payload.

}  // namespace

std::string PacketLine(std::string_view method, const PacketSubject& subject, std::optional<uint32_t> ppid,
                       Bytes payload) {
  std::string line;
  line.reserve(kAround + payload.size() / 3 * 4);
  line.append(R"({"jsonrpc":"2.0","method":")").append(method).append(R"(","params":{")");
  line.append(subject.id_field).append("\":");
  line.append(json(subject.id).dump(-1, ' ', false, json::error_handler_t::replace));
  if (ppid) line.append(R"(,"ppid":)").append(std::to_string(*ppid));
  line.append(R"(,"payload":")");
  AppendBase64(payload, &line);
  line.append("\"}}\n");
  return line;
}

}  // namespace sluice::api
