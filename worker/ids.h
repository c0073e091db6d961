// Handles, as in router/ids.h, of what only the workers know.
#pragma once

#include "router/ids.h"

namespace sluice::worker {

using WebRtcServerHandle = router::Handle<struct WebRtcServerTag>;

}  // namespace sluice::worker
