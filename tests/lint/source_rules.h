// What every source file keeps to (ARCHITECTURE.md, CONTRIBUTING.md). Each rule answers what is wrong with a
// file, a sentence each.
#pragma once

#include <string>
#include <vector>

#include "tests/lint/source_file.h"

namespace sluice::lint {

using Faults = std::vector<std::string>;

// Includes point down the layers only, and a library is included only where it belongs.
Faults CheckIncludes(const SourceFile& file);
// No clock and no randomness but in worker/.
Faults CheckPurity(const SourceFile& file);
// Not too long; headers are guarded; a folder's README fits on a page.
Faults CheckShape(const SourceFile& file);
// Nothing that readers elsewhere cannot follow.
Faults CheckText(const SourceFile& file);

// The folders of the root that have sources and no README.md.
Faults CheckReadmes(const std::vector<SourceFile>& files);

}  // namespace sluice::lint
