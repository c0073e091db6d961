// A linear look at a JSON text before it is parsed, so that hostile depth or size costs nothing.
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::api {

struct JsonStructure {
  size_t depth = 0;   // Deepest nesting of arrays and objects; a bare scalar has 0.
  size_t values = 1;  // Upper bound of the values (object keys not counted) in the text.
};

// Exact for well-formed texts. For others the depth is never less than that a parser could reach.
JsonStructure ScanStructure(std::string_view text);

}  // namespace sluice::api
