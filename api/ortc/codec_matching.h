// When two codec descriptions are the same codec.
#pragma once

#include <optional>
#include <string>

#include "api/ortc/codec.h"

namespace sluice::api {

// The same MIME type, clock rate and channels (and for multiopus the same streams): what decides whether a
// codec is supported at all.
bool SameCodec(const CodecDescription& a, const CodecDescription& b);

// Moreover what one is encoded with is decoded by the other: the same H264 packetization-mode and profile
// (the level is negotiated), H265 profile, tier and transmission mode, VP9 profile-id and AV1 profile.
bool SameCodecAndProfile(const CodecDescription& a, const CodecDescription& b);

// The profile-level-id that answers `offered` when `local` is what we have (RFC 6184 §8.2.2): the local level
// where both allow asymmetry, else the lower. nullopt: neither names one. Both are the same H264 profile.
std::optional<std::string> H264AnswerProfileLevelId(const CodecDescription& local,
                                                    const CodecDescription& offered);

}  // namespace sluice::api
