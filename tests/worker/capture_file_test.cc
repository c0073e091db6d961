// A capture from its queue to the file, which another reader reads.
#include "worker/capture_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/pcapng_reader.h"

namespace sluice::worker {
namespace {

using transports::Endpoint;

Endpoint At(const char* address, uint16_t port) { return {*transports::IpAddress::Parse(address), port}; }

std::vector<uint8_t> Payload(size_t size) {
  std::vector<uint8_t> bytes(size);
  std::iota(bytes.begin(), bytes.end(), uint8_t{7});
  return bytes;
}

class CaptureFileTest : public ::testing::Test {
 protected:
  CaptureFileTest() {
    path_ = (std::filesystem::temp_directory_path() / "sluice-capture-XXXXXX").string();
    fd_ = FileDescriptor(mkstemp(path_.data()));
  }
  ~CaptureFileTest() override { std::filesystem::remove(path_); }

  CaptureFile::Options Options() {
    return {.fd = std::move(fd_),
            .application = "test",
            .interface = "transport-1",
            .limits = {.bytes = 1 << 20, .snap_length = 2000},
            .duration = TimeDelta::Seconds(600),
            .on_finished = [this] { finished_.set_value(); }};
  }
  CaptureFile::Result ResultOf(const CaptureFile& file) {
    finished_.get_future().wait();
    EXPECT_TRUE(file.finished());
    return file.result();
  }
  sim::PcapngFile Read() const {
    std::optional<sim::PcapngFile> file = sim::ReadPcapngFile(path_);
    EXPECT_TRUE(file);
    return file.value_or(sim::PcapngFile());
  }

  std::string path_;
  FileDescriptor fd_;
  std::promise<void> finished_;
};

TEST_F(CaptureFileTest, AnotherReaderReadsWhatWasPut) {
  CaptureFile file(Options());
  const std::vector<uint8_t> bytes = Payload(101);
  const int64_t now = 1'790'000'000'123'456;
  EXPECT_TRUE(file.queue()->Put({.unix_us = now,
                                 .from = At("192.0.2.1", 5000),
                                 .to = At("198.51.100.2", 6000),
                                 .incoming = true,
                                 .packet = bytes}));
  EXPECT_TRUE(file.queue()->Put({.unix_us = now + 1,
                                 .from = At("2001:db8::1", 5000),
                                 .to = At("2001:db8::2", 6000),
                                 .incoming = false,
                                 .packet = bytes}));
  file.queue()->End(CaptureEnd::kStopped);
  CaptureFile::Result result = ResultOf(file);
  EXPECT_EQ(result.end, CaptureEnd::kStopped);
  EXPECT_EQ(result.packets, 2u);
  EXPECT_EQ(result.dropped, 0u);
  EXPECT_EQ(result.bytes, std::filesystem::file_size(path_));
  sim::PcapngFile read = Read();
  EXPECT_EQ(read.application, "test");
  EXPECT_EQ(read.interface, "transport-1");
  ASSERT_EQ(read.packets.size(), 2u);
  EXPECT_EQ(read.packets[0].from, "192.0.2.1:5000");
  EXPECT_EQ(read.packets[0].to, "198.51.100.2:6000");
  EXPECT_EQ(read.packets[0].unix_us, now);
  EXPECT_TRUE(read.packets[0].incoming);
  EXPECT_EQ(read.packets[1].from, "20010db8000000000000000000000001:5000");
  EXPECT_EQ(read.packets[1].unix_us, now + 1);
  EXPECT_FALSE(read.packets[1].incoming);
  for (const sim::PcapngPacket& packet : read.packets) {
    EXPECT_TRUE(packet.checksums_correct);
    EXPECT_EQ(packet.payload, bytes);
  }
}

TEST_F(CaptureFileTest, LongPacketsAreCutAndTheirSizeIsKept) {
  CaptureFile::Options options = Options();
  options.limits.snap_length = 30;
  CaptureFile file(std::move(options));
  file.queue()->Put({.from = At("192.0.2.1", 1), .to = At("192.0.2.2", 2), .packet = Payload(1200)});
  file.queue()->Put({.from = At("2001:db8::1", 1), .to = At("192.0.2.2", 2), .packet = Payload(29)});
  file.queue()->End(CaptureEnd::kClosed);
  EXPECT_EQ(ResultOf(file).end, CaptureEnd::kClosed);
  sim::PcapngFile read = Read();
  ASSERT_EQ(read.packets.size(), 2u);
  EXPECT_EQ(read.packets[0].payload.size(), 30u);
  EXPECT_EQ(read.packets[0].payload_size, 1200u);
  EXPECT_EQ(read.packets[1].payload.size(), 29u);
  EXPECT_TRUE(read.packets[1].ipv6);
  EXPECT_TRUE(read.packets[1].checksums_correct);
}

TEST_F(CaptureFileTest, OneDirectionIsTaken) {
  CaptureFile::Options options = Options();
  options.limits.outgoing = false;
  CaptureFile file(std::move(options));
  for (bool incoming : {true, false, true}) {
    EXPECT_TRUE(file.queue()->Put(
        {.from = At("192.0.2.1", 1), .to = At("192.0.2.2", 2), .incoming = incoming, .packet = Payload(20)}));
  }
  file.queue()->End(CaptureEnd::kStopped);
  EXPECT_EQ(ResultOf(file).packets, 2u);
  EXPECT_EQ(Read().packets.size(), 2u);
}

TEST_F(CaptureFileTest, TheFileIsNeverLargerThanItsLimit) {
  CaptureFile::Options options = Options();
  options.limits.bytes = 4000;
  CaptureFile file(std::move(options));
  size_t taken = 0;
  const std::vector<uint8_t> bytes = Payload(100);
  while (file.queue()->Put({.from = At("192.0.2.1", 1), .to = At("192.0.2.2", 2), .packet = bytes})) ++taken;
  CaptureFile::Result result = ResultOf(file);
  EXPECT_EQ(result.end, CaptureEnd::kSize);
  EXPECT_LE(result.bytes, 4000u);
  EXPECT_GT(result.bytes, 3700u);
  EXPECT_EQ(Read().packets.size(), taken);
  EXPECT_FALSE(file.queue()->Put({.packet = bytes}));
  file.queue()->End(CaptureEnd::kStopped);  // Too late to be the reason.
  EXPECT_EQ(file.result().end, CaptureEnd::kSize);
}

TEST_F(CaptureFileTest, ItsTimeEndsItWithoutAnyPacket) {
  CaptureFile::Options options = Options();
  options.duration = TimeDelta::Millis(1);
  CaptureFile file(std::move(options));
  EXPECT_EQ(ResultOf(file).end, CaptureEnd::kDuration);
  EXPECT_TRUE(Read().packets.empty());
}

TEST_F(CaptureFileTest, AFullDiskEndsIt) {
  CaptureFile::Options options = Options();
  options.fd = FileDescriptor(open("/dev/full", O_WRONLY | O_CLOEXEC));
  CaptureFile file(std::move(options));
  CaptureFile::Result result = ResultOf(file);
  EXPECT_EQ(result.end, CaptureEnd::kDisk);
  EXPECT_EQ(result.bytes, 0u);
  EXPECT_FALSE(file.queue()->Put({.packet = Payload(20)}));
}

// A pipe that nobody reads stands for a disk that hangs.
TEST_F(CaptureFileTest, ADiskThatDoesNotKeepUpCostsPacketsNotTime) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  FileDescriptor reader(ends[0]);
  CaptureFile::Options options = Options();
  options.fd = FileDescriptor(ends[1]);
  options.limits.bytes = 1 << 30;
  CaptureFile file(std::move(options));
  const std::vector<uint8_t> bytes = Payload(1000);
  while (file.queue()->dropped() < 3) {
    ASSERT_TRUE(file.queue()->Put({.from = At("192.0.2.1", 1), .to = At("192.0.2.2", 2), .packet = bytes}));
    ASSERT_LT(file.queue()->packets(), 10'000u);
  }
  file.queue()->End(CaptureEnd::kStopped);
  std::future<std::vector<uint8_t>> all = std::async(std::launch::async, [&] {
    std::vector<uint8_t> read_bytes(16 << 20);
    size_t size = 0;
    while (true) {
      const ssize_t count = read(reader.get(), read_bytes.data() + size, read_bytes.size() - size);
      if (count <= 0) break;
      size += static_cast<size_t>(count);
    }
    read_bytes.resize(size);
    return read_bytes;
  });
  CaptureFile::Result result = ResultOf(file);
  EXPECT_EQ(result.dropped, 3u);
  std::optional<sim::PcapngFile> read_back = sim::ReadPcapng(all.get());
  ASSERT_TRUE(read_back);
  EXPECT_EQ(read_back->packets.size(), result.packets);
  for (const sim::PcapngPacket& packet : read_back->packets) ASSERT_EQ(packet.payload, bytes);
}

}  // namespace
}  // namespace sluice::worker
