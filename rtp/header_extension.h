// RTP header extensions (RFC 8285): which kinds sluice knows, and where a packet carries them.
#pragma once

#include <absl/base/attributes.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "rtp/bytes.h"

namespace sluice::rtp {

enum class ExtensionKind : uint8_t {
  kMid,                      // RFC 8843 §15
  kRid,                      // RFC 8852 §3.1
  kRepairedRid,              // RFC 8852 §3.1
  kAbsSendTime,              // webrtc.org/experiments/rtp-hdrext/abs-send-time
  kTransportSequenceNumber,  // draft-holmer-rmcat-transport-wide-cc-extensions-01
  kAudioLevel,               // RFC 6464
  kDependencyDescriptor,     // AV1 RTP payload specification, appendix A
  kVideoOrientation,         // 3GPP TS 26.114 §7.4.5
  kTransmissionOffset,       // RFC 5450
  kAbsCaptureTime,           // webrtc.org/experiments/rtp-hdrext/abs-capture-time
  kPlayoutDelay,             // webrtc.org/experiments/rtp-hdrext/playout-delay
  kVideoLayersAllocation,    // webrtc.org/experiments/rtp-hdrext/video-layers-allocation00
  kCount,
};
inline constexpr size_t kExtensionKinds = static_cast<size_t>(ExtensionKind::kCount);

// The URI by which ORTC and SDP name a kind, and back.
std::string_view ExtensionUri(ExtensionKind kind);
std::optional<ExtensionKind> ExtensionKindOf(std::string_view uri);

// The ids (1…255) that were negotiated for the kinds, in both directions; 0: not negotiated.
class ExtensionMap {
 public:
  // A kind has one id and an id one kind: what either was paired with before is forgotten. Id 0 only forgets.
  void Register(ExtensionKind kind, uint8_t id);
  uint8_t IdOf(ExtensionKind kind) const { return id_of_[static_cast<size_t>(kind)]; }
  bool Has(ExtensionKind kind) const { return IdOf(kind) != 0; }
  std::optional<ExtensionKind> KindOf(uint8_t id) const {
    if (id == 0) return std::nullopt;
    if (id < kind_of_.size()) {
      const auto kind = static_cast<ExtensionKind>(kind_of_[id]);
      return kind == ExtensionKind::kCount ? std::nullopt : std::optional(kind);
    }
    for (size_t i = 0; i < kExtensionKinds; ++i) {
      if (id_of_[i] == id) return static_cast<ExtensionKind>(i);
    }
    return std::nullopt;
  }

  ExtensionMap() { kind_of_.fill(static_cast<uint8_t>(ExtensionKind::kCount)); }

 private:
  std::array<uint8_t, kExtensionKinds> id_of_{};
  std::array<uint8_t, 16> kind_of_;  // Those with larger ids, which are rare, are searched for.
};

// Where one packet carries each kind; offsets are from the packet's first byte, 0: not there.
class ExtensionTable {
 public:
  struct Element {
    uint16_t offset = 0;
    uint8_t size = 0;
    explicit operator bool() const { return offset != 0; }
  };
  Element& operator[](ExtensionKind kind) { return elements_[static_cast<size_t>(kind)]; }
  const Element& operator[](ExtensionKind kind) const { return elements_[static_cast<size_t>(kind)]; }

  // The element's data in `packet`, from which this table was read; empty when it has none.
  Bytes Data(Bytes packet ABSL_ATTRIBUTE_LIFETIME_BOUND, ExtensionKind kind) const {
    Element element = (*this)[kind];
    return packet.subspan(element.offset, element.size);
  }

 private:
  std::array<Element, kExtensionKinds> elements_{};
};

}  // namespace sluice::rtp
