#include "bench/load/scenario.h"

#include <charconv>
#include <map>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace sluice::load {
namespace {

constexpr int kMaxPeers = 10'000;
constexpr int kDefaultChurn = 12;

std::optional<int> ParseCount(const std::string& word) {
  int count = 0;
  auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), count);
  if (error != std::errc() || end != word.data() + word.size() || count < 1 || count > kMaxPeers)
    return std::nullopt;
  return count;
}

struct Form {
  Scenario::Kind kind;
  size_t numbers;
};
const std::map<std::string, Form>& Forms() {
  static const std::map<std::string, Form> forms = {{"meeting", {Scenario::Kind::kMeeting, 1}},
                                                    {"broadcast", {Scenario::Kind::kBroadcast, 1}},
                                                    {"webinar", {Scenario::Kind::kWebinar, 2}},
                                                    {"audio", {Scenario::Kind::kAudio, 1}},
                                                    {"churn", {Scenario::Kind::kChurn, 1}}};
  return forms;
}

Ssrc NextSsrc(uint32_t* last) { return Ssrc(++*last); }

}  // namespace

absl::StatusOr<Scenario> ParseScenario(const std::vector<std::string>& words) {
  const std::string wanted = "one of: meeting N, broadcast N, webinar P N, audio N, churn [N]";
  if (words.empty()) return absl::InvalidArgumentError("a scenario is needed, " + wanted);
  auto form = Forms().find(words[0]);
  if (form == Forms().end())
    return absl::InvalidArgumentError(absl::StrCat("unknown scenario ", words[0], "; it is ", wanted));
  std::vector<int> numbers;
  for (size_t i = 1; i < words.size(); ++i) {
    std::optional<int> count = ParseCount(words[i]);
    if (!count)
      return absl::InvalidArgumentError(
          absl::StrCat(words[i], " is not a number of peers from 1 to ", kMaxPeers));
    numbers.push_back(*count);
  }
  if (words[0] == "churn" && numbers.empty()) numbers.push_back(kDefaultChurn);
  if (numbers.size() != form->second.numbers) {
    return absl::InvalidArgumentError(absl::StrCat(words[0], " takes ", form->second.numbers, " number(s)"));
  }
  Scenario scenario{.kind = form->second.kind};
  switch (scenario.kind) {
    case Scenario::Kind::kBroadcast:
      scenario.publishers = 1;
      scenario.subscribers = numbers[0];
      break;
    case Scenario::Kind::kWebinar:
      scenario.publishers = numbers[0];
      scenario.subscribers = numbers[1];
      break;
    default:
      scenario.publishers = numbers[0];
      scenario.everyone_receives = true;
  }
  return scenario;
}

std::string ToString(const Scenario& scenario) {
  for (const auto& [name, form] : Forms()) {
    if (form.kind != scenario.kind) continue;
    if (scenario.kind == Scenario::Kind::kBroadcast) return absl::StrCat(name, " ", scenario.subscribers);
    if (scenario.kind == Scenario::Kind::kWebinar)
      return absl::StrCat(name, " ", scenario.publishers, " ", scenario.subscribers);
    return absl::StrCat(name, " ", scenario.publishers);
  }
  return "";
}

PeerPlan MakePeer(const Scenario& scenario, const MediaOptions& media, int index) {
  PeerPlan peer{.id = absl::StrCat("p", index)};
  const bool publishes = scenario.kind == Scenario::Kind::kChurn || index < scenario.publishers;
  peer.subscribe = scenario.everyone_receives || !publishes;
  if (!publishes) return peer;
  uint32_t ssrc = 0x1000'0000 + static_cast<uint32_t>(index) * 16;
  if (media.audio || scenario.kind == Scenario::Kind::kAudio) {
    peer.publish.push_back({.id = peer.id + "-audio",
                            .kind = MediaKind::kAudio,
                            .mid = "0",
                            .cname = peer.id,
                            .audio_payload_size = media.audio_payload_size,
                            .encodings = {{.ssrc = NextSsrc(&ssrc)}}});
  }
  if (!media.video || scenario.kind == Scenario::Kind::kAudio) return peer;
  StreamPlan video{.id = peer.id + "-video", .kind = MediaKind::kVideo, .mid = "1", .cname = peer.id};
  for (int i = 0; i < media.simulcast; ++i) {
    video.encodings.push_back({.ssrc = NextSsrc(&ssrc),
                               .rtx_ssrc = NextSsrc(&ssrc),
                               .shape = SimulcastLayer(media.video_shape, i, media.simulcast)});
  }
  peer.publish.push_back(std::move(video));
  return peer;
}

}  // namespace sluice::load
