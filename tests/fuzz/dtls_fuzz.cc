// A DTLS session against an attacker. The first octet chooses:
//   even: who is attacked (2 set: a client, else a server) gets a list of datagrams, each a 16-bit length and
//   its
//         octets; with the length's top bit set, the other bits are milliseconds that pass instead.
//   odd:  a client and a server talk through the attacker, whose moves are the remaining octets.
// Whatever happens, a session never connects to anybody but the holder of the fingerprinted certificate, so
// two connected ends have the same keys.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "rtp/bytes.h"
#include "transports/dtls/dtls_context.h"
#include "transports/dtls/dtls_session.h"

namespace sluice::transports {
namespace {

using Datagram = std::vector<uint8_t>;

void Check(bool holds) {
  if (!holds) std::abort();
}

const std::shared_ptr<const DtlsContext>& Context() {
  static const std::shared_ptr<const DtlsContext> context = DtlsContext::Create(
      *DtlsCertificate::Generate(std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000))));
  return context;
}

struct End {
  explicit End(DtlsRole role) : session(Context(), role, Context()->certificate().fingerprints()) {
    session.Start(Timestamp::Seconds(1));
    Drain();
  }
  void Drain() {
    while (std::optional<DtlsSession::Output> output = session.Poll()) {
      Check(!over);
      if (auto* transmit = std::get_if<DtlsSession::Transmit>(&*output))
        out.push_back(std::move(transmit->datagram));
      if (auto* connected = std::get_if<DtlsSession::Connected>(&*output)) {
        Check(connected->keys && !keys);
        keys = std::move(connected->keys);
      }
      if (std::holds_alternative<DtlsSession::ApplicationData>(*output)) Check(keys.has_value());
      over = std::holds_alternative<DtlsSession::Failed>(*output) ||
             std::holds_alternative<DtlsSession::Closed>(*output);
    }
    bool ended = session.state() == DtlsState::kFailed || session.state() == DtlsState::kClosed;
    Check(ended || !over);
    Check(!ended || session.NextTimeout().IsNever());
  }
  void Receive(Timestamp now, Bytes datagram) {
    session.HandleDatagram(now, datagram);
    Drain();
  }
  void Pass(Timestamp now) {
    session.HandleTimeout(now);
    Drain();
  }

  DtlsSession session;
  std::deque<Datagram> out;
  std::optional<SrtpKeys> keys;
  bool over = false;  // Failed or Closed was put out: nothing may follow.
};

void Attack(End* end, ByteReader reader) {
  Timestamp now = Timestamp::Seconds(1);
  while (std::optional<uint16_t> length = reader.U16()) {
    if (*length & 0x8000) {
      now += TimeDelta::Millis(*length & 0x7fff);
      end->Pass(now);
    } else {
      end->Receive(now, *reader.Read(std::min<size_t>(*length, reader.remaining())));
    }
  }
  Check(!end->keys);  // No input can hold an answer to our random.
}

// Moves: the lower two bits are the direction and whether to keep the datagram for later, the others what to
// do to it.
void SitInTheMiddle(ByteReader reader) {
  End client(DtlsRole::kClient), server(DtlsRole::kServer);
  Timestamp now = Timestamp::Seconds(1);
  while (std::optional<uint8_t> move = reader.U8()) {
    End& from = *move & 1 ? server : client;
    End& to = *move & 1 ? client : server;
    if (from.out.empty() || *move >> 2 == 1) {
      now += TimeDelta::Millis(50 * (1 + *move));
      client.Pass(now);
      server.Pass(now);
      continue;
    }
    Datagram datagram = from.out.front();
    from.out.pop_front();
    if (*move & 2) from.out.push_back(datagram);
    switch (*move >> 2) {
      case 2:  // Lost.
        continue;
      case 3:
        datagram[reader.U16().value_or(0) % datagram.size()] ^= reader.U8().value_or(1);
        break;
      case 4:
        datagram.resize(reader.U16().value_or(0) % datagram.size());
        break;
      case 5:  // Two datagrams in one.
        if (!from.out.empty())
          datagram.insert(datagram.end(), from.out.front().begin(), from.out.front().end());
        break;
      case 6:
        from.session.SendApplicationData(datagram);
        from.Drain();
        break;
      case 7:
        from.session.Close();
        from.Drain();
        break;
      default:
        break;
    }
    to.Receive(now, datagram);
  }
  if (client.keys && server.keys) {
    Check(client.keys->local == server.keys->remote && client.keys->remote == server.keys->local);
  }
}

}  // namespace
}  // namespace sluice::transports

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::transports;
  sluice::ByteReader reader({data, size});
  uint8_t kind = reader.U8().value_or(0);
  if (kind & 1) {
    SitInTheMiddle(reader);
  } else {
    End end(kind & 2 ? DtlsRole::kClient : DtlsRole::kServer);
    Attack(&end, reader);
  }
  return 0;
}
