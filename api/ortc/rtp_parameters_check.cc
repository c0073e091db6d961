#include "api/ortc/rtp_parameters_check.h"

#include <bitset>
#include <set>
#include <string>
#include <utility>

#include "api/json_rpc/json_reader.h"
#include "api/json_rpc/text.h"
#include "api/ortc/red_format.h"

namespace sluice::api {
namespace {

std::optional<RpcError> CheckApt(const RtpParameters& parameters, const RtpCodecParameters& rtx,
                                 const std::string& path) {
  std::string field = JoinPath(JoinPath(path, "parameters"), "apt");
  std::optional<int64_t> apt = rtx.IntegerParameter("apt");
  if (!apt) return RpcError::MissingField(std::move(field));
  const RtpCodecParameters* media =
      *apt >= 0 && *apt <= 127 ? parameters.FindCodec(PayloadType(static_cast<uint8_t>(*apt))) : nullptr;
  if (media != nullptr && media->IsMedia()) return std::nullopt;
  return RpcError::InvalidValue(std::move(field), "must be the payload type of a media codec");
}

// The blocks are of media codecs that are there; without a word about them there is one that they can be of.
std::optional<RpcError> CheckRed(const RtpParameters& parameters, const RtpCodecParameters& red,
                                 const std::string& path) {
  std::string field = JoinPath(JoinPath(path, "parameters"), "");
  std::optional<std::vector<PayloadType>> blocks = RedBlocks(red);
  if (!blocks) return RpcError::InvalidValue(std::move(field), "must be payload types with / between them");
  for (PayloadType block : *blocks) {
    const RtpCodecParameters* media = parameters.FindCodec(block);
    if (media != nullptr && CanCarry(red, *media)) continue;
    return RpcError::InvalidValue(std::move(field),
                                  "must be payload types of media codecs with this clock rate");
  }
  for (const RtpCodecParameters& codec : parameters.codecs) {
    if (CanCarry(red, codec)) return std::nullopt;
  }
  return RpcError::InvalidValue(path, "needs a media codec that it repeats");
}

std::optional<RpcError> CheckCodecs(MediaKind kind, const RtpParameters& parameters,
                                    const std::string& path) {
  if (parameters.FirstMediaCodec() == nullptr) {
    return RpcError::InvalidValue(path, "must have a media codec");
  }
  std::bitset<128> payload_types;
  for (size_t i = 0; i < parameters.codecs.size(); ++i) {
    const RtpCodecParameters& codec = parameters.codecs[i];
    std::string codec_path = JoinPath(path, i);
    if (KindOfMimeType(codec.mime_type) != kind) {
      return RpcError::InvalidValue(JoinPath(codec_path, "mimeType"), Concat("must be ", ToString(kind)));
    }
    if (payload_types[codec.payload_type.value()]) {
      return RpcError::InvalidValue(JoinPath(codec_path, "payloadType"), "is that of another codec");
    }
    payload_types.set(codec.payload_type.value());
  }
  for (size_t i = 0; i < parameters.codecs.size(); ++i) {
    const RtpCodecParameters& codec = parameters.codecs[i];
    if (codec.IsMedia()) continue;
    auto error = codec.IsRtx() ? CheckApt(parameters, codec, JoinPath(path, i))
                               : CheckRed(parameters, codec, JoinPath(path, i));
    if (error) return error;
  }
  return std::nullopt;
}

std::optional<RpcError> CheckHeaderExtensions(const RtpParameters& parameters, const std::string& path) {
  std::bitset<256> ids;
  for (size_t i = 0; i < parameters.header_extensions.size(); ++i) {
    uint8_t id = parameters.header_extensions[i].id;
    if (ids[id]) {
      return RpcError::InvalidValue(JoinPath(JoinPath(path, i), "id"), "is that of another header extension");
    }
    ids.set(id);
  }
  return std::nullopt;
}

// Tells whether the names of an encoding are new.
class EncodingNames {
 public:
  std::optional<RpcError> Add(const RtpEncodingParameters& encoding, const std::string& path) {
    if (encoding.ssrc && !ssrcs_.insert(*encoding.ssrc).second) {
      return RpcError::InvalidValue(JoinPath(path, "ssrc"), "is in use by another stream");
    }
    if (encoding.rtx_ssrc && !ssrcs_.insert(*encoding.rtx_ssrc).second) {
      return RpcError::InvalidValue(JoinPath(JoinPath(path, "rtx"), "ssrc"), "is in use by another stream");
    }
    if (encoding.rid && !rids_.insert(*encoding.rid).second) {
      return RpcError::InvalidValue(JoinPath(path, "rid"), "is that of another encoding");
    }
    return std::nullopt;
  }

 private:
  std::set<Ssrc> ssrcs_;
  std::set<std::string_view> rids_;
};

std::optional<RpcError> CheckEncodings(const RtpParameters& parameters, const std::string& path) {
  if (parameters.encodings.empty()) return RpcError::InvalidValue(path, "must not be empty");
  EncodingNames names;
  bool is_told_by_mid = parameters.mid && parameters.encodings.size() == 1;
  for (size_t i = 0; i < parameters.encodings.size(); ++i) {
    const RtpEncodingParameters& encoding = parameters.encodings[i];
    std::string encoding_path = JoinPath(path, i);
    if (!encoding.ssrc && !encoding.rid && !is_told_by_mid) {
      return RpcError::MissingField(JoinPath(encoding_path, "ssrc"));
    }
    if (auto error = names.Add(encoding, encoding_path)) return error;
    if (parameters.CodecOf(encoding) == nullptr) {
      return RpcError::InvalidValue(JoinPath(encoding_path, "codecPayloadType"),
                                    "must be the payload type of a media codec");
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<RpcError> CheckRtpParameters(MediaKind kind, const RtpParameters& parameters,
                                           std::string_view path) {
  if (auto error = CheckCodecs(kind, parameters, JoinPath(path, "codecs"))) return error;
  if (auto error = CheckHeaderExtensions(parameters, JoinPath(path, "headerExtensions"))) return error;
  return CheckEncodings(parameters, JoinPath(path, "encodings"));
}

}  // namespace sluice::api
