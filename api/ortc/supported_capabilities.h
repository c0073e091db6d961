// The codecs and header extensions that sluice forwards.
#pragma once

#include "api/ortc/rtp_capabilities.h"

namespace sluice::api {

// Payload types are set only where they are static (RFC 3551 table 4). Built once; any thread.
const RtpCapabilities& SupportedCapabilities();

}  // namespace sluice::api
