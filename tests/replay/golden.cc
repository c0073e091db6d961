#include "tests/replay/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include "rtp/bytes.h"
#include "rtp/codec.h"
#include "rtp/header_extension.h"
#include "tests/replay/stream_decoder.h"
#include "tests/sim/pcapng_reader.h"

namespace sluice::replay {
namespace {

const std::string kFolder = std::string(SLUICE_SOURCE_DIR) + "/tests/replay/captures/";

std::optional<Ssrc> SsrcOf(const std::string& word) {
  if (word == "-") return std::nullopt;
  return Ssrc(static_cast<uint32_t>(std::stoul(word)));
}

// Lines of words: codec, payload, mid, extension and encoding.
void ReadNegotiated(std::istream& file, Golden* golden) {
  router::ProducerConfig& config = golden->producer;
  router::ProducerCodec& codec = config.codecs.emplace_back();
  std::string line, word;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    words >> word;
    if (word == "codec") {
      words >> word >> codec.clock_rate;
      codec.codec = rtp::CodecOf(word);
      config.kind = word.starts_with("audio") ? router::MediaKind::kAudio : router::MediaKind::kVideo;
    } else if (word == "payload") {
      std::string media, repair;
      words >> media >> repair;
      codec.payload_type = codec.mapped_payload_type = PayloadType(static_cast<uint8_t>(std::stoul(media)));
      if (repair != "-") codec.rtx_payload_type = PayloadType(static_cast<uint8_t>(std::stoul(repair)));
    } else if (word == "mid") {
      words >> config.mid;
    } else if (word == "extension") {
      int id = 0;
      words >> id >> word;
      if (auto kind = rtp::ExtensionKindOf(word)) config.extensions.Register(*kind, static_cast<uint8_t>(id));
    } else if (word == "encoding") {
      std::string ssrc, repair, rid, mode;
      words >> ssrc >> repair >> rid >> mode;
      config.encodings.push_back(
          {.ssrc = SsrcOf(ssrc), .rtx_ssrc = SsrcOf(repair), .rid = rid == "-" ? "" : rid});
      if (mode.size() < 4) continue;
      golden->spatial_layers = static_cast<uint8_t>(mode[1] - '0');
      golden->temporal_layers = static_cast<uint8_t>(mode[3] - '0');
    }
  }
}

}  // namespace

Codec Golden::codec() const {
  switch (producer.codecs.front().codec) {
    case rtp::Codec::kVp9:
      return Codec::kVp9;
    case rtp::Codec::kH264:
      return Codec::kH264;
    case rtp::Codec::kH265:
      return Codec::kH265;
    case rtp::Codec::kAv1:
      return Codec::kAv1;
    default:
      return Codec::kVp8;
  }
}

int Golden::unmarked() const {
  const uint8_t media = producer.codecs.front().payload_type.value();
  std::map<uint32_t, const std::vector<uint8_t>*> last;  // By SSRC.
  int count = 0;
  for (const auto& [time, packet] : packets) {
    if ((packet[1] & 0x7f) != media) continue;
    const std::vector<uint8_t>*& before = last[LoadU32(&packet[8])];
    if (before && (before->at(1) & 0x80) == 0 && !std::equal(&packet[4], &packet[8], &(*before)[4])) ++count;
    before = &packet;
  }
  return count;
}

// As the browser sent it, without a router.
rtp::Layers HighestOf(const Golden& golden) {
  if (golden.simulcast())
    return {static_cast<uint8_t>(golden.producer.encodings.size() - 1),
            static_cast<uint8_t>(golden.temporal_layers - 1)};
  StreamDecoder decoder(
      {.codec = golden.codec(),
       .dependency_descriptor_id = golden.producer.extensions.IdOf(rtp::ExtensionKind::kDependencyDescriptor),
       .tolerates_loss = true});
  for (const auto& [time, packet] : golden.packets) {
    if ((packet[1] & 0x7f) == golden.producer.codecs.front().payload_type.value()) decoder.Receive(packet);
  }
  rtp::Layers highest = {0, static_cast<uint8_t>(golden.temporal_layers - 1)};
  for (const auto& [layers, count] : decoder.Finish().decodable_by_layer)
    highest.spatial = std::max(highest.spatial, static_cast<uint8_t>(layers.first));
  return highest;
}

Golden ReadGolden(const std::string& name) {
  Golden golden;
  golden.name = name;
  golden.producer.handle = router::ProducerHandle(1);
  golden.producer.nack = golden.producer.pli = true;
  std::ifstream negotiated(kFolder + name + ".txt");
  EXPECT_TRUE(negotiated.good()) << name;
  ReadNegotiated(negotiated, &golden);
  std::optional<sim::PcapngFile> file = sim::ReadPcapngFile(kFolder + name + ".pcapng");
  EXPECT_TRUE(file && !file->packets.empty()) << name;
  if (!file) std::abort();
  for (sim::PcapngPacket& packet : file->packets) {
    const TimeDelta time = TimeDelta::Micros(packet.unix_us - file->packets.front().unix_us);
    packet.payload.resize(std::max(packet.payload.size(), packet.payload_size));
    golden.packets.push_back({time, std::move(packet.payload)});
  }
  golden.highest = HighestOf(golden);
  return golden;
}

}  // namespace sluice::replay
