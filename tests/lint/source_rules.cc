#include "tests/lint/source_rules.h"

#include <algorithm>
#include <optional>
#include <regex>
#include <set>
#include <string_view>

namespace sluice::lint {
namespace {

constexpr size_t kMaxLines = 600;
constexpr size_t kMaxReadmeLines = 40;

struct Layer {
  std::string_view folder;
  std::vector<std::string_view> may_include;
};

const std::vector<Layer>& Layers() {
  static const std::vector<Layer> layers = {
      {"rtp", {"rtp"}},
      {"transports", {"rtp", "transports"}},
      {"router", {"rtp", "router"}},
      {"worker", {"rtp", "transports", "router", "worker"}},
      {"api", {"rtp", "transports", "router", "worker", "api"}},
  };
  return layers;
}

const Layer* LayerOf(std::string_view folder) {
  for (const Layer& layer : Layers()) {
    if (layer.folder == folder) return &layer;
  }
  return nullptr;
}

struct Library {
  std::string_view include;  // How the includes of its headers begin.
  std::vector<std::string_view> folders;
};

const std::vector<Library>& Libraries() {
  static const std::vector<Library> libraries = {
      {"uv.h", {"worker", "api"}},
      {"uv/", {"worker", "api"}},
      {"openssl/", {"transports/dtls", "transports/srtp"}},
      {"srtp2/", {"transports/srtp"}},
      {"usrsctp", {"transports/sctp"}},
      {"nlohmann/", {"api"}},
      {"spdlog/", {"api"}},
  };
  return libraries;
}

// What the line includes; nullopt: it is no include.
std::optional<std::string> IncludedBy(const std::string& line) {
  static const std::regex include(R"re(^\s*#\s*include\s*[<"]([^">]+)[">])re");
  std::smatch match;
  return std::regex_search(line, match, include) ? std::optional<std::string>(match[1]) : std::nullopt;
}

std::string At(const SourceFile& file, size_t line) {
  return file.path + ":" + std::to_string(line + 1) + " ";
}

bool StartsWith(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

template <typename List>
bool Contains(const List& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

Faults CheckIncludes(const SourceFile& file) {
  Faults faults;
  const Layer* layer = LayerOf(file.TopFolder());
  if (!layer || !file.IsCpp()) return faults;
  std::vector<std::string> lines = file.Lines();
  for (size_t i = 0; i < lines.size(); ++i) {
    std::optional<std::string> included = IncludedBy(lines[i]);
    if (!included) continue;
    std::string_view folder = std::string_view(*included).substr(0, included->find('/'));
    bool ours = LayerOf(folder) || folder == "tests" || folder == "bench" || folder == "..";
    if (ours && !Contains(layer->may_include, folder)) {
      faults.push_back(At(file, i) + "includes " + *included + ", which is not below it");
    }
    for (const Library& library : Libraries()) {
      bool here = std::any_of(library.folders.begin(), library.folders.end(),
                              [&](std::string_view allowed) { return file.IsIn(allowed); });
      if (StartsWith(*included, library.include) && !here) {
        faults.push_back(At(file, i) + "includes " + *included + ", which has no place there");
      }
    }
  }
  return faults;
}

Faults CheckPurity(const SourceFile& file) {
  static const std::regex impure(
      R"re(_clock\s*::\s*now\b|\b(clock_gettime|gettimeofday|timespec_get|uv_now|uv_hrtime|random_device|getrandom|getentropy|arc4random\w*)\b|\b(s?rand|random|time)\s*\()re");
  Faults faults;
  if (!LayerOf(file.TopFolder()) || !file.IsCpp() || file.IsIn("worker")) return faults;
  std::vector<std::string> lines = file.Lines();
  for (size_t i = 0; i < lines.size(); ++i) {
    std::string code = lines[i].substr(0, lines[i].find("//"));
    std::smatch match;
    if (std::regex_search(code, match, impure)) {
      faults.push_back(At(file, i) + "uses " + match.str() + ": time and chance are arguments");
    }
  }
  return faults;
}

Faults CheckShape(const SourceFile& file) {
  Faults faults;
  std::vector<std::string> lines = file.Lines();
  bool is_code =
      file.IsCpp() || file.HasExtension(".ts") || file.HasExtension(".js") || file.HasExtension(".mjs");
  if (is_code && lines.size() > kMaxLines) {
    faults.push_back(file.path + " has " + std::to_string(lines.size()) + " lines");
  }
  if (file.HasExtension(".h") && !Contains(lines, "#pragma once"))
    faults.push_back(file.path + " lacks #pragma once");
  // api/node's is the page of the npm package.
  bool is_readme = file.path.find("/README.md") != std::string::npos && file.path != "api/node/README.md";
  if (is_readme && lines.size() > kMaxReadmeLines) {
    faults.push_back(file.path + " has " + std::to_string(lines.size()) + " lines");
  }
  return faults;
}

// A document's relative paths that climb above the root of the checkout.
Faults CheckText(const SourceFile& file) {
  if (!file.HasExtension(".md")) return {};
  const auto depth = std::count(file.path.begin(), file.path.end(), '/');
  static const std::regex climb(R"((\.\./)+)");
  Faults faults;
  std::vector<std::string> lines = file.Lines();
  for (size_t i = 0; i < lines.size(); ++i) {
    for (std::sregex_iterator match(lines[i].begin(), lines[i].end(), climb), end; match != end; ++match) {
      if (match->length() / 3 > depth) faults.push_back(At(file, i) + "points out of the repository");
    }
  }
  return faults;
}

Faults CheckReadmes(const std::vector<SourceFile>& files) {
  std::set<std::string> folders, described;
  for (const SourceFile& file : files) {
    std::string folder(file.TopFolder());
    bool is_code = file.IsCpp() || file.HasExtension(".ts") || file.HasExtension(".js");
    if (is_code) folders.insert(folder);
    if (file.path == folder + "/README.md") described.insert(folder);
  }
  Faults faults;
  for (const std::string& folder : folders) {
    if (!folder.empty() && described.count(folder) == 0) faults.push_back(folder + "/ has no README.md");
  }
  return faults;
}

}  // namespace sluice::lint
