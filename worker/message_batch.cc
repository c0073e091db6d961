#include "worker/message_batch.h"

#include <netinet/udp.h>

#include <algorithm>
#include <cstring>

namespace sluice::worker {
namespace {

// How many datagrams from the front make one message: all of the first one's size but the last, which may
// be shorter (udp(7), UDP_SEGMENT).
size_t RunLength(std::span<const OutgoingDatagram> datagrams) {
  const size_t segment = datagrams[0].bytes.size();
  size_t total = segment;
  size_t length = 1;
  const size_t most = std::min(datagrams.size(), kMaxSegments);
  while (length < most && datagrams[length].flow == datagrams[0].flow) {
    const size_t size = datagrams[length].bytes.size();
    if (size > segment || total + size > kMaxMessageSize) break;
    total += size;
    ++length;
    if (size < segment) break;
  }
  return length;
}

}  // namespace

MessageBatch::MessageBatch()
    : messages_(kMaxBatchMessages), controls_(kMaxBatchMessages), buffers_(kMaxBatchDatagrams) {}

size_t MessageBatch::Build(std::span<const OutgoingDatagram> datagrams, bool segmentation, size_t plain) {
  count_ = buffers_used_ = 0;
  datagrams = datagrams.first(std::min(datagrams.size(), kMaxBatchDatagrams));
  size_t next = 0;
  while (next < datagrams.size() && count_ < kMaxBatchMessages) {
    const bool merge = segmentation && next >= plain;
    const size_t length = merge ? RunLength(datagrams.subspan(next)) : 1;
    Add(datagrams.subspan(next, length));
    next += length;
  }
  return next;
}

void MessageBatch::Add(std::span<const OutgoingDatagram> run) {
  iovec* buffers = &buffers_[buffers_used_];
  for (const OutgoingDatagram& datagram : run) {
    buffers_[buffers_used_++] = {const_cast<uint8_t*>(datagram.bytes.data()), datagram.bytes.size()};
  }
  Control& control = controls_[count_];
  msghdr& header = messages_[count_++].msg_hdr;
  header = {};
  header.msg_name = const_cast<sockaddr_in6*>(run[0].address);
  header.msg_namelen = run[0].address_length;
  header.msg_iov = buffers;
  header.msg_iovlen = run.size();
  if (run.size() == 1) return;
  header.msg_control = control.bytes;
  header.msg_controllen = sizeof control.bytes;
  cmsghdr* segment = CMSG_FIRSTHDR(&header);
  segment->cmsg_level = SOL_UDP;
  segment->cmsg_type = UDP_SEGMENT;
  segment->cmsg_len = CMSG_LEN(sizeof(uint16_t));
  const uint16_t size = static_cast<uint16_t>(run[0].bytes.size());
  std::memcpy(CMSG_DATA(segment), &size, sizeof size);
}

}  // namespace sluice::worker
