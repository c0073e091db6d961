// Audio or video: the control plane's name for the router's type.
#pragma once

#include "router/config.h"

namespace sluice::api {

using router::MediaKind;

}  // namespace sluice::api
