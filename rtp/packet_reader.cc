#include "rtp/packet_reader.h"

#include "rtp/audio_level.h"

namespace sluice::rtp {

ReceivedPacket ReadPacket(const PacketView& packet, const ExtensionMap& negotiated) {
  ReceivedPacket read;
  read.timestamp = packet.timestamp();
  read.ssrc = packet.ssrc();
  read.payload_type = packet.payload_type();
  read.marker = packet.marker();
  read.payload_offset = static_cast<uint16_t>(packet.payload_offset());
  read.payload_size = static_cast<uint16_t>(packet.payload_size());
  read.extensions = ReadExtensions(packet, negotiated);
  Bytes element = read.extensions.Data(packet.datagram(), ExtensionKind::kAudioLevel);
  if (auto level = AudioLevel::Parse(element)) {
    read.voice = level->voice;
    read.audio_level = level->level;
  }
  return read;
}

}  // namespace sluice::rtp
