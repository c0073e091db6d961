#include "router/rtp_demuxer.h"

#include <gtest/gtest.h>

#include "router/producer.h"

namespace sluice::router {
namespace {

constexpr PayloadType kMedia(96);
constexpr PayloadType kRtx(97);

ProducerConfig Config(std::string mid, std::vector<ProducerEncoding> encodings) {
  ProducerConfig config;
  config.mid = std::move(mid);
  config.encodings = std::move(encodings);
  config.codecs = {{.payload_type = kMedia,
                    .mapped_payload_type = kMedia,
                    .rtx_payload_type = kRtx,
                    .clock_rate = 90'000}};
  return config;
}

ProducerEncoding Rid(const char* rid) { return {.ssrc = {}, .rtx_ssrc = {}, .rid = rid}; }

class RtpDemuxerTest : public ::testing::Test {
 protected:
  void Add(Producer& producer) { demuxer_.Add(producer.config(), &producer); }

  RtpDemuxer demuxer_;
};

void ExpectRoute(const RtpRoute* route, const Producer& producer, int encoding, bool retransmission) {
  ASSERT_NE(route, nullptr);
  EXPECT_EQ(route->producer, &producer);
  EXPECT_EQ(route->encoding, encoding);
  EXPECT_EQ(route->retransmission, retransmission);
}

TEST_F(RtpDemuxerTest, FindsSignalledSsrcs) {
  Producer producer(Config("0", {{.ssrc = Ssrc(1), .rtx_ssrc = Ssrc(2), .rid = ""},
                                 {.ssrc = Ssrc(3), .rtx_ssrc = Ssrc(4), .rid = ""}}));
  Add(producer);
  ExpectRoute(demuxer_.Find(Ssrc(1)), producer, 0, false);
  ExpectRoute(demuxer_.Find(Ssrc(2)), producer, 0, true);
  ExpectRoute(demuxer_.Find(Ssrc(3)), producer, 1, false);
  ExpectRoute(demuxer_.Find(Ssrc(4)), producer, 1, true);
  EXPECT_EQ(demuxer_.Find(Ssrc(5)), nullptr);
}

TEST_F(RtpDemuxerTest, LearnsTheSsrcOfTheOnlyEncodingFromTheMid) {
  Producer audio(Config("a", {{}})), video(Config("v", {{}}));
  Add(audio);
  Add(video);
  ExpectRoute(demuxer_.Learn(Ssrc(7), kMedia, {.mid = "v", .rid = "", .repaired_rid = ""}), video, 0, false);
  ExpectRoute(demuxer_.Find(Ssrc(7)), video, 0, false);
  ExpectRoute(demuxer_.Learn(Ssrc(8), kRtx, {.mid = "v", .rid = "", .repaired_rid = ""}), video, 0, true);
  EXPECT_EQ(demuxer_.Learn(Ssrc(9), kMedia, {.mid = "x", .rid = "", .repaired_rid = ""}), nullptr);
}

TEST_F(RtpDemuxerTest, ASignalledSsrcIsNotReplacedByTheMidAlone) {
  Producer producer(Config("v", {{.ssrc = Ssrc(1), .rtx_ssrc = {}, .rid = ""}}));
  Add(producer);
  EXPECT_EQ(demuxer_.Learn(Ssrc(7), kMedia, {.mid = "v", .rid = "", .repaired_rid = ""}), nullptr);
  // Its RTX was not signalled.
  ExpectRoute(demuxer_.Learn(Ssrc(8), kRtx, {.mid = "v", .rid = "", .repaired_rid = ""}), producer, 0, true);
}

TEST_F(RtpDemuxerTest, LearnsEncodingsFromRids) {
  Producer producer(Config("v", {Rid("low"), Rid("high")}));
  Add(producer);
  ExpectRoute(demuxer_.Learn(Ssrc(7), kMedia, {.mid = "v", .rid = "high", .repaired_rid = ""}), producer, 1,
              false);
  ExpectRoute(demuxer_.Learn(Ssrc(8), kRtx, {.mid = "v", .rid = "", .repaired_rid = "high"}), producer, 1,
              true);
  ExpectRoute(demuxer_.Learn(Ssrc(9), kMedia, {.mid = "", .rid = "low", .repaired_rid = ""}), producer, 0,
              false);
  EXPECT_EQ(demuxer_.Learn(Ssrc(10), kMedia, {.mid = "v", .rid = "middle", .repaired_rid = ""}), nullptr);
  EXPECT_EQ(demuxer_.Learn(Ssrc(11), kMedia, {.mid = "v", .rid = "", .repaired_rid = ""}), nullptr);
}

TEST_F(RtpDemuxerTest, ANewSsrcUnderAKnownRidIsTheSameEncoding) {
  Producer producer(Config("v", {{.ssrc = Ssrc(1), .rtx_ssrc = {}, .rid = "low"}, Rid("high")}));
  Add(producer);
  ExpectRoute(demuxer_.Learn(Ssrc(7), kMedia, {.mid = "v", .rid = "low", .repaired_rid = ""}), producer, 0,
              false);
  ExpectRoute(demuxer_.Find(Ssrc(1)), producer, 0, false);
}

TEST_F(RtpDemuxerTest, ARidThatTwoProducersHaveIsAmbiguousWithoutAMid) {
  Producer camera(Config("0", {Rid("low"), Rid("high")})), screen(Config("1", {Rid("low")}));
  Add(camera);
  Add(screen);
  EXPECT_EQ(demuxer_.Learn(Ssrc(7), kMedia, {.mid = "", .rid = "low", .repaired_rid = ""}), nullptr);
  ExpectRoute(demuxer_.Learn(Ssrc(7), kMedia, {.mid = "", .rid = "high", .repaired_rid = ""}), camera, 1,
              false);
  ExpectRoute(demuxer_.Learn(Ssrc(8), kMedia, {.mid = "1", .rid = "low", .repaired_rid = ""}), screen, 0,
              false);
}

TEST_F(RtpDemuxerTest, NamelessPacketsAreUnsolicited) {
  Producer producer(Config("", {{}}));
  Add(producer);
  EXPECT_EQ(demuxer_.Learn(Ssrc(7), kMedia, {}), nullptr);
}

TEST_F(RtpDemuxerTest, APeerThatInventsSsrcsIsNotRememberedForEver) {
  Producer producer(Config("v", {{}})), other(Config("w", {{}}));
  Add(producer);
  Add(other);
  int learned = 0;
  for (uint32_t ssrc = 1; ssrc <= 10'000; ++ssrc) {
    learned += demuxer_.Learn(Ssrc(ssrc), kMedia, {.mid = "v", .rid = "", .repaired_rid = ""}) ? 1 : 0;
  }
  EXPECT_EQ(learned, 64);
  ExpectRoute(demuxer_.Find(Ssrc(1)), producer, 0, false);
  ExpectRoute(demuxer_.Learn(Ssrc(20'000), kMedia, {.mid = "w", .rid = "", .repaired_rid = ""}), other, 0,
              false);
}

TEST_F(RtpDemuxerTest, ForgetsARemovedProducer) {
  Producer gone(Config("0", {{.ssrc = Ssrc(1), .rtx_ssrc = Ssrc(2), .rid = ""}})), stays(Config("1", {{}}));
  Add(gone);
  Add(stays);
  demuxer_.Learn(Ssrc(7), kMedia, {.mid = "1", .rid = "", .repaired_rid = ""});
  demuxer_.Remove(&gone);
  EXPECT_EQ(demuxer_.Find(Ssrc(1)), nullptr);
  EXPECT_EQ(demuxer_.Find(Ssrc(2)), nullptr);
  EXPECT_EQ(demuxer_.Learn(Ssrc(8), kMedia, {.mid = "0", .rid = "", .repaired_rid = ""}), nullptr);
  ExpectRoute(demuxer_.Find(Ssrc(7)), stays, 0, false);
}

}  // namespace
}  // namespace sluice::router
