#include "api/json_rpc/line_splitter.h"

#include <utility>

namespace sluice::api {
namespace {

constexpr size_t kKeptCapacity = 64 << 10;

}  // namespace

void LineSplitter::Feed(std::string_view chunk, OnLine on_line) {
  while (!chunk.empty()) {
    size_t newline = chunk.find('\n');
    if (newline == std::string_view::npos) return Buffer(chunk, on_line);
    TakeLineEnd(chunk.substr(0, newline), on_line);
    chunk.remove_prefix(newline + 1);
  }
}

void LineSplitter::Finish(OnLine on_line) { TakeLineEnd({}, on_line); }

// `end` is what the newline follows: a whole line, or the rest of the pending one.
void LineSplitter::TakeLineEnd(std::string_view end, OnLine on_line) {
  if (!skipping_ && pending_.empty() && end.size() <= max_line_bytes_) return Report(end, on_line);
  Buffer(end, on_line);
  std::string line = std::exchange(pending_, {});
  if (!std::exchange(skipping_, false)) Report(line, on_line);
  line.clear();
  if (line.capacity() <= kKeptCapacity) pending_ = std::move(line);
}

void LineSplitter::Buffer(std::string_view part, OnLine on_line) {
  if (skipping_) return;
  if (part.size() <= max_line_bytes_ - pending_.size()) {
    pending_.append(part);
    return;
  }
  skipping_ = true;
  std::string().swap(pending_);
  on_line(std::nullopt);
}

void LineSplitter::Report(std::string_view line, OnLine on_line) const {
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
  on_line(line);
}

}  // namespace sluice::api
