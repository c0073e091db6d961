// The server side of ICE: a lite, always controlled agent with one component (RFC 8445 §2.5, §7.3), which
// learns paths from a peer's authenticated Binding requests and sends no checks of its own. Renomination as
// in draft-thatcher-ice-renomination-01. Consent (RFC 7675) as a lite agent sees it: each path needs a valid
// request every `consent_timeout`, or nothing more may be sent on it.
//
//   agent.HandleDatagram(now, from, stun);
//   while (std::optional<IceLiteAgent::Output> output = agent.Poll()) …
//
//   kNew ─ first request ─> kConnected ─ nomination ─> kCompleted
//              ^                ^                           |
//              |                +--- nominated path lost ---+    (while another path is left)
//        kDisconnected <----------- last path lost ---------+
//
// Confined to one thread; no call re-enters. Memory is bounded whatever arrives, and nothing is allocated
// while outputs are drained after each input.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/container/inlined_vector.h"
#include "rtp/bytes.h"
#include "rtp/units.h"
#include "transports/endpoint.h"
#include "transports/ice/hmac_sha1.h"
#include "transports/ice/stun_message.h"
#include "transports/ice/stun_writer.h"

namespace sluice::transports {

struct IceCredentials {
  std::string username_fragment;
  std::string password;
};

enum class IceState : uint8_t { kNew, kConnected, kCompleted, kDisconnected, kClosed };

// Why a datagram changed nothing.
enum class IceDrop : uint8_t {
  kMalformed,
  kNotBinding,
  kUnexpectedResponse,  // A lite agent asks nothing.
  kBadFingerprint,
  kMissingFingerprint,  // Answered 400.
  kMissingCredentials,  // USERNAME or MESSAGE-INTEGRITY: answered 400.
  kWrongUsername,       // Answered 401.
  kBadIntegrity,        // Answered 401.
  kUnknownAttribute,    // Answered 420.
  kMissingPriority,     // Answered 400.
  kRoleConflict,        // The peer thinks it is controlled: answered 487, so that it takes the other role.
  kClosed,              // Came after Close().
  kCount,
};

class IceLiteAgent {
 public:
  static constexpr size_t kMaxPendingTransmits = 16;
  static constexpr size_t kMinPaths = 2;  // The selected one, and one that is being tried.

  struct Options {
    IceCredentials local;
    TimeDelta consent_timeout = TimeDelta::Seconds(30);  // Zero or less: paths never expire.
    size_t max_paths = 8;                                // At least kMinPaths are kept.
    // Answers a second to requests that are not authenticated; more are dropped in silence. A peer with a
    // stale password repeats a check some ten times a second at most, on each of a few paths.
    size_t max_unauthenticated_errors = 50;
  };

  struct Transmit {
    Path to;
    absl::InlinedVector<uint8_t, 160> datagram;
  };
  struct StateChanged {
    IceState state;
  };
  struct PathSelected {
    Path path;
  };
  using Output = std::variant<Transmit, StateChanged, PathSelected>;

  explicit IceLiteAgent(Options options);

  // One STUN message, as it came. What it was dropped for is counted.
  void HandleDatagram(Timestamp now, const Path& from, Bytes stun);
  // Whether a request that passed every check came from there and consent has not expired since. Everything
  // that is not STUN and comes from elsewhere is to be dropped.
  bool IsKnownPath(const Path& path) const;
  // DTLS or SRTP that passed its own checks. Is no consent (RFC 7675 §5.1), but shows which path the peer
  // uses while it has nominated none.
  void HandleAuthenticatedTraffic(Timestamp now, const Path& from);
  void RemovePath(Timestamp now, const Path& path);  // Its TCP connection is closed.
  // New credentials (RFC 8445 §9). Those in use stay valid until a valid request comes with the new ones;
  // paths and state stay.
  void Restart(IceCredentials local);
  void Close();  // Forgets all paths and drops whatever comes later.

  void HandleTimeout(Timestamp now);  // Early calls are harmless.
  Timestamp NextTimeout() const;      // Never() when no path can expire.
  // Drain after every input. Of several states or selections the latest is reported; of responses not fetched
  // the first kMaxPendingTransmits are kept.
  [[nodiscard]] std::optional<Output> Poll();

  const std::optional<Path>& selected_path() const { return selected_; }
  IceState state() const { return state_; }
  const IceCredentials& local() const { return local_.credentials; }
  bool restarting() const { return previous_.has_value(); }  // Not taken up by the peer yet.
  size_t path_count() const { return paths_.size(); }

  uint64_t dropped(IceDrop reason) const { return dropped_[static_cast<size_t>(reason)]; }
  uint64_t evicted_paths() const { return evicted_paths_; }
  // Paths that were known and are not any more, for whatever reason.
  uint64_t lost_paths() const { return lost_paths_; }
  // The only answers that somebody without the password gets; never longer than what they answer.
  uint64_t unauthenticated_errors() const { return unauthenticated_errors_; }
  uint64_t withheld_errors() const { return withheld_errors_; }  // Those beyond the limit.
  uint64_t lost_outputs() const { return lost_outputs_; }        // Responses beyond kMaxPendingTransmits.

 private:
  struct Identity {
    explicit Identity(IceCredentials local);
    IceCredentials credentials;
    HmacSha1 key;
  };
  struct KnownPath {
    Path path;
    Timestamp confirmed;  // When its last valid request came.
  };

  void HandleRequest(Timestamp now, const Path& from, const StunMessage& request);
  void HandleAuthenticatedRequest(Timestamp now, const Path& from, const StunMessage& request);
  const Identity* FindIdentity(const StunMessage& request) const;
  void AdoptNewCredentials();
  bool TakeNomination(const StunMessage& request);

  void Drop(IceDrop reason) { ++dropped_[static_cast<size_t>(reason)]; }
  void RejectUnauthenticated(Timestamp now, IceDrop reason, const Path& to, const StunMessage& request,
                             StunError error);
  bool MayAnswerUnauthenticated(Timestamp now);
  void Reject(IceDrop reason, const Path& to, const StunMessage& request, StunError error,
              const HmacSha1& key);
  void Accept(const Path& to, const StunMessage& request, const HmacSha1& key);
  void Send(const Path& to, const StunWriter& response);

  void ConfirmPath(Timestamp now, const Path& path);
  void EvictPath();
  void ReplaceLostSelection();
  bool Consents() const { return consent_timeout_ > TimeDelta::Zero(); }
  void Select(const Path& path);
  void SetState(IceState state);

  const TimeDelta consent_timeout_;
  const size_t max_paths_;
  const size_t max_unauthenticated_errors_;
  Identity local_;
  std::optional<Identity> previous_;  // After Restart(), until the peer uses local_.

  absl::InlinedVector<KnownPath, 2> paths_;
  std::optional<Path> selected_;  // One of paths_.
  uint32_t nomination_ = 0;       // The highest taken from the peer.
  IceState state_ = IceState::kNew;

  absl::InlinedVector<Transmit, 1> transmits_;
  bool selection_changed_ = false;
  bool state_changed_ = false;

  std::array<uint64_t, static_cast<size_t>(IceDrop::kCount)> dropped_{};
  uint64_t evicted_paths_ = 0;
  uint64_t lost_paths_ = 0;
  std::optional<Timestamp> errors_since_;  // The second in which errors are counted began.
  size_t errors_in_second_ = 0;
  uint64_t unauthenticated_errors_ = 0;
  uint64_t withheld_errors_ = 0;
  uint64_t lost_outputs_ = 0;
};

}  // namespace sluice::transports
