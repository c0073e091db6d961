// Cryptographic randomness from the kernel (getrandom). A system call each: for set-up, not for packets.
// Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rtp/bytes.h"

namespace sluice::worker {

// The ice-char alphabet (RFC 8839 §5.4) without its two symbols, which URLs and logs dislike.
inline constexpr std::string_view kAlphanumeric =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

void RandomBytes(MutableBytes out);
uint32_t RandomUint32();
uint64_t RandomUint64();

// `length` characters, each drawn evenly from `alphabet` (1 to 256 characters).
std::string RandomString(size_t length, std::string_view alphabet = kAlphanumeric);

// A random UUID (RFC 9562 §5.4), in lower case.
std::string UuidV4();

}  // namespace sluice::worker
