// Notifications that carry a payload, written straight to their line: no JSON value is built of it.
//
//   {"jsonrpc":"2.0","method":"consumer.rtp","params":{"consumerId":"…","payload":"<base64>"}}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rtp/bytes.h"

namespace sluice::api {

// Whom it is about.
struct PacketSubject {
  std::string_view id_field;
  std::string_view id;
};

// With a newline. `method` and `id_field` are plain names.
std::string PacketLine(std::string_view method, const PacketSubject& subject, std::optional<uint32_t> ppid,
                       Bytes payload);

}  // namespace sluice::api
