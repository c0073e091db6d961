#include "transports/ice/ice_lite_agent.h"

#include <algorithm>
#include <utility>

namespace sluice::transports {
namespace {

// A 420 with its list of unknown attributes, the longest response, has 80 bytes.
using ResponseBuffer = std::array<uint8_t, 160>;

template <typename Paths>
auto FindPath(Paths& paths, const Path& path) {
  return std::find_if(paths.begin(), paths.end(), [&](const auto& known) { return known.path == path; });
}

bool ConfirmedEarlier(const auto& a, const auto& b) { return a.confirmed < b.confirmed; }

}  // namespace

IceLiteAgent::Identity::Identity(IceCredentials local)
    : credentials(std::move(local)), key(credentials.password) {}

IceLiteAgent::IceLiteAgent(Options options)
    : consent_timeout_(options.consent_timeout),
      max_paths_(std::max(options.max_paths, kMinPaths)),
      max_unauthenticated_errors_(options.max_unauthenticated_errors),
      local_(std::move(options.local)) {}

void IceLiteAgent::HandleDatagram(Timestamp now, const Path& from, Bytes stun) {
  if (state_ == IceState::kClosed) return Drop(IceDrop::kClosed);
  std::optional<StunMessage> message = StunMessage::Parse(stun);
  if (!message) return Drop(IceDrop::kMalformed);
  if (message->method() != kStunBinding) return Drop(IceDrop::kNotBinding);
  if (message->has_fingerprint() && !message->VerifyFingerprint()) return Drop(IceDrop::kBadFingerprint);
  switch (message->message_class()) {
    case StunClass::kRequest:
      return HandleRequest(now, from, *message);
    case StunClass::kIndication:
      return;  // A keepalive (RFC 8445 §11), for the NATs on the way.
    case StunClass::kSuccess:
    case StunClass::kError:
      return Drop(IceDrop::kUnexpectedResponse);
  }
}

// The order of RFC 8489 §9.1.3 and §6.3.1: first who asks, then what.
void IceLiteAgent::HandleRequest(Timestamp now, const Path& from, const StunMessage& request) {
  if (!request.has_fingerprint()) {
    return RejectUnauthenticated(now, IceDrop::kMissingFingerprint, from, request, StunError::kBadRequest);
  }
  if (!request.username() || !request.has_message_integrity()) {
    return RejectUnauthenticated(now, IceDrop::kMissingCredentials, from, request, StunError::kBadRequest);
  }
  const Identity* identity = FindIdentity(request);
  if (identity == nullptr) {
    return RejectUnauthenticated(now, IceDrop::kWrongUsername, from, request, StunError::kUnauthorized);
  }
  if (!request.VerifyIntegrity(identity->key)) {
    return RejectUnauthenticated(now, IceDrop::kBadIntegrity, from, request, StunError::kUnauthorized);
  }
  if (!request.unknown_required().empty()) {
    return Reject(IceDrop::kUnknownAttribute, from, request, StunError::kUnknownAttribute, identity->key);
  }
  if (!request.priority()) {
    return Reject(IceDrop::kMissingPriority, from, request, StunError::kBadRequest, identity->key);
  }
  if (request.ice_controlled()) {
    return Reject(IceDrop::kRoleConflict, from, request, StunError::kRoleConflict, identity->key);
  }
  Accept(from, request, identity->key);
  if (identity == &local_) AdoptNewCredentials();
  HandleAuthenticatedRequest(now, from, request);
}

void IceLiteAgent::HandleAuthenticatedRequest(Timestamp now, const Path& from, const StunMessage& request) {
  ConfirmPath(now, from);
  if (TakeNomination(request)) {
    Select(from);
    SetState(IceState::kCompleted);
  } else if (!selected_) {
    Select(from);
    SetState(IceState::kConnected);
  }
}

const IceLiteAgent::Identity* IceLiteAgent::FindIdentity(const StunMessage& request) const {
  std::optional<std::string_view> fragment = request.receiver_fragment();
  if (fragment == local_.credentials.username_fragment) return &local_;
  if (previous_ && fragment == previous_->credentials.username_fragment) return &*previous_;
  return nullptr;
}

// The restarted session counts its nominations anew.
void IceLiteAgent::AdoptNewCredentials() {
  if (!previous_) return;
  previous_.reset();
  nomination_ = 0;
}

// With renomination only a higher number counts; otherwise the latest USE-CANDIDATE does.
bool IceLiteAgent::TakeNomination(const StunMessage& request) {
  if (!request.nomination()) return request.use_candidate();
  if (*request.nomination() <= nomination_) return false;
  nomination_ = *request.nomination();
  return true;
}

// A response without MESSAGE-INTEGRITY, since there is no key that the peer is known to have.
void IceLiteAgent::RejectUnauthenticated(Timestamp now, IceDrop reason, const Path& to,
                                         const StunMessage& request, StunError error) {
  Drop(reason);
  ResponseBuffer buffer;
  StunWriter response(buffer, StunClass::kError, request.transaction_id());
  response.AddErrorCode(error);
  response.AddFingerprint();
  std::optional<Bytes> datagram = response.Finish();
  if (!datagram || datagram->size() > request.size()) return;
  if (!MayAnswerUnauthenticated(now)) {
    ++withheld_errors_;
    return;
  }
  ++unauthenticated_errors_;
  Send(to, response);
}

bool IceLiteAgent::MayAnswerUnauthenticated(Timestamp now) {
  if (!errors_since_ || now - *errors_since_ >= TimeDelta::Seconds(1)) {
    errors_since_ = now;
    errors_in_second_ = 0;
  }
  if (errors_in_second_ == max_unauthenticated_errors_) return false;
  ++errors_in_second_;
  return true;
}

void IceLiteAgent::Reject(IceDrop reason, const Path& to, const StunMessage& request, StunError error,
                          const HmacSha1& key) {
  Drop(reason);
  ResponseBuffer buffer;
  StunWriter response(buffer, StunClass::kError, request.transaction_id());
  response.AddErrorCode(error);
  if (error == StunError::kUnknownAttribute) response.AddUnknownAttributes(request.unknown_required());
  response.AddMessageIntegrity(key);
  response.AddFingerprint();
  Send(to, response);
}

void IceLiteAgent::Accept(const Path& to, const StunMessage& request, const HmacSha1& key) {
  ResponseBuffer buffer;
  StunWriter response(buffer, StunClass::kSuccess, request.transaction_id());
  response.AddXorMappedAddress(to.remote);
  response.AddMessageIntegrity(key);
  response.AddFingerprint();
  Send(to, response);
}

void IceLiteAgent::Send(const Path& to, const StunWriter& response) {
  std::optional<Bytes> datagram = response.Finish();
  if (!datagram || transmits_.size() == kMaxPendingTransmits) {
    ++lost_outputs_;
    return;
  }
  transmits_.push_back({to, {datagram->begin(), datagram->end()}});
}

bool IceLiteAgent::IsKnownPath(const Path& path) const {
  return selected_ == path || FindPath(paths_, path) != paths_.end();
}

void IceLiteAgent::HandleAuthenticatedTraffic(Timestamp /*now*/, const Path& from) {
  if (state_ != IceState::kConnected || selected_ == from) return;
  if (FindPath(paths_, from) != paths_.end()) Select(from);
}

void IceLiteAgent::RemovePath(Timestamp /*now*/, const Path& path) {
  auto known = FindPath(paths_, path);
  if (known == paths_.end()) return;
  paths_.erase(known);
  ++lost_paths_;
  ReplaceLostSelection();
}

void IceLiteAgent::Restart(IceCredentials local) {
  // A second restart before the peer took up the first: those it uses are still the older ones.
  if (!previous_) previous_ = std::move(local_);
  local_ = Identity(std::move(local));
}

void IceLiteAgent::Close() {
  lost_paths_ += paths_.size();
  paths_.clear();
  selected_.reset();
  SetState(IceState::kClosed);
}

void IceLiteAgent::HandleTimeout(Timestamp now) {
  if (!Consents()) return;
  auto expired = [&](const KnownPath& known) { return known.confirmed + consent_timeout_ <= now; };
  auto first = std::remove_if(paths_.begin(), paths_.end(), expired);
  if (first == paths_.end()) return;
  lost_paths_ += static_cast<uint64_t>(paths_.end() - first);
  paths_.erase(first, paths_.end());
  ReplaceLostSelection();
}

Timestamp IceLiteAgent::NextTimeout() const {
  if (!Consents() || paths_.empty()) return Timestamp::Never();
  return std::min_element(paths_.begin(), paths_.end(), ConfirmedEarlier<KnownPath, KnownPath>)->confirmed +
         consent_timeout_;
}

std::optional<IceLiteAgent::Output> IceLiteAgent::Poll() {
  if (!transmits_.empty()) {
    Output output = std::move(transmits_.front());
    transmits_.erase(transmits_.begin());
    return output;
  }
  if (std::exchange(selection_changed_, false) && selected_) return PathSelected{*selected_};
  if (std::exchange(state_changed_, false)) return StateChanged{state_};
  return std::nullopt;
}

void IceLiteAgent::ConfirmPath(Timestamp now, const Path& path) {
  auto known = FindPath(paths_, path);
  if (known != paths_.end()) {
    known->confirmed = now;
    return;
  }
  if (paths_.size() == max_paths_) EvictPath();
  paths_.push_back({path, now});
}

// Makes room: of the paths not selected, the one that has been silent for longest goes.
void IceLiteAgent::EvictPath() {
  auto goes_first = [&](const KnownPath& a, const KnownPath& b) {
    return std::pair(a.path == selected_, a.confirmed) < std::pair(b.path == selected_, b.confirmed);
  };
  paths_.erase(std::min_element(paths_.begin(), paths_.end(), goes_first));
  ++evicted_paths_;
  ++lost_paths_;
}

// If the selected path is gone, the one confirmed last stands in until the peer nominates again.
void IceLiteAgent::ReplaceLostSelection() {
  if (!selected_ || FindPath(paths_, *selected_) != paths_.end()) return;
  nomination_ = 0;
  if (paths_.empty()) {
    selected_.reset();
    SetState(IceState::kDisconnected);
    return;
  }
  Select(std::max_element(paths_.begin(), paths_.end(), ConfirmedEarlier<KnownPath, KnownPath>)->path);
  SetState(IceState::kConnected);
}

void IceLiteAgent::Select(const Path& path) {
  if (selected_ == path) return;
  selected_ = path;
  selection_changed_ = true;
}

void IceLiteAgent::SetState(IceState state) {
  if (state_ == state) return;
  state_ = state;
  state_changed_ = true;
}

}  // namespace sluice::transports
