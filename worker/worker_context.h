// What a worker lends to its sessions; all of it outlives them.
//
// Thread: the worker's.
#pragma once

#include "rtp/ntp_time.h"
#include "rtp/slab.h"

namespace sluice::worker {

class AudioGates;
class AudioReporter;
class DataForwardingTable;
class EventLoop;
class ForwardingTable;
class Outbox;
class SctpHub;
class SendQueue;
class TraceLimiter;
class TcpIo;
class UdpPortTable;
class UdpReceiver;

struct WorkerContext {
  EventLoop* loop;
  SlabPool* pool;
  UdpReceiver* receiver;
  SendQueue* send_queue;
  UdpPortTable* ports;
  TcpIo* tcp;
  Outbox* outbox;
  ForwardingTable* forwarding;
  AudioReporter* audio;
  AudioGates* gates;
  DataForwardingTable* data_forwarding;
  SctpHub* sctp;
  TraceLimiter* traces;
  rtp::WallClockAnchor clock;
};

}  // namespace sluice::worker
