// One usrsctp socket: an association over packets that the caller carries.
//
// Every call may put out packets, into `packets` of Open(). Thread: the owner's; the packets of timers come
// through SctpStack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "rtp/bytes.h"
#include "rtp/data_message.h"
#include "rtp/units.h"
#include "transports/sctp/sctp_options.h"
#include "transports/sctp/sctp_stack.h"

struct socket;  // usrsctp's.

namespace sluice::transports {

class SctpSocket {
 public:
  struct Options {
    uint16_t port = 5000;  // Ours and the peer's.
    uint16_t streams = kSctpStreams;
    size_t mtu = 1191;
    size_t send_buffer = 256 * 1024;
    size_t receive_window = 5'242'880;
  };

  // A message, or a part of one.
  struct Data {
    uint16_t stream;
    uint32_t ppid;
    bool unordered;
    bool end;     // Of the message.
    Bytes bytes;  // Valid until the next Read() on this thread.
  };
  struct Up {
    uint16_t outbound_streams;
    uint16_t inbound_streams;
    bool restarted;  // By the peer: everything begins anew.
  };
  struct Down {};
  struct StreamsReset {  // RFC 6525.
    std::vector<uint16_t> incoming;
    std::vector<uint16_t> outgoing;  // Done, or refused.
  };
  struct MessageCutShort {  // Of which parts were read.
    uint16_t stream;
  };
  using Event = std::variant<Data, Up, Down, StreamsReset, MessageCutShort>;

  enum class WriteResult : uint8_t {
    kTaken,
    kFull,
    kRefused
  };  // Refused: no such stream, or the association is over.
  struct Written {
    WriteResult result;
    size_t size = 0;
  };

  // Begins to connect. nullptr: no memory. `packets` outlives the socket.
  static std::unique_ptr<SctpSocket> Open(SctpId id, const Options& options, SctpPackets* packets);
  // Aborts what stands.
  ~SctpSocket();
  SctpSocket(const SctpSocket&) = delete;
  SctpSocket& operator=(const SctpSocket&) = delete;

  void HandlePacket(Bytes packet);
  // The rest of a message, or as much of it as there is room for.
  Written Write(uint16_t stream, uint32_t ppid, const rtp::DataReliability& reliability,
                std::optional<TimeDelta> lifetime, Bytes rest);
  // Once the messages before are acknowledged. Until it is done Write() to these streams answers kFull.
  // False: the peer cannot (RFC 6525 is an extension), or there is no such stream.
  bool ResetStreams(const std::vector<uint16_t>& streams);
  // nullopt: nothing to read.
  std::optional<Event> Read();
  // The association is over, whatever else may still be read.
  bool HasFailed() const;

 private:
  SctpSocket(SctpId id, const Options& options, SctpPackets* packets)
      : id_(id), options_(options), packets_(packets) {}

  bool Configure();
  bool Bind();
  bool Connect();
  template <typename T>
  bool SetOption(int level, int option, const T& value);
  std::optional<Event> Interpret(Bytes notification) const;

  SctpId id_;
  Options options_;
  SctpPackets* packets_;
  struct ::socket* socket_ = nullptr;
  void* address_ = nullptr;
};

}  // namespace sluice::transports
