#include "worker/frame_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/worker/loopback.h"
#include "worker/file_descriptor.h"

namespace sluice::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Priority = FrameQueue::Priority;
using State = FrameQueue::State;

class FrameQueueTest : public ::testing::Test {
 protected:
  FrameQueueTest() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    near_ = FileDescriptor(ends[0]);
    far_ = FileDescriptor(ends[1]);
    SetSocketBuffer(near_.get(), SocketBuffer::kSend, 16 * 1024);
  }

  size_t Push(const std::string& payload, Priority priority = Priority::kNormal) {
    return queue_.Push(MakeSlab(pool_, payload), priority);
  }
  State Write() { return queue_.Write(near_.get(), &written_); }

  // What has arrived, taken apart.
  std::vector<std::string> Read() {
    char bytes[65536];
    for (ssize_t size; (size = read(far_.get(), bytes, sizeof bytes)) > 0;) {
      stream_.append(bytes, static_cast<size_t>(size));
    }
    std::vector<std::string> packets;
    auto octet = [&](size_t i) { return static_cast<size_t>(static_cast<uint8_t>(stream_[i])); };
    while (stream_.size() >= 2 && stream_.size() - 2 >= octet(0) * 256 + octet(1)) {
      const size_t length = octet(0) * 256 + octet(1);
      packets.push_back(stream_.substr(2, length));
      stream_.erase(0, 2 + length);
    }
    return packets;
  }

  SlabPool pool_;
  FileDescriptor near_;
  FileDescriptor far_;
  FrameQueue queue_{100 * sizeof(Slab)};
  FrameQueue::Written written_;
  std::string stream_;
};

TEST_F(FrameQueueTest, ATurnsPacketsLeaveInOneCallHighPriorityFirst) {
  Push("video 1");
  Push("audio", Priority::kHigh);
  Push("video 2");
  EXPECT_EQ(Write(), State::kEmpty);
  EXPECT_THAT(Read(), ElementsAre("audio", "video 1", "video 2"));
  EXPECT_EQ(written_.system_calls, 1u);
  EXPECT_EQ(written_.packets, 3u);
  EXPECT_EQ(written_.bytes, 2 * 3 + 5 + 7 + 7u);
  EXPECT_TRUE(queue_.empty());
}

TEST_F(FrameQueueTest, MorePacketsThanOneCallTakesLeaveInSeveral) {
  FrameQueue queue(1000 * sizeof(Slab));
  std::vector<std::string> sent;
  for (int i = 0; i < 600; ++i) {
    sent.push_back(std::to_string(i));
    ASSERT_EQ(queue.Push(MakeSlab(pool_, sent.back()), Priority::kNormal), 0u);
  }
  std::vector<std::string> received;
  while (queue.Write(near_.get(), &written_) == State::kBlocked) {
    for (std::string& packet : Read()) received.push_back(packet);
  }
  for (std::string& packet : Read()) received.push_back(packet);
  EXPECT_EQ(received, sent);
  EXPECT_EQ(written_.packets, 600u);
}

// However little the peer reads at a time, what it gets is whole packets in order.
TEST_F(FrameQueueTest, AFullBufferCutsNoPacketShort) {
  std::vector<std::string> sent;
  std::vector<std::string> received;
  bool was_blocked = false;
  for (int i = 0; i < 300; ++i) {
    sent.push_back(Payload("packet " + std::to_string(i), 100 + static_cast<size_t>(i) * 5));
    ASSERT_EQ(Push(sent.back()), 0u) << i;
    if (Write() == State::kBlocked) {
      was_blocked = true;
      for (std::string& packet : Read()) received.push_back(packet);
    }
  }
  while (Write() == State::kBlocked) {
    for (std::string& packet : Read()) received.push_back(packet);
  }
  for (std::string& packet : Read()) received.push_back(packet);
  EXPECT_EQ(received, sent);
  EXPECT_TRUE(was_blocked);
  EXPECT_EQ(stream_, "");
}

TEST_F(FrameQueueTest, BeyondTheBoundTheOldestMediaGoesAndAudioStays) {
  FrameQueue queue(4 * sizeof(Slab));
  auto push = [&](const std::string& payload, Priority priority) {
    return queue.Push(MakeSlab(pool_, payload), priority);
  };
  EXPECT_EQ(push("audio 1", Priority::kHigh), 0u);
  EXPECT_EQ(push("video 1", Priority::kNormal), 0u);
  EXPECT_EQ(push("video 2", Priority::kNormal), 0u);
  EXPECT_EQ(push("video 3", Priority::kNormal), 0u);
  EXPECT_EQ(push("video 4", Priority::kNormal), 1u);  // Instead of video 1.
  EXPECT_EQ(push("audio 2", Priority::kHigh), 1u);    // Instead of video 2.
  EXPECT_EQ(queue.size(), 4u);
  EXPECT_EQ(queue.Write(near_.get(), &written_), State::kEmpty);
  EXPECT_THAT(Read(), ElementsAre("audio 1", "audio 2", "video 3", "video 4"));
}

TEST_F(FrameQueueTest, MediaDoesNotDisplaceAudioButAudioDoes) {
  FrameQueue queue(2 * sizeof(Slab));
  auto push = [&](const std::string& payload, Priority priority) {
    return queue.Push(MakeSlab(pool_, payload), priority);
  };
  EXPECT_EQ(push("audio 1", Priority::kHigh), 0u);
  EXPECT_EQ(push("audio 2", Priority::kHigh), 0u);
  EXPECT_EQ(push("video", Priority::kNormal), 1u);
  EXPECT_EQ(push("audio 3", Priority::kHigh), 1u);
  EXPECT_EQ(queue.Write(near_.get(), &written_), State::kEmpty);
  EXPECT_THAT(Read(), ElementsAre("audio 2", "audio 3"));
}

// Packets are dropped whole, and never one of which a part has left.
TEST_F(FrameQueueTest, AStalledReaderGetsWholePacketsWhenItGoesOn) {
  size_t dropped = 0;
  size_t pushed = 0;
  for (; dropped < 50; ++pushed) {
    dropped += Push(Payload(std::to_string(pushed), 1000));
    Write();
    ASSERT_LE(queue_.size(), 100u);
  }
  std::vector<std::string> received = Read();
  while (Write() == State::kBlocked) {
    for (std::string& packet : Read()) received.push_back(packet);
  }
  for (std::string& packet : Read()) received.push_back(packet);
  EXPECT_EQ(received.size(), pushed - dropped);
  EXPECT_EQ(received.back(), Payload(std::to_string(pushed - 1), 1000));
  for (const std::string& packet : received) {
    EXPECT_EQ(packet, Payload(packet.substr(0, packet.find('|')), 1000));
  }
  EXPECT_EQ(stream_, "");
}

TEST_F(FrameQueueTest, AClosedConnectionTakesNothing) {
  far_.Close();
  Push("lost");
  EXPECT_EQ(Write(), State::kBroken);
  EXPECT_EQ(queue_.size(), 1u);
  queue_.Clear();
  EXPECT_TRUE(queue_.empty());
}

TEST_F(FrameQueueTest, EmptyPacketsAreIgnored) {
  EXPECT_EQ(Push(""), 0u);
  EXPECT_EQ(queue_.Push(SlabRef(), Priority::kHigh), 0u);
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(Write(), State::kEmpty);
  EXPECT_THAT(Read(), IsEmpty());
}

}  // namespace
}  // namespace sluice::worker
