// Where in a stream a receiver can choose other layers.
#pragma once

#include "rtp/layers.h"
#include "rtp/received_packet.h"

namespace sluice::router {

// What a receiver that has been sent the layers of `present` can be sent from `frame` on: `wanted`, something
// on the way there, or what it is sent already. The spatial layer changes at the first frame of a picture
// only; the temporal one also at a later frame, such as the one that in K-SVC is all that is sent of a picture.
rtp::Layers ChooseLayers(const rtp::FrameInfo& frame, rtp::Layers present, rtp::Layers wanted);

}  // namespace sluice::router
