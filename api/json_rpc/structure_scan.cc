#include "api/json_rpc/structure_scan.h"

#include <algorithm>

namespace sluice::api {
namespace {

// The index of the quote that ends the string whose first character is at `i`, or the end of the text.
size_t SkipString(std::string_view text, size_t i) {
  while (i < text.size() && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
  return i;
}

}  // namespace

JsonStructure ScanStructure(std::string_view text) {
  JsonStructure structure;
  size_t depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '"':
        i = SkipString(text, i + 1);
        break;
      case '[':
      case '{':
        structure.depth = std::max(structure.depth, ++depth);
        ++structure.values;
        break;
      case ']':
      case '}':
        if (depth > 0) --depth;
        break;
      case ',':
        ++structure.values;
        break;
      default:
        break;
    }
  }
  return structure;
}

}  // namespace sluice::api
