#include "tests/api/source_text.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

namespace sluice::api {

std::set<std::string> FindInSources(const std::string& folder, const std::string& pattern) {
  std::set<std::string> found;
  const std::regex regex(pattern);
  const std::filesystem::path root = std::filesystem::path(SLUICE_SOURCE_DIR) / folder;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".cc") continue;
    std::ifstream in(entry.path());
    std::string text((std::istreambuf_iterator<char>(in)), {});
    for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match) {
      found.insert((*match)[1]);
    }
  }
  return found;
}

}  // namespace sluice::api
