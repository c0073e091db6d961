#include "api/process.h"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <optional>
#include <utility>

#include "api/json_rpc/message.h"
#include "api/logging.h"
#include "worker/uv_handle.h"

namespace sluice::api {

// SIGTERM and SIGINT stop the loop.
struct Process::Signals {
  struct State {
    uv_signal_t handle;
    worker::EventLoop* loop;
  };

  explicit Signals(worker::EventLoop* loop) {
    for (int signal : {SIGTERM, SIGINT}) {
      worker::UvOwner<State> state(new State{.handle = {}, .loop = loop});
      worker::UvCheck(uv_signal_init(loop->uv(), &state->handle), "uv_signal_init");
      state->handle.data = state.get();
      worker::UvCheck(
          uv_signal_start(
              &state->handle,
              [](uv_signal_t* handle, int) { static_cast<State*>(handle->data)->loop->Stop(); }, signal),
          "uv_signal_start");
      states.push_back(std::move(state));
    }
  }

  std::vector<worker::UvOwner<State>> states;
};

Process::Process(Options options, int control_socket_fd)
    : options_(std::move(options)),
      events_(loop_, [this] { HandleEvents(); }),
      finish_timer_(loop_, [this](Timestamp now) { FinishIfIdle(now); }),
      remove_timer_(loop_, [this](Timestamp now) { RemoveEnded(now); }),
      control_(std::make_unique<ControlPlane>(ControlPlane::Options{
          .workers = options_.workers,
          .limits = options_.limits,
          .capture_directory = std::move(options_.capture_directory),
          .dtls = options_.dtls,
          .wake = [this] { events_.Notify(); },
          .notify = [this](const std::string& line) { Notify(line); },
          .notify_packet = [this](const std::string& line) { return NotifyPacket(line); },
          .backlogged = [this] { return IsBacklogged(); },
          .close = [this] { FinishSoon(); },
      })),
      signals_(std::make_unique<Signals>(&loop_)) {
  if (control_socket_fd >= 0) {
    socket_ = std::make_unique<ControlSocket>(&loop_, control_socket_fd, options_.control_socket,
                                              [this](int fd) { AddChannel(fd, fd, /*is_only=*/false); });
  } else {
    AddChannel(options_.control_in, options_.control_out, /*is_only=*/true);
  }
}

Process::~Process() = default;

void Process::Run() {
  Log(LogTag::kInfo, LogLevel::kDebug, "{} workers", control_->data_plane().workers());
  loop_.Run();
}

void Process::AddChannel(int in, int out, bool is_only) {
  auto added = std::make_shared<Channel>();
  std::weak_ptr<Channel> weak = added;
  added->channel = std::make_unique<ControlChannel>(
      &loop_, in, out,
      [this, weak](std::optional<std::string_view> line) {
        if (auto channel = weak.lock()) HandleLine(channel, line);
      },
      [this, weak, is_only] {
        if (is_only) return FinishSoon();
        if (auto channel = weak.lock()) channel->ended = true;
        remove_timer_.ArmAt(loop_.Now());
      });
  added->channel->OnProgressDo([this](size_t taken) { UpdateBacklog(taken); });
  channels_.push_back(std::move(added));
}

void Process::RemoveEnded(Timestamp now) {
  std::erase_if(channels_, [](const auto& channel) {
    return channel->ended && channel->channel->flushed() && channel.use_count() == 1;
  });
  bool again =
      std::any_of(channels_.begin(), channels_.end(), [](const auto& channel) { return channel->ended; });
  if (again) remove_timer_.ArmAt(now + TimeDelta::Millis(20));
}

void Process::HandleLine(const std::shared_ptr<Channel>& channel, std::optional<std::string_view> line) {
  if (!line) {
    channel->channel->Write(ToLine(RpcError::LineTooLong(kMaxLineBytes)));
    return;
  }
  control_->HandleLine(*line, [channel](std::string answer) { channel->channel->Write(answer); });
  if (control_->data_plane().saturated()) UpdateReading();
}

// What comes of many events goes to the clients together.
void Process::HandleEvents() {
  for (const auto& channel : channels_) channel->channel->SetCorked(true);
  control_->HandleEvents();
  for (const auto& channel : channels_) channel->channel->SetCorked(false);
  UpdateReading();
  if (give_up_at_) FinishIfIdle(loop_.Now());
}

void Process::UpdateReading() {
  const bool reading = !control_->data_plane().saturated();
  for (const auto& channel : channels_) channel->channel->SetReading(reading);
}

void Process::UpdateBacklog(size_t taken) {
  std::optional<size_t> least;
  for (const auto& channel : channels_) {
    if (channel->ended) continue;
    least = std::min(least.value_or(SIZE_MAX), channel->channel->unwritten());
  }
  control_->data_plane().application().AddTaken(taken);
  control_->data_plane().application().SetUnwritten(least.value_or(0));
}

uint64_t Process::NotifyPacket(const std::string& line) {
  uint64_t missed = 0;
  for (const auto& channel : channels_) {
    if (channel->ended) continue;
    if (channel->channel->unwritten() > kMaxPacketBacklog) {
      ++missed;
    } else {
      channel->channel->Write(line);
    }
  }
  return missed;
}

void Process::Notify(const std::string& line) {
  for (const auto& channel : channels_) {
    if (channel->ended) continue;
    channel->channel->Write(line);
    if (channel->channel->unwritten() <= kMaxBacklog) continue;
    Log(LogTag::kMessage, LogLevel::kError, "a control client does not read; it is given up");
    channel->channel->Abandon();
  }
}

bool Process::IsBacklogged() const {
  return std::any_of(channels_.begin(), channels_.end(), [](const auto& channel) {
    return !channel->ended && channel->channel->unwritten() > kMaxTraceBacklog;
  });
}

void Process::FinishSoon() {
  if (give_up_at_) return;
  give_up_at_ = loop_.Now() + kMaxLinger;
  finish_timer_.ArmAt(loop_.Now());
}

void Process::FinishIfIdle(Timestamp now) {
  bool flushed = std::all_of(channels_.begin(), channels_.end(),
                             [](const auto& channel) { return channel->channel->flushed(); });
  if ((!control_->busy() && flushed) || now >= *give_up_at_) {
    loop_.Stop();
  } else {
    finish_timer_.ArmAt(now + TimeDelta::Millis(5));
  }
}

}  // namespace sluice::api
