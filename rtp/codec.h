// The codecs that sluice looks into. Others are forwarded all the same, as kOther.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::rtp {

enum class Codec : uint8_t { kOther, kOpus, kRed, kVp8, kVp9, kH264, kH265, kAv1 };

// From a MIME type such as "video/VP8"; case does not matter (RFC 6838 §4.2).
Codec CodecOf(std::string_view mime_type);

// Whether the codec has key frames that FrameReader can tell. A consumer of any other starts anywhere.
constexpr bool HasKeyFrames(Codec codec) { return codec >= Codec::kVp8; }

}  // namespace sluice::rtp
