// Our own sources, for tests that hold documents against them.
#pragma once

#include <set>
#include <string>

namespace sluice::api {

// The first group of `pattern` wherever it occurs in the .cc files below `folder` ("api/methods").
std::set<std::string> FindInSources(const std::string& folder, const std::string& pattern);

}  // namespace sluice::api
