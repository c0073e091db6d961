// The files of the source tree, as lint reads them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::lint {

struct SourceFile {
  std::string path;  // From the root: "rtp/units.h"
  std::string text;

  bool HasExtension(std::string_view extension) const;  // ".h"
  bool IsIn(std::string_view folder) const;             // "rtp", "transports/dtls"
  bool IsCpp() const { return HasExtension(".h") || HasExtension(".cc"); }
  std::string_view TopFolder() const;  // "rtp"; empty for files in the root.
  std::vector<std::string> Lines() const;
};

// Everything written by us: no build output, no installed packages, no fuzz corpora.
std::vector<SourceFile> ReadSourceTree(const std::string& root);

}  // namespace sluice::lint
