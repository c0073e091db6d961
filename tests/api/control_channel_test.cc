#include "api/control_channel.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "worker/clock.h"
#include "worker/timer.h"

namespace sluice::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ControlChannelTest : public ::testing::Test {
 protected:
  ControlChannelTest() {
    std::signal(SIGPIPE, SIG_IGN);  // As main() does.
    int in[2], out[2];
    EXPECT_EQ(pipe(in) | pipe(out), 0);
    write_end_ = in[1];
    read_end_ = out[0];
    fcntl(write_end_, F_SETFL, O_NONBLOCK);
    fcntl(read_end_, F_SETFL, O_NONBLOCK);
    Open(in[0], out[1]);
  }
  ~ControlChannelTest() override {
    channel_.reset();
    CloseInput();
    CloseOutput();
  }

  void Open(int in, int out) {
    channel_ = std::make_unique<ControlChannel>(
        &loop_, in, out,
        [this](std::optional<std::string_view> line) {
          lines_.push_back(line ? std::string(*line) : "(too long)");
          if (answer_) channel_->Write(*answer_);
          loop_.Stop();
        },
        [this] {
          ++ends_;
          loop_.Stop();
        });
  }
  void CloseInput() { CloseOnce(write_end_); }
  void CloseOutput() { CloseOnce(read_end_); }
  static void CloseOnce(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
  }

  void Send(const std::string& text) {
    EXPECT_EQ(write(write_end_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::string ReadAll() const {
    std::string all;
    char buffer[65536];
    ssize_t count;
    while ((count = read(read_end_, buffer, sizeof buffer)) > 0)
      all.append(buffer, static_cast<size_t>(count));
    return all;
  }
  // Turns of the loop until it holds.
  bool RunUntil(const std::function<bool()>& condition) {
    bool late = false;
    worker::Timer limit(loop_, [&](Timestamp) { late = true; });
    limit.ArmAt(worker::MonotonicNow() + TimeDelta::Seconds(20));
    while (!condition() && !late) RunTurn();
    return !late;
  }
  void RunTurn() {
    worker::Timer turn(loop_, [this](Timestamp) { loop_.Stop(); });
    turn.ArmAt(loop_.Now());
    loop_.Run();
  }

  worker::EventLoop loop_;
  int write_end_ = -1;
  int read_end_ = -1;
  std::unique_ptr<ControlChannel> channel_;
  std::optional<std::string> answer_;
  std::vector<std::string> lines_;
  int ends_ = 0;
};

TEST_F(ControlChannelTest, LinesComeWholeHoweverTheyAreCut) {
  Send("one\ntw");
  ASSERT_TRUE(RunUntil([&] { return lines_.size() == 1; }));
  Send("o\n\nthree");
  ASSERT_TRUE(RunUntil([&] { return lines_.size() == 2; }));
  CloseInput();
  ASSERT_TRUE(RunUntil([&] { return ends_ == 1; }));
  EXPECT_THAT(lines_, ElementsAre("one", "two", "three"));
}

TEST_F(ControlChannelTest, WhatIsWrittenIsThereAtOnce) {
  channel_->Write("hello\n");
  EXPECT_TRUE(channel_->flushed());
  EXPECT_EQ(ReadAll(), "hello\n");
}

TEST_F(ControlChannelTest, WhatTheClientDoesNotTakeIsKeptInOrder) {
  std::string much(1 << 20, 'a');
  channel_->Write(much);
  EXPECT_FALSE(channel_->flushed());
  channel_->Write("b");
  EXPECT_GT(channel_->unwritten(), much.size() / 2);
  std::string read;
  ASSERT_TRUE(RunUntil([&] {
    read += ReadAll();
    return channel_->flushed();
  }));
  EXPECT_EQ(read + ReadAll(), much + "b");
}

TEST_F(ControlChannelTest, AClientThatDoesNotReadIsNotReadFrom) {
  answer_ = std::string(ControlChannel::kMaxUnwritten + (1 << 20), 'x');
  Send("one\n");
  ASSERT_TRUE(RunUntil([&] { return lines_.size() == 1; }));
  answer_.reset();
  Send("two\n");
  for (int i = 0; i < 20; ++i) RunTurn();
  EXPECT_THAT(lines_, ElementsAre("one"));
  ASSERT_TRUE(RunUntil([&] {
    ReadAll();
    return lines_.size() == 2;
  }));
  EXPECT_LE(channel_->unwritten(), ControlChannel::kMaxUnwritten);
}

TEST_F(ControlChannelTest, WhatIsWrittenWhileCorkedGoesTogether) {
  channel_->SetCorked(true);
  channel_->Write("one\n");
  channel_->Write("two\n");
  EXPECT_EQ(channel_->unwritten(), 8u);
  EXPECT_EQ(ReadAll(), "");
  channel_->SetCorked(false);
  EXPECT_TRUE(channel_->flushed());
  EXPECT_EQ(ReadAll(), "one\ntwo\n");
}

TEST_F(ControlChannelTest, ACorkHoldsNoMoreThanAPipeTakes) {
  channel_->SetCorked(true);
  channel_->Write(std::string(65536, 'a'));
  EXPECT_EQ(ReadAll(), "");
  channel_->Write("b");
  EXPECT_EQ(ReadAll(), std::string(65536, 'a'));
}

TEST_F(ControlChannelTest, ProgressIsWhatTheClientHasTaken) {
  size_t taken = 0;
  channel_->OnProgressDo([&](size_t more) { taken += more; });
  channel_->Write("hello\n");
  EXPECT_EQ(taken, 6u);
  channel_->Write(std::string(1 << 20, 'a'));
  EXPECT_EQ(taken + channel_->unwritten(), 6u + (1 << 20));
  ASSERT_TRUE(RunUntil([&] {
    ReadAll();
    return channel_->flushed();
  }));
  EXPECT_EQ(taken, 6u + (1 << 20));
}

TEST_F(ControlChannelTest, AClientIsNotReadFromUntilItMayBeAgain) {
  channel_->SetReading(false);
  Send("one\n");
  for (int i = 0; i < 20; ++i) RunTurn();
  EXPECT_THAT(lines_, IsEmpty());
  channel_->Write("a notification\n");  // Which the client has room for.
  for (int i = 0; i < 20; ++i) RunTurn();
  EXPECT_THAT(lines_, IsEmpty());
  channel_->SetReading(true);
  ASSERT_TRUE(RunUntil([&] { return lines_.size() == 1; }));
}

TEST_F(ControlChannelTest, TheEndComesOnceWhenNobodyTakesTheOutput) {
  CloseOutput();
  channel_->Write("hello\n");
  EXPECT_EQ(ends_, 1);
  EXPECT_TRUE(channel_->flushed());
  CloseInput();
  for (int i = 0; i < 5; ++i) RunTurn();
  channel_->Write("hello\n");
  EXPECT_EQ(ends_, 1);
}

TEST_F(ControlChannelTest, AnAbandonedClientHasEnded) {
  channel_->Write(std::string(1 << 20, 'a'));
  channel_->Abandon();
  EXPECT_TRUE(channel_->flushed());
  EXPECT_EQ(ends_, 1);
  Send("ignored\n");
  for (int i = 0; i < 5; ++i) RunTurn();
  EXPECT_THAT(lines_, IsEmpty());
}

TEST_F(ControlChannelTest, OneDescriptorMayBeBoth) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  Open(pair[1], pair[1]);
  answer_ = "answer\n";
  ASSERT_EQ(write(pair[0], "question\n", 9), 9);
  ASSERT_TRUE(RunUntil([&] { return lines_.size() == 1; }));
  char buffer[16];
  EXPECT_EQ(read(pair[0], buffer, sizeof buffer), 7);
  channel_.reset();
  EXPECT_EQ(read(pair[0], buffer, sizeof buffer), 0);  // It has closed its end.
  close(pair[0]);
}

TEST_F(ControlChannelTest, InputMayBeAFile) {
  int file = memfd_create("input", 0);
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "line\n";
  ASSERT_EQ(write(file, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  lseek(file, 0, SEEK_SET);
  int out[2];
  ASSERT_EQ(pipe(out), 0);
  Open(file, out[1]);
  ASSERT_TRUE(RunUntil([&] { return ends_ == 1; }));
  EXPECT_EQ(lines_.size(), 50'000u);
  channel_.reset();
  close(out[0]);
}

TEST_F(ControlChannelTest, AFileIsNotReadOnWhileTheClientDoesNotRead) {
  int file = memfd_create("input", 0);
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "line\n";
  ASSERT_EQ(write(file, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  lseek(file, 0, SEEK_SET);
  int out[2];
  ASSERT_EQ(pipe2(out, O_NONBLOCK), 0);
  CloseOutput();
  read_end_ = out[0];
  answer_ = std::string(1000, 'x');
  Open(file, out[1]);
  ASSERT_TRUE(RunUntil([&] { return channel_->unwritten() > ControlChannel::kMaxUnwritten; }));
  size_t read_so_far = lines_.size();
  for (int i = 0; i < 20; ++i) RunTurn();
  EXPECT_EQ(lines_.size(), read_so_far);
  answer_.reset();
  ASSERT_TRUE(RunUntil([&] {
    ReadAll();
    return ends_ == 1;
  }));
  EXPECT_EQ(lines_.size(), 100'000u);
}

TEST_F(ControlChannelTest, ALineThatIsTooLongIsToldAndSkipped) {
  std::string text = std::string(kMaxLineBytes + 1, 'x') + "\nshort\n";
  size_t sent = 0;
  ASSERT_TRUE(RunUntil([&] {
    ssize_t count = write(write_end_, text.data() + sent, text.size() - sent);
    if (count > 0) sent += static_cast<size_t>(count);
    return lines_.size() == 2;
  }));
  EXPECT_THAT(lines_, ElementsAre("(too long)", "short"));
}

}  // namespace
}  // namespace sluice::api
