#include "rtp/rtcp/extended_report.h"

namespace sluice::rtp::rtcp {
namespace {

constexpr uint8_t kReceiverReferenceTime = 4;
constexpr uint8_t kDlrr = 5;
constexpr size_t kSenderSize = 4;
constexpr size_t kBlockHeaderSize = 4;
constexpr size_t kReferenceTimeSize = 8;

uint8_t* StoreHeader(uint8_t* p, uint8_t type, size_t body_size) {
  p[0] = type;
  p[1] = 0;
  StoreU16(p + 2, static_cast<uint16_t>(body_size / 4));
  return p + kBlockHeaderSize;
}

uint8_t* StoreReferenceTime(uint8_t* p, uint64_t ntp_time) {
  p = StoreHeader(p, kReceiverReferenceTime, kReferenceTimeSize);
  StoreU64(p, ntp_time);
  return p + kReferenceTimeSize;
}

void StoreDlrr(uint8_t* p, std::span<const DlrrEntry> dlrr) {
  p = StoreHeader(p, kDlrr, dlrr.size() * DlrrEntry::kSize);
  for (const DlrrEntry& entry : dlrr) {
    StoreU32(p, entry.receiver.value());
    StoreU32(p + 4, entry.last_receiver_report);
    StoreU32(p + 8, entry.delay_since_last_report);
    p += DlrrEntry::kSize;
  }
}

}  // namespace

std::optional<ExtendedReport> ExtendedReport::Parse(const BlockView& block) {
  if (block.type() != PacketType::kExtendedReport) return std::nullopt;
  ByteReader reader(block.payload());
  std::optional<uint32_t> sender = reader.U32();
  if (!sender) return std::nullopt;
  ExtendedReport report{Ssrc(*sender), std::nullopt, {}};
  while (reader.remaining() > 0) {
    std::optional<uint32_t> header = reader.U32();
    std::optional<Bytes> body = header ? reader.Read((*header & 0xffff) * 4) : std::nullopt;
    if (!body) return std::nullopt;
    uint8_t type = static_cast<uint8_t>(*header >> 24);
    // A block of a known type and a wrong length is skipped like one of an unknown type.
    if (type == kReceiverReferenceTime && body->size() == kReferenceTimeSize) {
      report.receiver_reference_time = LoadU64(body->data());
    } else if (type == kDlrr && body->size() % DlrrEntry::kSize == 0) {
      report.dlrr = WireList<DlrrEntry>(*body);
    }
  }
  return report;
}

bool WriteExtendedReport(CompoundWriter& writer, Ssrc sender, std::optional<uint64_t> receiver_reference_time,
                         std::span<const DlrrEntry> dlrr) {
  if (!receiver_reference_time && dlrr.empty()) return false;
  size_t size = kSenderSize;
  if (receiver_reference_time) size += kBlockHeaderSize + kReferenceTimeSize;
  if (!dlrr.empty()) size += kBlockHeaderSize + dlrr.size() * DlrrEntry::kSize;
  uint8_t* p = writer.Append(PacketType::kExtendedReport, 0, size);
  if (!p) return false;
  StoreU32(p, sender.value());
  p += kSenderSize;
  if (receiver_reference_time) p = StoreReferenceTime(p, *receiver_reference_time);
  if (!dlrr.empty()) StoreDlrr(p, dlrr);
  return true;
}

}  // namespace sluice::rtp::rtcp
