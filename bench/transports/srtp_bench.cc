// SRTP, items (packets) a second: protect and unprotect RTP of 160 and 1,200 octets with each profile, and
// protect with many SSRCs in one session.
#include "transports/srtp/srtp_session.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::transports {
namespace {

SrtpSession MakeSession(SrtpProfile profile, SrtpDirection direction) {
  return *SrtpSession::Create(profile, direction, std::vector<uint8_t>(SrtpKeyAndSaltLength(profile), 7));
}

void WriteHeader(uint8_t* packet, uint16_t sequence_number, uint32_t ssrc) {
  packet[0] = 0x80;
  packet[1] = 96;
  StoreU16(packet + 2, sequence_number);
  StoreU32(packet + 8, ssrc);
}

// The state's arguments are the profile and the packet size.
SrtpProfile ProfileOf(const benchmark::State& state) { return kAllSrtpProfiles[state.range(0)]; }

void BM_ProtectRtp(benchmark::State& state) {
  SrtpSession session = MakeSession(ProfileOf(state), SrtpDirection::kOutbound);
  size_t size = static_cast<size_t>(state.range(1));
  std::vector<uint8_t> storage(size + SrtpSession::kMaxTrailer);
  uint16_t sequence_number = 0;
  for (auto _ : state) {
    WriteHeader(storage.data(), ++sequence_number, 1);
    if (!session.ProtectRtp(storage, size)) state.SkipWithError("not protected");
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(size));
  state.SetLabel(std::string(SrtpProfileName(ProfileOf(state))));
}

// Packets are protected ahead in batches outside of the measured time.
void BM_UnprotectRtp(benchmark::State& state) {
  constexpr size_t kBatch = 1024;
  SrtpSession out = MakeSession(ProfileOf(state), SrtpDirection::kOutbound);
  SrtpSession in = MakeSession(ProfileOf(state), SrtpDirection::kInbound);
  size_t size = static_cast<size_t>(state.range(1));
  size_t stride = size + SrtpSession::kMaxTrailer;
  std::vector<uint8_t> storage(kBatch * stride);
  uint16_t sequence_number = 0;
  size_t protected_size = 0;
  size_t next = kBatch;
  for (auto _ : state) {
    if (next == kBatch) {
      state.PauseTiming();
      for (next = 0; next < kBatch; ++next) {
        WriteHeader(&storage[next * stride], ++sequence_number, 1);
        protected_size = *out.ProtectRtp(MutableBytes(storage).subspan(next * stride, stride), size);
      }
      next = 0;
      state.ResumeTiming();
    }
    SrtpResult result = in.UnprotectRtp(MutableBytes(storage).subspan(next++ * stride, protected_size));
    if (result.status != SrtpStatus::kOk) state.SkipWithError("not unprotected");
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(size));
  state.SetLabel(std::string(SrtpProfileName(ProfileOf(state))));
}

// A consumer transport's view: 1,200 octets with AEAD_AES_128_GCM, round robin over the SSRCs.
void BM_ProtectRtpOfManyStreams(benchmark::State& state) {
  SrtpSession session = MakeSession(SrtpProfile::kAeadAes128Gcm, SrtpDirection::kOutbound);
  uint32_t streams = static_cast<uint32_t>(state.range(0));
  std::vector<uint8_t> storage(1200 + SrtpSession::kMaxTrailer);
  uint32_t packet = 0;
  for (auto _ : state) {
    WriteHeader(storage.data(), static_cast<uint16_t>(packet / streams), packet % streams);
    if (!session.ProtectRtp(storage, 1200)) state.SkipWithError("not protected");
    ++packet;
  }
  state.SetItemsProcessed(state.iterations());
}

void ProfilesAndSizes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"profile", "size"});
  for (int64_t profile = 0; profile < 4; ++profile) {
    for (int64_t size : {160, 1200}) bench->Args({profile, size});
  }
}

BENCHMARK(BM_ProtectRtp)->Apply(ProfilesAndSizes);
BENCHMARK(BM_UnprotectRtp)->Apply(ProfilesAndSizes);
BENCHMARK(BM_ProtectRtpOfManyStreams)->ArgName("streams")->Arg(1)->Arg(30)->Arg(150)->Arg(1000);

}  // namespace
}  // namespace sluice::transports
