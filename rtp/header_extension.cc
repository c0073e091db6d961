#include "rtp/header_extension.h"

namespace sluice::rtp {
namespace {

constexpr std::array<std::string_view, kExtensionKinds> kUris = {
    "urn:ietf:params:rtp-hdrext:sdes:mid",
    "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
    "urn:3gpp:video-orientation",
    "urn:ietf:params:rtp-hdrext:toffset",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
    "http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00",
};

}  // namespace

std::string_view ExtensionUri(ExtensionKind kind) { return kUris[static_cast<size_t>(kind)]; }

std::optional<ExtensionKind> ExtensionKindOf(std::string_view uri) {
  for (size_t i = 0; i < kUris.size(); ++i) {
    if (kUris[i] == uri) return static_cast<ExtensionKind>(i);
  }
  return std::nullopt;
}

void ExtensionMap::Register(ExtensionKind kind, uint8_t id) {
  const uint8_t before = IdOf(kind);
  if (before < kind_of_.size()) kind_of_[before] = static_cast<uint8_t>(ExtensionKind::kCount);
  if (auto previous = KindOf(id)) id_of_[static_cast<size_t>(*previous)] = 0;
  id_of_[static_cast<size_t>(kind)] = id;
  if (id < kind_of_.size()) kind_of_[id] = static_cast<uint8_t>(kind);
}

}  // namespace sluice::rtp
