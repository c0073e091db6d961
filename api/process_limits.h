// How much a process takes on, whatever clients ask for. Each limit is a flag (api/flags.h); what exceeds one
// is refused with a clear error where a client asks, else dropped and counted.
#pragma once

#include <cstddef>
#include <cstdint>

#include "rtp/retransmission_memory.h"
#include "rtp/units.h"
#include "transports/ice/ice_lite_agent.h"
#include "worker/tcp_io.h"

namespace sluice::api {

struct ProcessLimits {
  // Of all kinds. A gigabyte, at the 50 KiB that one with an audio and a video consumer needs.
  size_t transports = 20'000;
  // Of a WebRTC transport: paths ("tuples") that a peer may have confirmed at a time.
  size_t ice_paths = transports::IceLiteAgent::Options().max_paths;
  // Of a WebRTC transport, a second: answers to STUN requests that are not authenticated.
  size_t stun_errors = transports::IceLiteAgent::Options().max_unauthenticated_errors;
  // Of each worker thread: memory that packets take which are kept to be sent again.
  size_t history_bytes = rtp::RetransmissionMemory::kDefaultMaxBytes;
  worker::TcpLimits tcp;
  // Captures at a time, each of which has a thread and a megabyte; and of each the file's size and its time.
  size_t captures = 8;
  uint64_t capture_bytes = 100 << 20;
  TimeDelta capture_duration = TimeDelta::Seconds(600);
};

}  // namespace sluice::api
