// One simulated run as a picture: what the link carries, what is estimated and sent, and how long packets
// wait.
#pragma once

#include <string>

#include "tests/sim/record.h"

namespace sluice::bench {

// A self-contained SVG of 960 × 360, some tens of kilobytes whatever the length of the run.
std::string DrawRecord(const std::string& title, const sim::Record& record);

}  // namespace sluice::bench
