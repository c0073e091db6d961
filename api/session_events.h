// What RTP sessions tell, as the control plane keeps it and notifications say it.
#pragma once

#include "api/control_plane.h"
#include "router/session_event.h"

namespace sluice::api {

void HandleSessionEvent(ControlPlane& control, const router::SessionEvent& event);

}  // namespace sluice::api
