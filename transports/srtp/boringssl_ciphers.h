// Puts BoringSSL's AES and SHA-1 behind libsrtp2, whose Debian build computes with NSS (several times
// slower).
#pragma once

namespace sluice::transports {

// Initialises libsrtp2 and installs the ciphers, once in the process; later calls cost an atomic load.
// libsrtp2 runs its self-test vectors against each of them on the way. Any thread. False: SRTP is not to be
// used, and it stays that way.
[[nodiscard]] bool EnsureSrtpInitialized();

}  // namespace sluice::transports
