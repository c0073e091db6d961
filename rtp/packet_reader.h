// From a validated packet to the record that travels beside it in its slab.
#pragma once

#include "rtp/header_extension.h"
#include "rtp/packet_view.h"
#include "rtp/received_packet.h"

namespace sluice::rtp {

// What the packet itself says under the extension ids its sender negotiated. The rest is its stream's
// to fill in: arrival, unwrapped sequence, encoding, and the frame (FrameReader, once the codec is
// known).
ReceivedPacket ReadPacket(const PacketView& packet, const ExtensionMap& negotiated);

}  // namespace sluice::rtp
