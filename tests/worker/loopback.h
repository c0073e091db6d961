// Sockets on loopback and datagrams that know their place in a sequence, for the tests of worker/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rtp/slab.h"
#include "transports/endpoint.h"
#include "worker/udp_socket.h"

namespace sluice::worker {

// Bound to a port of the kernel's choice; fails the test otherwise.
UdpSocket BindLoopback(const std::string& address = "127.0.0.1");

// True where the machine has ::1.
bool HasIpv6Loopback();

struct Received {
  std::string payload;
  transports::Endpoint from;
};

// Waits for `count` datagrams, for at most some seconds, and returns those that came.
std::vector<Received> ReceiveFrom(const UdpSocket& socket, size_t count);
std::vector<std::string> ReceivePayloads(const UdpSocket& socket, size_t count);

// True if nothing is there to read now.
bool IsDrained(const UdpSocket& socket);

void SendText(const UdpSocket& from, const transports::Endpoint& to, const std::string& payload);

// `size` bytes that begin with `label` and differ throughout from those of other labels.
std::string Payload(const std::string& label, size_t size);

SlabRef MakeSlab(SlabPool& pool, const std::string& payload);

}  // namespace sluice::worker
