// A client's end of one path, over UDP or TCP with RFC 4571 framing. Blocking, for tests; every wait has an
// end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rtp/bytes.h"
#include "rtp/units.h"
#include "transports/endpoint.h"
#include "worker/file_descriptor.h"

namespace sluice::worker {

class ClientSocket {
 public:
  // Connected to `server`; over TCP it waits for that. Fails the test otherwise.
  ClientSocket(transports::Protocol protocol, const transports::Endpoint& server);

  // One packet. False: the connection takes nothing any more.
  bool Send(Bytes packet);
  // As they are, into the stream.
  bool SendRaw(const std::string& octets);
  // The next packet; nullopt: none until `deadline`, or the connection is closed.
  std::optional<std::vector<uint8_t>> Receive(Timestamp deadline);
  // Reads (and forgets) packets until the other side closes; false: not within some seconds.
  bool WaitForClose();

  bool closed() const { return closed_; }
  int fd() const { return fd_.get(); }
  // As the server sees it.
  const transports::Endpoint& local() const { return local_; }

 private:
  std::optional<std::vector<uint8_t>> TakeFrame();

  transports::Protocol protocol_;
  FileDescriptor fd_;
  transports::Endpoint local_;
  std::vector<uint8_t> stream_;  // TCP: read, and not yet taken apart.
  bool closed_ = false;
};

}  // namespace sluice::worker
