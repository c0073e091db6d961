// Observers on one worker, the producers they observe on others.
#include <gtest/gtest.h>

#include <optional>
#include <variant>
#include <vector>

#include "rtp/packet_view.h"
#include "tests/worker/workers.h"

namespace sluice::worker {
namespace {

using router::AudioObserver;
using router::RtpObserverHandle;

constexpr uint8_t kLevelId = 6;
constexpr RtpObserverHandle kLevels(51), kMoreLevels(52), kSpeaker(53), kSelector(54);

// A publisher of audio on a worker, which says how loud each packet is.
class Publisher {
 public:
  Publisher(Workers& workers, uint32_t worker, uint32_t handle, RtpObserverHandle selector = {})
      : peer_(MakePeer(workers, worker, handle)), producer_(AudioProducer(handle)) {
    producer_.audio_selector = selector;
    producer_.extensions.Register(rtp::ExtensionKind::kAudioLevel, kLevelId);
    workers.pool().Send(worker, CreateProducer{peer_.transport, producer_});
    EXPECT_TRUE(peer_.client->Connect());
  }

  // Packets of 20 ms.
  void Say(uint8_t level, int packets = 25) {
    for (int i = 0; i < packets; ++i) {
      std::vector<uint8_t> payload = {0xbe, 0xde, 0, 1, kLevelId << 4, level, 0, 0, 0x78, 1, 2, 3};
      std::vector<uint8_t> packet = MakeRtpPacket(kPublished, ++sequence_number_, kPayloadType, payload);
      packet[0] |= 0x10;  // X: the payload begins with a header extension.
      peer_.client->SendRtp(std::move(packet));
    }
    ASSERT_TRUE(peer_.client->Check());  // All have been heard.
  }
  SetAudioListener ListenFrom(std::optional<uint32_t> worker, bool prompt = false) const {
    return {peer_.transport, producer_.handle, worker, prompt};
  }
  const router::ProducerConfig& config() const { return producer_; }
  TransportHandle transport() const { return peer_.transport; }
  const Peer& peer() const { return peer_; }
  uint32_t worker() const { return peer_.worker; }
  ProducerHandle producer() const { return producer_.handle; }

 private:
  Peer peer_;
  router::ProducerConfig producer_;
  uint16_t sequence_number_ = 0;
};

// The commands sent so far have been executed: what a client sends now comes after them.
void Sync(Workers& workers) {
  for (uint32_t worker = 0; worker < workers.pool().workers(); ++worker) {
    ASSERT_TRUE(workers.Ask<WorkerSnapshot>(worker, {}));
  }
}

// What `observer` tells next, if it is of that kind.
template <typename Output>
std::optional<Output> Next(Workers& workers, RtpObserverHandle observer) {
  std::optional<Output> next;
  workers.WaitFor([&](const Event& event) {
    const auto* observed = std::get_if<AudioObserved>(&event);
    if (!observed || observed->observer != observer) return false;
    if (const Output* output = std::get_if<Output>(&observed->output)) next = *output;
    return true;
  });
  return next;
}

TEST(AudioObserversTest, HearProducersOnAllWorkers) {
  Workers workers(2);
  Publisher near(workers, 0, 1);
  Publisher far(workers, 1, 2);
  workers.pool().Send(0, CreateAudioLevelObserver{kLevels, {.max_entries = 5}});
  for (const Publisher* publisher : {&near, &far}) {
    workers.pool().Send(0, SetObserved{kLevels, publisher->producer(), true});
  }
  workers.pool().Send(0, near.ListenFrom(0));
  workers.pool().Send(1, far.ListenFrom(0));
  Sync(workers);
  near.Say(40);
  far.Say(20);

  auto volumes = Next<AudioObserver::Volumes>(workers, kLevels);
  ASSERT_TRUE(volumes);
  EXPECT_EQ(volumes->entries,
            (std::vector<AudioObserver::Volume>{{far.producer(), -20}, {near.producer(), -40}}));
  EXPECT_TRUE(Next<AudioObserver::Silence>(workers, kLevels));
}

TEST(AudioObserversTest, ProducersAreHeardByAllTheirObserversUntilTheyAreRemoved) {
  Workers workers(1);
  Publisher ann(workers, 0, 1);
  Publisher bob(workers, 0, 2);
  workers.pool().Send(0, CreateAudioLevelObserver{kLevels, {.interval = TimeDelta::Millis(250)}});
  workers.pool().Send(0, CreateAudioLevelObserver{kMoreLevels, {.interval = TimeDelta::Millis(250)}});
  for (const Publisher* publisher : {&ann, &bob}) {
    workers.pool().Send(0, publisher->ListenFrom(0));
    workers.pool().Send(0, SetObserved{kMoreLevels, publisher->producer(), true});
  }
  workers.pool().Send(0, SetObserved{kLevels, bob.producer(), true});
  Sync(workers);
  bob.Say(30);
  auto volumes = Next<AudioObserver::Volumes>(workers, kLevels);
  ASSERT_TRUE(volumes);
  EXPECT_EQ(volumes->entries.front().producer, bob.producer());
  EXPECT_TRUE(Next<AudioObserver::Silence>(workers, kLevels));

  workers.pool().Send(0, SetObserved{kMoreLevels, bob.producer(), false});
  Sync(workers);
  bob.Say(10);
  ann.Say(30);
  EXPECT_TRUE(workers.WaitFor([&](const Event& event) {
    const auto* observed = std::get_if<AudioObserved>(&event);
    const auto* heard = observed ? std::get_if<AudioObserver::Volumes>(&observed->output) : nullptr;
    return heard && observed->observer == kMoreLevels && heard->entries.front().producer == ann.producer();
  }));
}

TEST(AudioObserversTest, TellTheDominantSpeaker) {
  Workers workers(2);
  Publisher ann(workers, 0, 1);
  Publisher bob(workers, 1, 2);
  workers.pool().Send(1, CreateActiveSpeakerObserver{kSpeaker, {.interval = TimeDelta::Millis(100)}});
  workers.pool().Send(1, SetObserved{kSpeaker, bob.producer(), true});
  auto first = Next<AudioObserver::DominantSpeaker>(workers, kSpeaker);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->producer, bob.producer());
  workers.pool().Send(1, SetObserved{kSpeaker, ann.producer(), true});
  workers.pool().Send(0, ann.ListenFrom(1));
  Sync(workers);
  ann.Say(20, 20);
  ann.Say(80, 1);  // Between two words the noise of her room is heard.
  ann.Say(20, 10);
  auto second = Next<AudioObserver::DominantSpeaker>(workers, kSpeaker);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->producer, ann.producer());
}

TEST(AudioObserversTest, WhatIsClosedIsForgotten) {
  Workers workers(2);
  Publisher ann(workers, 0, 1);
  Publisher bob(workers, 1, 2);
  for (RtpObserverHandle observer : {kLevels, kMoreLevels}) {
    workers.pool().Send(0, CreateAudioLevelObserver{observer, {.interval = TimeDelta::Millis(250)}});
    for (const Publisher* publisher : {&ann, &bob}) {
      workers.pool().Send(0, SetObserved{observer, publisher->producer(), true});
    }
  }
  workers.pool().Send(0, ann.ListenFrom(0));
  workers.pool().Send(1, bob.ListenFrom(0));
  workers.pool().Send(0, CloseRtpObserver{kLevels});
  workers.pool().Send(0, CloseRtpObserver{kLevels});
  workers.pool().Send(0, SetRtpObserverPaused{kLevels, true});
  workers.pool().Send(0, SetObserved{kLevels, bob.producer(), true});
  workers.pool().Send(0, ann.ListenFrom(std::nullopt));
  workers.pool().Send(1, CloseProducer{bob.transport(), bob.producer()});
  workers.pool().Send(1, bob.ListenFrom(0));
  Sync(workers);
  ann.Say(10);
  bob.Say(10);
  workers.pool().Send(0, ann.ListenFrom(0));
  Sync(workers);
  ann.Say(33);
  auto volumes = Next<AudioObserver::Volumes>(workers, kMoreLevels);
  ASSERT_TRUE(volumes);
  EXPECT_EQ(volumes->entries, (std::vector<AudioObserver::Volume>{{ann.producer(), -33}}));
}

TEST(AudioObserversTest, APausedObserverIsSilent) {
  Workers workers(1);
  Publisher ann(workers, 0, 1);
  workers.pool().Send(0, CreateAudioLevelObserver{kLevels, {.interval = TimeDelta::Millis(250)}});
  workers.pool().Send(0, SetObserved{kLevels, ann.producer(), true});
  workers.pool().Send(0, ann.ListenFrom(0));
  Sync(workers);
  ann.Say(30);
  EXPECT_TRUE(Next<AudioObserver::Volumes>(workers, kLevels));
  workers.pool().Send(0, SetRtpObserverPaused{kLevels, true});
  EXPECT_TRUE(Next<AudioObserver::Silence>(workers, kLevels));
  workers.pool().Send(0, SetRtpObserverPaused{kLevels, false});
  Sync(workers);
  ann.Say(30);
  EXPECT_TRUE(Next<AudioObserver::Volumes>(workers, kLevels));
}

// A room on two workers that forwards one producer to each subscriber: Ann and Bob speak, Cid is quiet. Dee
// listens; Ann hears the others.
class SelectedAudioTest : public ::testing::Test {
 protected:
  SelectedAudioTest() {
    workers_.pool().Send(0, CreateAudioSelector{kSelector, {.limit = 1}});
    for (const Publisher* publisher : {&ann_, &bob_, &cid_}) {
      workers_.pool().Send(publisher == &bob_ ? 1 : 0, publisher->ListenFrom(0, /*prompt=*/true));
      workers_.pool().Send(0, SetObserved{kSelector, publisher->producer(), true});
    }
    EXPECT_TRUE(dee_.client->Connect());
    for (const Publisher* publisher : {&ann_, &bob_, &cid_}) {
      Consume(dee_, *publisher, 100 + publisher->producer().value());
      if (publisher != &ann_) Consume(ann_.peer(), *publisher, 200 + publisher->producer().value());
    }
    Sync(workers_);
  }

  void Consume(const Peer& subscriber, const Publisher& publisher, uint32_t handle) {
    workers_.pool().Send(subscriber.worker,
                         CreateConsumer{subscriber.transport, ConsumerOf(publisher.config(), handle, handle),
                                        publisher.worker()});
  }
  int64_t SentTo(const Peer& subscriber, uint32_t consumer) {
    auto snapshot = workers_.Ask<ConsumerSnapshot>(
        subscriber.worker, {.transport = subscriber.transport, .consumer = ConsumerHandle(consumer)});
    return snapshot ? snapshot->statistics.packets : -1;
  }
  bool WaitForPackets(const Peer& subscriber, uint32_t consumer, int64_t count) {
    return workers_.WaitUntil<ConsumerSnapshot>(
        subscriber.worker, {.transport = subscriber.transport, .consumer = ConsumerHandle(consumer)},
        [&](const ConsumerSnapshot& snapshot) { return snapshot.statistics.packets == count; });
  }

  Workers workers_{2};
  Publisher ann_{workers_, 0, 1, kSelector};
  Publisher bob_{workers_, 1, 2, kSelector};
  Publisher cid_{workers_, 0, 3, kSelector};
  Peer dee_ = MakePeer(workers_, 1, 9);
};

TEST_F(SelectedAudioTest, ASubscriberIsSentTheLoudestAndASpeakerTheNext) {
  ann_.Say(20);
  bob_.Say(40);
  cid_.Say(80);
  EXPECT_TRUE(WaitForPackets(dee_, 101, 25)) << "Dee hears Ann";
  EXPECT_TRUE(WaitForPackets(ann_.peer(), 202, 25)) << "Ann hears Bob";
  Sync(workers_);
  EXPECT_EQ(SentTo(dee_, 102), 0) << "Bob is the second";
  EXPECT_EQ(SentTo(dee_, 103), 0);
  EXPECT_EQ(SentTo(ann_.peer(), 203), 0);
}

TEST_F(SelectedAudioTest, WhoGetsAPlaceGoesOnWithoutAGap) {
  ann_.Say(20, 5);
  bob_.Say(40, 5);
  cid_.Say(80, 50);
  Sync(workers_);
  cid_.Say(10, 4);  // He becomes loud, and is chosen.
  ASSERT_TRUE(workers_.WaitFor([&](const Event& event) {
    const auto* observed = std::get_if<AudioObserved>(&event);
    const auto* selection = observed ? std::get_if<AudioObserver::Selection>(&observed->output) : nullptr;
    return selection && selection->producers.front() == cid_.producer();
  }));
  Sync(workers_);
  cid_.Say(10, 10);
  std::optional<std::vector<uint8_t>> packet = dee_.client->ReceiveRtp();
  std::optional<uint16_t> last;
  int heard = 0;
  bool begins = false;
  for (; packet && heard < 10; packet = heard < 10 ? dee_.client->ReceiveRtp() : std::nullopt) {
    auto view = rtp::PacketView::Parse(*packet);
    ASSERT_TRUE(view);
    if (view->ssrc() != Ssrc(103)) continue;
    if (!last) begins = view->marker();
    if (last) EXPECT_EQ(view->sequence_number().value(), static_cast<uint16_t>(*last + 1));
    last = view->sequence_number().value();
    ++heard;
  }
  EXPECT_EQ(heard, 10);
  EXPECT_TRUE(begins) << "a talkspurt";
}

TEST_F(SelectedAudioTest, WithoutItsSelectorNothingIsChosenAnyMore) {
  workers_.pool().Send(0, CloseRtpObserver{kSelector});
  Sync(workers_);
  ann_.Say(20, 20);
  EXPECT_EQ(SentTo(dee_, 101), 0);
}

}  // namespace
}  // namespace sluice::worker
