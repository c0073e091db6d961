#include "worker/random.h"

#include <sys/random.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace sluice::worker {
namespace {

template <typename T>
T RandomInteger() {
  std::array<uint8_t, sizeof(T)> bytes;
  RandomBytes(bytes);
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

}  // namespace

void RandomBytes(MutableBytes out) {
  while (!out.empty()) {
    ssize_t taken = getrandom(out.data(), out.size(), 0);
    if (taken > 0) {
      out = out.subspan(static_cast<size_t>(taken));
    } else if (errno != EINTR) {
      std::perror("getrandom");  // A kernel without it cannot hand out secrets: never go on with weak ones.
      std::abort();
    }
  }
}

uint32_t RandomUint32() { return RandomInteger<uint32_t>(); }

uint64_t RandomUint64() { return RandomInteger<uint64_t>(); }

std::string RandomString(size_t length, std::string_view alphabet) {
  assert(!alphabet.empty() && alphabet.size() <= 256);
  // Bytes beyond the last whole multiple of the alphabet's size would favour its first characters.
  const size_t fair = 256 / alphabet.size() * alphabet.size();
  std::string text;
  text.reserve(length);
  std::array<uint8_t, 64> bytes;
  while (text.size() < length) {
    RandomBytes(bytes);
    for (uint8_t byte : bytes) {
      if (byte < fair && text.size() < length) text.push_back(alphabet[byte % alphabet.size()]);
    }
  }
  return text;
}

std::string UuidV4() {
  std::array<uint8_t, 16> octets;
  RandomBytes(octets);
  octets[6] = static_cast<uint8_t>(0x40 | (octets[6] & 0x0f));  // Version 4.
  octets[8] = static_cast<uint8_t>(0x80 | (octets[8] & 0x3f));  // Variant of RFC 9562 §4.1.
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (size_t i = 0; i < octets.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text.push_back(kHex[octets[i] >> 4]);
    text.push_back(kHex[octets[i] & 0x0f]);
  }
  return text;
}

}  // namespace sluice::worker
