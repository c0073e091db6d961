// Where a plain or a pipe transport sends to.
#pragma once

#include "api/json_rpc/json_reader.h"
#include "transports/endpoint.h"

namespace sluice::api {

// Reads params.ip, which must be there; errors stay in the reader.
transports::IpAddress ReadRemoteIp(ObjectReader& params);

// Fails unless a socket that is bound to `local` can send to `remote`, which is params.ip.
void CheckReachable(const transports::IpAddress& remote, const transports::IpAddress& local,
                    ObjectReader& params);

}  // namespace sluice::api
