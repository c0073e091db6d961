// One question to all payload formats: what does this packet say of its frame?
#pragma once

#include "rtp/bytes.h"
#include "rtp/codec.h"
#include "rtp/received_packet.h"

namespace sluice::rtp {

// Reads the payload descriptor and, if the packet carries one (else empty), the dependency descriptor.
//
// `key_frame` is true in the first packet of a frame with which a decoder can begin. In H.264 a parameter set
// and the IDR slice behind it may come in packets of their own; both say so, unless a dependency descriptor
// knows which of them is the first. A payload that cannot be parsed, or of another codec, gives the defaults.
FrameInfo ReadFrameInfo(Codec codec, Bytes payload, Bytes dependency_descriptor);

}  // namespace sluice::rtp
