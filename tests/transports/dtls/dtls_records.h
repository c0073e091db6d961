// Takes DTLS 1.2 plaintext records apart and puts them together again, for tests that act as the network or
// as another implementation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "rtp/bytes.h"

namespace sluice::transports {

constexpr size_t kDtlsRecordHeader = 13;
constexpr size_t kDtlsHandshakeHeader = 12;
constexpr uint8_t kDtlsHandshake = 22;
constexpr uint8_t kDtlsClientHello = 1;

// The records of a datagram, each with its header.
inline std::vector<std::vector<uint8_t>> SplitRecords(Bytes datagram) {
  std::vector<std::vector<uint8_t>> records;
  while (datagram.size() >= kDtlsRecordHeader) {
    size_t size = kDtlsRecordHeader + LoadU16(&datagram[11]);
    if (size > datagram.size()) break;
    records.emplace_back(datagram.begin(), datagram.begin() + static_cast<long>(size));
    datagram = datagram.subspan(size);
  }
  return records;
}

inline bool IsClientHello(Bytes record) {
  return record.size() > kDtlsRecordHeader + kDtlsHandshakeHeader && record[0] == kDtlsHandshake &&
         LoadU16(&record[3]) == 0 && record[kDtlsRecordHeader] == kDtlsClientHello;
}

// One record that carries the octets [begin, end) of the message of `record`, a whole handshake message.
inline std::vector<uint8_t> HandshakeFragment(Bytes record, size_t begin, size_t end,
                                              uint64_t sequence_number) {
  constexpr size_t kHeaders = kDtlsRecordHeader + kDtlsHandshakeHeader;
  std::vector<uint8_t> fragment(record.begin(), record.begin() + kHeaders);
  fragment.insert(fragment.end(), record.begin() + static_cast<long>(kHeaders + begin),
                  record.begin() + static_cast<long>(kHeaders + end));
  StoreU16(&fragment[5], static_cast<uint16_t>(sequence_number >> 32));
  StoreU32(&fragment[7], static_cast<uint32_t>(sequence_number));
  StoreU16(&fragment[11], static_cast<uint16_t>(kDtlsHandshakeHeader + end - begin));
  StoreU24(&fragment[19], static_cast<uint32_t>(begin));
  StoreU24(&fragment[22], static_cast<uint32_t>(end - begin));
  return fragment;
}

// Splits ClientHellos into `pieces` datagrams of one fragment each, as Chromium and Firefox send their
// post-quantum ones. Spreads the sequence numbers of plaintext records to make room for the additional ones.
class ClientHelloSplitter {
 public:
  explicit ClientHelloSplitter(size_t pieces = 2) : pieces_(pieces) {}

  std::vector<std::vector<uint8_t>> operator()(Bytes datagram) const {
    std::vector<std::vector<uint8_t>> out;
    std::vector<uint8_t> others;
    for (std::vector<uint8_t>& record : SplitRecords(datagram)) {
      bool plaintext = LoadU16(&record[3]) == 0;
      uint64_t sequence_number = LoadU32(&record[7]) * uint64_t{16};
      if (IsClientHello(record)) {
        size_t size = record.size() - kDtlsRecordHeader - kDtlsHandshakeHeader;
        for (size_t i = 0; i < pieces_; ++i) {
          out.push_back(
              HandshakeFragment(record, size * i / pieces_, size * (i + 1) / pieces_, sequence_number + i));
        }
        continue;
      }
      if (plaintext) StoreU32(&record[7], static_cast<uint32_t>(sequence_number));
      others.insert(others.end(), record.begin(), record.end());
    }
    if (!others.empty()) out.push_back(std::move(others));
    return out;
  }

 private:
  size_t pieces_;
};

}  // namespace sluice::transports
