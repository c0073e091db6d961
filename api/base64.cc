#include "api/base64.h"

#include <array>
#include <cstring>

namespace sluice::api {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Twelve bits at a time: each pair of characters.
struct Pair {
  char text[2];
};
constexpr std::array<Pair, 4096> kPairs = [] {
  std::array<Pair, 4096> pairs{};
  for (size_t i = 0; i < pairs.size(); ++i) pairs[i] = {{kAlphabet[i >> 6], kAlphabet[i & 63]}};
  return pairs;
}();

// Six bits of a character; what is not of the alphabet sets a bit that no sum of four of these has else.
constexpr uint32_t kInvalid = 1u << 31;
constexpr std::array<uint32_t, 256> kValues = [] {
  std::array<uint32_t, 256> values{};
  values.fill(kInvalid);
  for (uint32_t i = 0; i < kAlphabet.size(); ++i) values[static_cast<uint8_t>(kAlphabet[i])] = i;
  return values;
}();

uint32_t ValueOf(char character) { return kValues[static_cast<uint8_t>(character)]; }

// The 24 bits of four characters, or something with kInvalid in it.
uint32_t ReadGroup(const char* text) {
  const uint32_t a = ValueOf(text[0]), b = ValueOf(text[1]), c = ValueOf(text[2]), d = ValueOf(text[3]);
  return (a << 18 | b << 12 | c << 6 | d) | ((a | b | c | d) & kInvalid);
}

void WritePair(uint32_t bits, char* text) { std::memcpy(text, kPairs[bits & 4095].text, 2); }

// The last one or two bytes, which padding fills up.
void WriteTail(Bytes tail, char* text) {
  const uint32_t bits = uint32_t{tail[0]} << 16 | (tail.size() > 1 ? uint32_t{tail[1]} << 8 : 0);
  WritePair(bits >> 12, text);
  text[2] = tail.size() > 1 ? kAlphabet[bits >> 6 & 63] : '=';
  text[3] = '=';
}

size_t PaddingOf(std::string_view text) {
  if (text.empty() || text.back() != '=') return 0;
  return text[text.size() - 2] == '=' ? 2 : 1;
}

// Reads a group that ends in padding; false: it is none, or the bits that padding leaves over are not zero.
bool ReadTail(std::string_view group, size_t padding, uint8_t* bytes) {
  char filled[4];
  std::memcpy(filled, group.data(), 4);
  for (size_t i = 4 - padding; i < 4; ++i) filled[i] = 'A';
  const uint32_t bits = ReadGroup(filled);
  if (bits & kInvalid || bits & (padding == 2 ? 0xffffu : 0xffu)) return false;
  bytes[0] = static_cast<uint8_t>(bits >> 16);
  if (padding == 1) bytes[1] = static_cast<uint8_t>(bits >> 8);
  return true;
}

}  // namespace

std::optional<std::vector<uint8_t>> DecodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const size_t padding = PaddingOf(text);
  std::vector<uint8_t> bytes(text.size() / 4 * 3 - padding);
  const size_t whole = text.size() / 4 - (padding > 0 ? 1 : 0);
  uint8_t* out = bytes.data();
  uint32_t seen = 0;
  for (size_t i = 0; i < whole; ++i) {
    const uint32_t bits = ReadGroup(text.data() + 4 * i);
    seen |= bits;
    out[0] = static_cast<uint8_t>(bits >> 16);
    out[1] = static_cast<uint8_t>(bits >> 8);
    out[2] = static_cast<uint8_t>(bits);
    out += 3;
  }
  if (seen & kInvalid) return std::nullopt;
  if (padding > 0 && !ReadTail(text.substr(4 * whole), padding, out)) return std::nullopt;
  return bytes;
}

void AppendBase64(Bytes bytes, std::string* text) {
  const size_t begin = text->size();
  text->resize(begin + (bytes.size() + 2) / 3 * 4);
  char* out = text->data() + begin;
  const size_t whole = bytes.size() / 3;
  for (size_t i = 0; i < whole; ++i) {
    const uint8_t* in = bytes.data() + 3 * i;
    const uint32_t bits = uint32_t{in[0]} << 16 | uint32_t{in[1]} << 8 | in[2];
    WritePair(bits >> 12, out);
    WritePair(bits, out + 2);
    out += 4;
  }
  if (bytes.size() % 3 > 0) WriteTail(bytes.subspan(3 * whole), out);
}

std::string EncodeBase64(Bytes bytes) {
  std::string text;
  AppendBase64(bytes, &text);
  return text;
}

}  // namespace sluice::api
