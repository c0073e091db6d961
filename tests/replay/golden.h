// A capture of what a browser sent (tests/replay/captures): what was negotiated, and the packets, as long as
// they were, with their first bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "router/config.h"
#include "rtp/units.h"
#include "tests/replay/payloads.h"

namespace sluice::replay {

struct Golden {
  struct Packet {
    TimeDelta time = TimeDelta::Zero();  // Since the first.
    std::vector<uint8_t> bytes;          // Zeros from where the capture was cut.
  };

  std::string name;
  router::ProducerConfig producer;
  uint8_t spatial_layers = 1;  // In the only encoding.
  uint8_t temporal_layers = 1;
  std::vector<Packet> packets;  // RTP and RTCP.

  bool simulcast() const { return producer.encodings.size() > 1; }
  // The best of what is in the capture: browsers do not send all layers of small pictures at low rates.
  rtp::Layers highest;
  Codec codec() const;
  // Pictures that the browser itself did not mark the end of.
  int unmarked() const;
  TimeDelta duration() const { return packets.back().time; }
};

// Fails the test where there is none.
Golden ReadGolden(const std::string& name);

}  // namespace sluice::replay
