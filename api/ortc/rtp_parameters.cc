#include "api/ortc/rtp_parameters.h"

#include <algorithm>

namespace sluice::api {
namespace {

template <typename Predicate>
const RtpCodecParameters* FindIf(const std::vector<RtpCodecParameters>& codecs, Predicate predicate) {
  auto codec = std::find_if(codecs.begin(), codecs.end(), predicate);
  return codec == codecs.end() ? nullptr : &*codec;
}

}  // namespace

const RtpCodecParameters* RtpParameters::FindCodec(PayloadType payload_type) const {
  return FindIf(codecs, [&](const auto& codec) { return codec.payload_type == payload_type; });
}

const RtpCodecParameters* RtpParameters::FindRtxCodec(PayloadType payload_type) const {
  return FindIf(codecs, [&](const auto& codec) {
    return codec.IsRtx() && codec.IntegerParameter("apt") == payload_type.value();
  });
}

const RtpCodecParameters* RtpParameters::FirstMediaCodec() const {
  return FindIf(codecs, [](const auto& codec) { return codec.IsMedia(); });
}

const RtpCodecParameters* RtpParameters::CodecOf(const RtpEncodingParameters& encoding) const {
  if (!encoding.codec_payload_type) return FirstMediaCodec();
  const RtpCodecParameters* codec = FindCodec(*encoding.codec_payload_type);
  return codec != nullptr && !codec->IsRtx() ? codec : nullptr;
}

bool RtpParameters::HasHeaderExtension(std::string_view uri) const {
  return std::any_of(header_extensions.begin(), header_extensions.end(),
                     [&](const auto& extension) { return extension.uri == uri; });
}

}  // namespace sluice::api
