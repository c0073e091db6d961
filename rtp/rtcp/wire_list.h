// A list of fixed-size records on the wire, read one at a time: a view, without a copy.
//
// `Record` has `static constexpr size_t kSize` and `static T Load(const uint8_t* p)`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

#include "rtp/bytes.h"
#include "rtp/ids.h"

namespace sluice::rtp::rtcp {

template <typename Record>
class WireList {
 public:
  using value_type = decltype(Record::Load(nullptr));

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = WireList::value_type;
    using difference_type = ptrdiff_t;
    using pointer = void;
    using reference = value_type;

    explicit Iterator(const uint8_t* at) : at_(at) {}
    value_type operator*() const { return Record::Load(at_); }
    Iterator& operator++() {
      at_ += Record::kSize;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const uint8_t* at_;
  };

  WireList() = default;
  // A last record that is not whole is left out.
  explicit WireList(Bytes bytes) : bytes_(bytes.first(bytes.size() - bytes.size() % Record::kSize)) {}

  size_t size() const { return bytes_.size() / Record::kSize; }
  bool empty() const { return bytes_.empty(); }
  value_type operator[](size_t i) const { return Record::Load(bytes_.data() + i * Record::kSize); }
  Iterator begin() const { return Iterator(bytes_.data()); }
  Iterator end() const { return Iterator(bytes_.data() + bytes_.size()); }

 private:
  Bytes bytes_;
};

struct SsrcRecord {
  static constexpr size_t kSize = 4;
  static Ssrc Load(const uint8_t* p) { return Ssrc(LoadU32(p)); }
};
using SsrcList = WireList<SsrcRecord>;

}  // namespace sluice::rtp::rtcp
