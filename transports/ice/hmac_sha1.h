// HMAC-SHA1 (RFC 2104), for STUN's MESSAGE-INTEGRITY.
//
//   HmacSha1 key(password);            // once for each key: hashes the padded key
//   HmacSha1 mac = key;                // once for each message: a copy, no further key set-up
//   mac.Update(message);
//   Sha1::Digest tag = mac.Finish();
#pragma once

#include <string_view>

#include "rtp/bytes.h"
#include "transports/ice/sha1.h"

namespace sluice::transports {

class HmacSha1 {
 public:
  explicit HmacSha1(Bytes key);
  explicit HmacSha1(std::string_view key);

  void Update(Bytes bytes) { inner_.Update(bytes); }
  Sha1::Digest Finish();  // Once; the object is spent afterwards.

 private:
  Sha1 inner_;
  Sha1 outer_;
};

// The time taken depends on the sizes only, never on where `a` and `b` differ.
bool EqualInConstantTime(Bytes a, Bytes b);

}  // namespace sluice::transports
