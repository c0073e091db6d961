#include "transports/dtls/dtls_session.h"

#include <openssl/err.h>
#include <openssl/mem.h>
#include <openssl/ssl.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <utility>

#include "transports/dtls/ssl_callbacks.h"

namespace sluice::transports {
namespace {

// Whether a datagram may hold DTLS: the first record's header (RFC 6347 §4.1)
//   type(1) version(2) epoch(2) sequence_number(6) length(2)
// and its fragment are there, or it is a unified header (RFC 9147 §4), whose length is BoringSSL's to check.
bool LooksLikeDtls(Bytes datagram) {
  constexpr size_t kHeader = 13;
  if (datagram.empty() || datagram.size() > DtlsSession::kMaxDatagramSize) return false;
  if ((datagram[0] & 0xe0) == 0x20) return true;
  if (datagram.size() < kHeader || datagram[0] < 20 || datagram[0] > 26 || datagram[1] != 0xfe) return false;
  return kHeader + LoadU16(&datagram[11]) <= datagram.size();
}

std::optional<SrtpProfile> SelectedProfile(SSL* ssl) {
  const SRTP_PROTECTION_PROFILE* selected = SSL_get_selected_srtp_profile(ssl);
  if (selected == nullptr) return std::nullopt;
  switch (selected->id) {
    case SRTP_AEAD_AES_128_GCM:
      return SrtpProfile::kAeadAes128Gcm;
    case SRTP_AEAD_AES_256_GCM:
      return SrtpProfile::kAeadAes256Gcm;
    case SRTP_AES128_CM_SHA1_80:
      return SrtpProfile::kAesCm128HmacSha1_80;
    case SRTP_AES128_CM_SHA1_32:
      return SrtpProfile::kAesCm128HmacSha1_32;
    default:
      return std::nullopt;
  }
}

std::vector<uint8_t> Join(Bytes key, Bytes salt) {
  std::vector<uint8_t> joined(key.begin(), key.end());
  joined.insert(joined.end(), salt.begin(), salt.end());
  return joined;
}

}  // namespace

void DtlsSession::Deleter::operator()(ssl_st* ssl) const { SSL_free(ssl); }

DtlsSession::DtlsSession(std::shared_ptr<const DtlsContext> context, DtlsRole role,
                         std::vector<Fingerprint> remote_fingerprints)
    : context_(std::move(context)),
      role_(role),
      peer_(std::make_unique<SslPeer>()),
      ssl_(SSL_new(context_->ssl_context())) {
  peer_->fingerprints = std::move(remote_fingerprints);
  if (!ssl_) return;
  if (!AttachSslPeer(ssl_.get(), peer_.get())) {
    ssl_.reset();
    return;
  }
  SSL_set_mtu(ssl_.get(), kMtu);
  DTLSv1_set_initial_timeout_duration(ssl_.get(), static_cast<unsigned>(kInitialRetransmission.ms()));
  role == DtlsRole::kClient ? SSL_set_connect_state(ssl_.get()) : SSL_set_accept_state(ssl_.get());
}

DtlsSession::~DtlsSession() = default;

void DtlsSession::Start(Timestamp now) {
  if (state_ != DtlsState::kNew) return;
  state_ = DtlsState::kConnecting;
  if (!ssl_) return Fail("out of memory");
  EnterSsl(now);
  if (role_ == DtlsRole::kClient) Handshake();
  LeaveSsl();
}

void DtlsSession::HandleDatagram(Timestamp now, Bytes datagram) {
  bool was_connected = state_ == DtlsState::kConnected;
  if (!was_connected && state_ != DtlsState::kConnecting) {
    ++drops_.unexpected;
    return;
  }
  if (!LooksLikeDtls(datagram)) {
    ++drops_.malformed;
    return;
  }
  EnterSsl(now);
  size_t outputs = outputs_.size();
  peer_->received = datagram;
  if (state_ == DtlsState::kConnecting) Handshake();
  if (state_ == DtlsState::kConnected) ReadMessages();
  peer_->received = {};
  LeaveSsl();
  if (was_connected && outputs_.size() == outputs) ++drops_.ignored;
}

void DtlsSession::HandleTimeout(Timestamp now) {
  if (now < next_timeout_) return;
  EnterSsl(now);
  int result = DTLSv1_handle_timeout(ssl_.get());
  TakeSent();
  if (result < 0) Fail("handshake timed out");
  LeaveSsl();
}

std::optional<DtlsSession::Output> DtlsSession::Poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

bool DtlsSession::SendApplicationData(Bytes message) {
  if (state_ != DtlsState::kConnected || message.empty() || message.size() > kMaxMessageSize) return false;
  EnterSsl(last_now_);
  int written = SSL_write(ssl_.get(), message.data(), static_cast<int>(message.size()));
  LeaveSsl();
  return written == static_cast<int>(message.size());
}

void DtlsSession::Close() {
  if (state_ == DtlsState::kFailed || state_ == DtlsState::kClosed) return;
  if (state_ == DtlsState::kConnected) {
    EnterSsl(last_now_);
    SSL_shutdown(ssl_.get());
    TakeSent();
  }
  state_ = DtlsState::kClosed;
  next_timeout_ = Timestamp::Never();
}

void DtlsSession::EnterSsl(Timestamp now) {
  last_now_ = std::max(last_now_, now);
  SetSslClock(last_now_ + clock_lead_);
  ERR_clear_error();
}

// BoringSSL's retransmission timer doubles without regard to our maximum: set its clock ahead by the excess.
void DtlsSession::LeaveSsl() {
  TakeSent();
  next_timeout_ = Timestamp::Never();
  timeval left{};
  bool is_over = state_ == DtlsState::kFailed || state_ == DtlsState::kClosed;
  if (is_over || !DTLSv1_get_timeout(ssl_.get(), &left)) return;
  TimeDelta remaining = TimeDelta::Seconds(left.tv_sec) + TimeDelta::Micros(left.tv_usec);
  TimeDelta excess = std::max(remaining - kMaxRetransmission, TimeDelta::Zero());
  clock_lead_ += excess;
  next_timeout_ = last_now_ + (remaining - excess);
}

void DtlsSession::TakeSent() {
  for (std::vector<uint8_t>& datagram : peer_->sent) outputs_.push_back(Transmit{std::move(datagram)});
  peer_->sent.clear();
}

void DtlsSession::Handshake() {
  int result = SSL_do_handshake(ssl_.get());
  TakeSent();
  if (result == 1) return FinishHandshake();
  if (SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) Fail(FailureReason());
}

void DtlsSession::FinishHandshake() {
  Connected connected{std::nullopt, CertificateToPem(PeerCertificate(ssl_.get()))};
  if (SelectedProfile(ssl_.get())) {
    connected.keys = ExportKeys();
    if (!connected.keys) return Fail("no keying material");
  }
  state_ = DtlsState::kConnected;
  outputs_.push_back(std::move(connected));
}

void DtlsSession::ReadMessages() {
  std::array<uint8_t, kMaxDatagramSize> buffer;
  while (true) {
    int size = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    TakeSent();
    if (size > 0) {
      outputs_.push_back(ApplicationData{{buffer.begin(), buffer.begin() + size}});
      continue;
    }
    int error = SSL_get_error(ssl_.get(), size);
    if (error == SSL_ERROR_WANT_READ) return;
    return error == SSL_ERROR_ZERO_RETURN ? HandlePeerClose() : Fail(FailureReason());
  }
}

// RFC 5764 §4.2: client key, server key, client salt, server salt.
std::optional<SrtpKeys> DtlsSession::ExportKeys() const {
  constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";
  SrtpProfile profile = *SelectedProfile(ssl_.get());
  size_t key = SrtpMasterKeyLength(profile), salt = SrtpMasterSaltLength(profile);
  std::vector<uint8_t> material(2 * (key + salt));
  if (!SSL_export_keying_material(ssl_.get(), material.data(), material.size(), kLabel.data(), kLabel.size(),
                                  nullptr, 0, /*use_context=*/0)) {
    return std::nullopt;
  }
  Bytes all(material);
  std::vector<uint8_t> client = Join(all.subspan(0, key), all.subspan(2 * key, salt));
  std::vector<uint8_t> server = Join(all.subspan(key, key), all.subspan(2 * key + salt, salt));
  OPENSSL_cleanse(material.data(), material.size());
  if (role_ == DtlsRole::kClient) return SrtpKeys{profile, std::move(client), std::move(server)};
  return SrtpKeys{profile, std::move(server), std::move(client)};
}

// RFC 5246 §7.2.1: answered with our own.
void DtlsSession::HandlePeerClose() {
  SSL_shutdown(ssl_.get());
  TakeSent();
  state_ = DtlsState::kClosed;
  outputs_.push_back(Closed{});
}

void DtlsSession::Fail(std::string reason) {
  state_ = DtlsState::kFailed;
  next_timeout_ = Timestamp::Never();
  outputs_.push_back(Failed{std::move(reason)});
}

std::string DtlsSession::FailureReason() const {
  if (peer_->certificate_rejected) return "the peer's certificate has none of the signalled fingerprints";
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  return reason == nullptr ? "unknown DTLS failure" : reason;
}

}  // namespace sluice::transports
