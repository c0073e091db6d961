#include "bench/load/options.h"

#include <charconv>
#include <cmath>
#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace sluice::load {
namespace {

// Takes a flag's value; false: it is not a good one.
using Take = std::function<bool(const std::string& value, LoadOptions*)>;

struct Flag {
  const char* name;
  const char* value;  // What kind of value, for people.
  const char* help;
  Take take;
};

std::optional<double> Number(const std::string& text, double least, double most) {
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !(value >= least && value <= most)) return std::nullopt;
  return value;
}

Take Integer(int least, int most, std::function<int&(LoadOptions&)> field) {
  return [=](const std::string& text, LoadOptions* options) {
    auto value = Number(text, least, most);
    if (!value || std::floor(*value) != *value) return false;
    field(*options) = static_cast<int>(*value);
    return true;
  };
}

Take Text(std::string LoadOptions::*field) {
  return [=](const std::string& text, LoadOptions* options) {
    options->*field = text;
    return !text.empty();
  };
}

Take Duration(double least, double most, double unit_us, std::function<TimeDelta&(LoadOptions&)> field) {
  return [=](const std::string& text, LoadOptions* options) {
    auto value = Number(text, least, most);
    if (value) field(*options) = TimeDelta::Micros(std::llround(*value * unit_us));
    return value.has_value();
  };
}

Take Switch(std::function<bool&(LoadOptions&)> field) {
  return [=](const std::string& text, LoadOptions* options) {
    if (text != "true" && text != "false") return false;
    field(*options) = text == "true";
    return true;
  };
}

bool TakeFramePackets(const std::string& text, LoadOptions* options) {
  std::vector<int> packets;
  const std::vector<std::string> parts = absl::StrSplit(text, ',');
  for (const std::string& part : parts) {
    auto value = Number(part, 1, 200);
    if (!value || std::floor(*value) != *value || packets.size() == 64) return false;
    packets.push_back(static_cast<int>(*value));
  }
  options->media.video_shape.packets_per_frame = packets;
  return true;
}

bool TakeSrtp(const std::string& text, LoadOptions* options) {
  auto profile = transports::ParseSrtpProfile(text);
  if (profile) options->srtp = *profile;
  return profile.has_value();
}

bool TakeServerFlags(const std::string& text, LoadOptions* options) {
  options->server_flags = absl::StrSplit(text, ' ', absl::SkipEmpty());
  return true;
}

const std::vector<Flag>& Flags() {
  constexpr double kSecond = 1e6, kMilli = 1e3;
  static const std::vector<Flag> flags = {
      {"duration", "S", "seconds that are measured (10)",
       Duration(0.1, 86'400, kSecond, [](LoadOptions& o) -> TimeDelta& { return o.duration; })},
      {"warmup", "S", "seconds before that (2)",
       Duration(0, 3'600, kSecond, [](LoadOptions& o) -> TimeDelta& { return o.warmup; })},
      {"sluice", "PATH", "the server (the binary beside this one)", Text(&LoadOptions::sluice)},
      {"workers", "N", "its worker threads (1)",
       Integer(1, 256, [](LoadOptions& o) -> int& { return o.workers; })},
      {"server-flags", "FLAGS", "more flags for it, in one word", TakeServerFlags},
      {"server-cpus", "LIST", "cores that it may use, as taskset has it", Text(&LoadOptions::server_cpus)},
      {"driver", "COMMAND", "drives another SFU instead, see README.md", Text(&LoadOptions::driver)},
      {"srtp", "PROFILE", "AEAD_AES_128_GCM (the default), AES_CM_128_HMAC_SHA1_80, …", TakeSrtp},
      {"threads", "N", "threads of the clients (1)",
       Integer(1, 64, [](LoadOptions& o) -> int& { return o.threads; })},
      {"decrypt", "K", "decrypt what every K-th receiver gets (0: some sixteen receivers)",
       Integer(0, 100'000, [](LoadOptions& o) -> int& { return o.decrypt_every; })},
      {"audio", "BOOL", "whether publishers send audio (true)",
       Switch([](LoadOptions& o) -> bool& { return o.media.audio; })},
      {"video", "BOOL", "whether they send video (true)",
       Switch([](LoadOptions& o) -> bool& { return o.media.video; })},
      {"simulcast", "N", "encodings of each video (1)",
       Integer(1, 4, [](LoadOptions& o) -> int& { return o.media.simulcast; })},
      {"fps", "N", "frames a second (30)",
       Integer(1, 2'000, [](LoadOptions& o) -> int& { return o.media.video_shape.fps; })},
      {"frame-packets", "N,…", "packets of a frame, in turn (4,5)", TakeFramePackets},
      {"packet-size", "OCTETS", "of a video packet's payload, on average (1100)",
       [](const std::string& text, LoadOptions* options) {
         auto value = Number(text, 50, 1'400);
         if (value) options->media.video_shape.payload_size = static_cast<size_t>(*value);
         return value.has_value();
       }},
      {"equal-sizes", "BOOL", "all packets as large; otherwise as browsers cut, within an octet (false)",
       Switch([](LoadOptions& o) -> bool& { return o.media.video_shape.equal_sizes; })},
      {"frame-spread", "MS", "from a frame's first packet to its last (0.4)",
       Duration(0, 100, kMilli, [](LoadOptions& o) -> TimeDelta& { return o.media.video_shape.spread; })},
      {"key-frame-interval", "S", "at the latest (5)",
       Duration(0.1, 3'600, kSecond,
                [](LoadOptions& o) -> TimeDelta& { return o.media.video_shape.key_frame_interval; })},
      {"key-frame-scale", "X", "how much larger key frames are (3)",
       [](const std::string& text, LoadOptions* options) {
         auto value = Number(text, 1, 20);
         if (value) options->media.video_shape.key_frame_scale = *value;
         return value.has_value();
       }},
      {"churn-interval", "MS", "between a leave and the next (500)",
       Duration(10, 3.6e6, kMilli, [](LoadOptions& o) -> TimeDelta& { return o.churn_interval; })},
      {"json", "FILE", "also write the result there; -: to standard output instead of the table",
       Text(&LoadOptions::json)},
      {"quiet", "BOOL", "no progress (false)", Switch([](LoadOptions& o) -> bool& { return o.quiet; })},
  };
  return flags;
}

std::string HelpText() {
  std::string text =
      "sluice-load: many WebRTC clients and what an SFU costs for them\n\n"
      "  sluice-load [FLAGS] meeting N | broadcast N | webinar P N | audio N | churn [N]\n\n";
  for (const Flag& flag : Flags())
    absl::StrAppend(&text, "  --", flag.name, " ", flag.value, "  ", flag.help, "\n");
  return text + "  --help\n";
}

absl::Status TakeFlag(const std::string& name, const std::string& value, LoadOptions* options) {
  for (const Flag& flag : Flags()) {
    if (name != flag.name) continue;
    if (flag.take(value, options)) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat("--", name, ": not a valid value: ", value));
  }
  return absl::InvalidArgumentError(absl::StrCat("unknown flag --", name, " (see --help)"));
}

absl::Status CheckTogether(const LoadOptions& options) {
  if (!options.media.audio && !options.media.video && options.scenario.kind != Scenario::Kind::kAudio) {
    return absl::InvalidArgumentError("without audio and video there is nothing to send");
  }
  if (!options.driver.empty() && !options.sluice.empty()) {
    return absl::InvalidArgumentError("--driver and --sluice are two servers");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::variant<LoadOptions, HelpAsked>> ParseOptions(const std::vector<std::string>& arguments) {
  LoadOptions options;
  std::vector<std::string> words;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--help" || argument == "-h") return HelpAsked{HelpText()};
    if (argument.substr(0, 2) != "--") {
      words.push_back(argument);
      continue;
    }
    const size_t equals = argument.find('=');
    const std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
    if (equals == std::string::npos && i + 1 == arguments.size()) {
      return absl::InvalidArgumentError(absl::StrCat("--", name, " needs a value"));
    }
    const std::string value = equals == std::string::npos ? arguments[++i] : argument.substr(equals + 1);
    if (absl::Status status = TakeFlag(name, value, &options); !status.ok()) return status;
  }
  absl::StatusOr<Scenario> scenario = ParseScenario(words);
  if (!scenario.ok()) return scenario.status();
  options.scenario = *scenario;
  if (absl::Status status = CheckTogether(options); !status.ok()) return status;
  return options;
}

}  // namespace sluice::load
