// The command line of sluice-load.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/load/scenario.h"
#include "rtp/units.h"
#include "transports/srtp/srtp_profile.h"

namespace sluice::load {

struct LoadOptions {
  Scenario scenario;
  MediaOptions media;
  std::string sluice;                     // The binary; empty: the one beside ours.
  std::vector<std::string> server_flags;  // More flags for it.
  std::string server_cpus;                // Where it may run, as taskset(1) has it; empty: anywhere.
  int workers = 1;
  std::string driver;  // A command that drives another SFU.
  TimeDelta warmup = TimeDelta::Seconds(2);
  TimeDelta duration = TimeDelta::Seconds(10);
  TimeDelta churn_interval = TimeDelta::Millis(500);
  int threads = 1;
  int decrypt_every = 0;  // Of the receiving connections; 0: some sixteen of them.
  transports::SrtpProfile srtp = transports::SrtpProfile::kAeadAes128Gcm;
  std::string json;  // A file for the result; "-": standard output instead of the table.
  bool quiet = false;
};

struct HelpAsked {
  std::string text;
};

// Errors are one sentence.
absl::StatusOr<std::variant<LoadOptions, HelpAsked>> ParseOptions(const std::vector<std::string>& arguments);

}  // namespace sluice::load
