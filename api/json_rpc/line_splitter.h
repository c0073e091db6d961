// Cuts the control stream into lines: arbitrary chunks in, whole lines out.
//
//   splitter.Feed(chunk, [&](std::optional<std::string_view> line) {
//     if (!line) Answer(RpcError::LineTooLong(…)); else Handle(*line);
//   });
//
// A line longer than the limit is reported once (nullopt), as soon as it is known to be too long, and is then
// skipped to its newline; what follows is read as ever. Lines of white space only are not reported. At most
// one line is buffered, so memory is bounded by the limit; a buffer that grew large is released after use.
#pragma once

#include <absl/functional/function_ref.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::api {

inline constexpr size_t kMaxLineBytes = size_t{16} << 20;

class LineSplitter {
 public:
  // nullopt: a line that was too long. The view lives until the callback returns and excludes the newline.
  // The callback must not call back into the splitter.
  using OnLine = absl::FunctionRef<void(std::optional<std::string_view> line)>;

  explicit LineSplitter(size_t max_line_bytes = kMaxLineBytes) : max_line_bytes_(max_line_bytes) {}

  void Feed(std::string_view chunk, OnLine on_line);
  // The input has ended: what is left is the last line, though it has no newline.
  void Finish(OnLine on_line);

  size_t buffered_bytes() const { return pending_.size(); }
  size_t buffer_capacity() const { return pending_.capacity(); }

 private:
  void TakeLineEnd(std::string_view end, OnLine on_line);
  void Buffer(std::string_view part, OnLine on_line);
  void Report(std::string_view line, OnLine on_line) const;

  size_t max_line_bytes_;
  std::string pending_;    // The beginning of a line whose newline has not come.
  bool skipping_ = false;  // Inside a line that was reported as too long.
};

}  // namespace sluice::api
