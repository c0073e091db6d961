#include "api/methods/udp_remote.h"

#include <optional>
#include <string>

#include "api/json_rpc/text.h"

namespace sluice::api {

using transports::IpAddress;

IpAddress ReadRemoteIp(ObjectReader& params) {
  std::string text = params.RequiredString("ip");
  std::optional<IpAddress> address = IpAddress::Parse(text);
  if (params.ok() && !address) {
    params.Fail(RpcError::InvalidValue(params.PathOf("ip"), "is not an IP address"));
  } else if (params.ok() && address->IsAny()) {
    params.Fail(RpcError::InvalidValue(params.PathOf("ip"), "is nobody's address"));
  }
  return address.value_or(IpAddress());
}

void CheckReachable(const IpAddress& remote, const IpAddress& local, ObjectReader& params) {
  // "::" listens for IPv4 as well; any other address is of one family alone.
  if (remote.is_v6() == local.is_v6() || (local.is_v6() && local.IsAny())) return;
  params.Fail(RpcError::InvalidValue(
      params.PathOf("ip"), Concat("cannot be reached from ", local.ToString(), ": another family")));
}

}  // namespace sluice::api
