#include "tests/lint/source_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace sluice::lint {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kForeignFolders[] = {".git", ".cache", "build",     "node_modules",
                                                "dist", "corpus", "dist-test", "output"};
constexpr std::string_view kTextExtensions[] = {".cc", ".h",  ".ts",  ".js",   ".mjs",   ".css",
                                                ".md", ".sh", ".txt", ".json", ".cmake", ""};

template <typename Names>
bool IsAmong(const std::string& name, const Names& names) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::string ReadText(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), {});
}

}  // namespace

bool SourceFile::HasExtension(std::string_view extension) const {
  return fs::path(path).extension() == extension;
}

bool SourceFile::IsIn(std::string_view folder) const {
  return path.size() > folder.size() && path.compare(0, folder.size(), folder) == 0 &&
         path[folder.size()] == '/';
}

std::string_view SourceFile::TopFolder() const {
  size_t slash = path.find('/');
  return slash == std::string::npos ? std::string_view() : std::string_view(path).substr(0, slash);
}

std::vector<std::string> SourceFile::Lines() const {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<SourceFile> ReadSourceTree(const std::string& root) {
  std::vector<SourceFile> files;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
    std::string name = it->path().filename();
    if (it->is_directory()) {
      if (IsAmong(name, kForeignFolders) || it->path() == fs::path(root) / "shared")
        it.disable_recursion_pending();
    } else if (it->is_regular_file() && name != "package-lock.json" &&
               IsAmong(it->path().extension(), kTextExtensions)) {
      files.push_back({fs::relative(it->path(), root), ReadText(it->path())});
    }
  }
  return files;
}

}  // namespace sluice::lint
