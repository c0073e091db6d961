// Drives the STUN parser, then a whole IceLiteAgent with its timers.
//
// The input is first one datagram as it came from the network, then a script: each step is an operation, a
// path and its arguments. Requests that are signed here let the mutations get past FINGERPRINT and
// MESSAGE-INTEGRITY.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>

#include "rtp/bytes.h"
#include "transports/ice/ice_lite_agent.h"

namespace sluice::transports {
namespace {

void Check(bool condition) {
  if (!condition) std::abort();
}

// Those of RFC 5769, so that its sample request is a valid seed.
IceCredentials FirstCredentials() { return {"evtj", "VOkJxbRl1RmTxUk/WvJxBt"}; }

void ParseAlone(Bytes input) {
  std::optional<StunMessage> message = StunMessage::Parse(input);
  if (!message) return;
  Check(message->unknown_required().size() <= StunMessage::kMaxUnknownListed);
  Check(!message->username() || message->username()->size() <= input.size());
  Check(!message->VerifyFingerprint() || message->has_fingerprint());
  Check(!message->VerifyIntegrity(HmacSha1("password")) || message->has_message_integrity());
  if (message->xor_mapped_address()) Check(!message->xor_mapped_address()->ToString().empty());
}

class AgentScript {
 public:
  explicit AgentScript(Bytes input) : input_(input), script_(input) {}

  void Run() {
    Receive(PathOf(0), input_);
    while (Step()) CheckInvariants();
    Drain();
    CheckInvariants();
  }

 private:
  enum Operation : uint8_t {
    kRaw,
    kSigned,
    kWait,
    kExpire,
    kMedia,
    kRemovePath,
    kRestart,
    kHoldOutputs,
    kClose,
    kOperations
  };

  static Path PathOf(uint8_t number) {
    return {number % 3 == 0 ? Protocol::kTcp : Protocol::kUdp,
            0,
            {number % 2 == 0 ? IpAddress::V4({192, 0, 2, number}) : IpAddress::V6({0x20, 1, number}), 5000}};
  }

  bool Step() {
    std::optional<uint8_t> operation = script_.U8();
    std::optional<uint8_t> argument = script_.U8();
    if (!operation || !argument) return false;
    const Path path = PathOf(*argument % 16);
    switch (*operation % kOperations) {
      case kRaw:
        Receive(path, Take());
        break;
      case kSigned:
        ReceiveSigned(path);
        break;
      case kWait:
        now_ += TimeDelta::Millis(100) * int64_t{*argument};
        HandleTimeout();
        break;
      case kExpire:
        if (!agent_.NextTimeout().IsNever()) now_ = std::max(now_, agent_.NextTimeout());
        HandleTimeout();
        break;
      case kMedia:
        agent_.HandleAuthenticatedTraffic(now_, path);
        break;
      case kRemovePath:
        agent_.RemovePath(now_, path);
        break;
      case kRestart:
        agent_.Restart({std::string(1, static_cast<char>('a' + *argument % 26)), "secret"});
        break;
      case kHoldOutputs:
        holding_ = !holding_;
        break;
      case kClose:
        if (*argument == 0xff) agent_.Close();
        break;
    }
    if (!holding_) Drain();
    return true;
  }

  Bytes Take() {
    size_t size = std::min<size_t>(script_.U8().value_or(0), script_.remaining());
    return *script_.Read(size);
  }

  void Receive(const Path& from, Bytes datagram) {
    const uint64_t errors = agent_.unauthenticated_errors();
    agent_.HandleDatagram(now_, from, datagram);
    if (agent_.unauthenticated_errors() != errors) Check(datagram.size() >= 36);
  }

  // Whatever attributes the script has, between a right USERNAME and a right MESSAGE-INTEGRITY.
  void ReceiveSigned(const Path& from) {
    static constexpr std::array<uint8_t, 12> kId = {'f', 'u', 'z', 'z'};
    const IceCredentials credentials = agent_.local();
    std::array<uint8_t, 600> buffer;
    StunWriter writer(buffer, StunClass::kRequest, kId);
    writer.AddUsername(credentials.username_fragment + ":peer");
    ByteReader attributes(Take());
    while (std::optional<uint16_t> type = attributes.U16()) {
      size_t size = std::min<size_t>(attributes.U8().value_or(0), attributes.remaining());
      writer.AddAttribute(StunAttribute{*type}, *attributes.Read(size));
    }
    writer.AddMessageIntegrity(HmacSha1(credentials.password));
    writer.AddFingerprint();
    if (std::optional<Bytes> request = writer.Finish()) Receive(from, *request);
  }

  void HandleTimeout() {
    agent_.HandleTimeout(now_);
    Check(agent_.NextTimeout() > now_);
  }

  void Drain() {
    size_t outputs = 0;
    while (std::optional<IceLiteAgent::Output> output = agent_.Poll()) {
      Check(++outputs <= IceLiteAgent::kMaxPendingTransmits + 2);
      if (auto* transmit = std::get_if<IceLiteAgent::Transmit>(&*output)) CheckResponse(*transmit);
      if (auto* selected = std::get_if<IceLiteAgent::PathSelected>(&*output)) {
        Check(selected->path == agent_.selected_path());
      }
      if (auto* state = std::get_if<IceLiteAgent::StateChanged>(&*output))
        Check(state->state == agent_.state());
    }
  }

  static void CheckResponse(const IceLiteAgent::Transmit& transmit) {
    std::optional<StunMessage> response =
        StunMessage::Parse(Bytes(transmit.datagram.data(), transmit.datagram.size()));
    Check(response && response->VerifyFingerprint());
    bool success = response->message_class() == StunClass::kSuccess;
    Check(success || response->message_class() == StunClass::kError);
    Check(success == (response->xor_mapped_address() == transmit.to.remote));
    Check(success == !response->error_code());
  }

  void CheckInvariants() const {
    const IceState state = agent_.state();
    const bool alive = state == IceState::kConnected || state == IceState::kCompleted;
    Check(agent_.path_count() <= kMaxPaths);
    Check((agent_.path_count() > 0) == alive);
    Check(agent_.selected_path().has_value() == alive);
    Check(!alive || agent_.IsKnownPath(*agent_.selected_path()));
    Check(agent_.NextTimeout().IsNever() == !alive);
  }

  static constexpr size_t kMaxPaths = 4;
  Bytes input_;
  ByteReader script_;
  Timestamp now_ = Timestamp::Seconds(1);
  IceLiteAgent agent_{{.local = FirstCredentials(), .max_paths = kMaxPaths}};
  bool holding_ = false;
};

}  // namespace
}  // namespace sluice::transports

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::Bytes input(data, size);
  sluice::transports::ParseAlone(input);
  sluice::transports::AgentScript(input).Run();
  return 0;
}
