#include "api/ortc/codec_matching.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace sluice::api {
namespace {

CodecDescription Codec(std::string mime_type, ParameterMap parameters = {}) {
  CodecDescription codec;
  codec.mime_type = std::move(mime_type);
  codec.clock_rate = 90'000;
  codec.parameters = std::move(parameters);
  return codec;
}

CodecDescription H264(ParameterValue profile_level_id, int64_t asymmetry = 1, int64_t mode = 1) {
  return Codec("video/H264", {{"profile-level-id", std::move(profile_level_id)},
                              {"level-asymmetry-allowed", asymmetry},
                              {"packetization-mode", mode}});
}

TEST(CodecMatchingTest, MimeTypesMatchInAnyCase) {
  EXPECT_TRUE(SameCodec(Codec("video/VP8"), Codec("VIDEO/vp8")));
  EXPECT_FALSE(SameCodec(Codec("video/VP8"), Codec("video/VP9")));
}

TEST(CodecMatchingTest, ClockRateAndChannelsMatter) {
  CodecDescription stereo = Codec("audio/opus");
  stereo.channels = 2;
  CodecDescription mono = stereo;
  mono.channels = 1;
  EXPECT_FALSE(SameCodec(stereo, mono));
  CodecDescription slow = stereo;
  slow.clock_rate = 8'000;
  EXPECT_FALSE(SameCodec(stereo, slow));
  EXPECT_TRUE(SameCodec(stereo, stereo));
}

TEST(CodecMatchingTest, MultiopusMatchesByItsStreams) {
  auto multiopus = [](int64_t streams, int64_t coupled) {
    return Codec("audio/multiopus", {{"num_streams", streams}, {"coupled_streams", coupled}});
  };
  EXPECT_TRUE(SameCodec(multiopus(4, 2), multiopus(4, 2)));
  EXPECT_FALSE(SameCodec(multiopus(4, 2), multiopus(5, 2)));
  EXPECT_FALSE(SameCodec(multiopus(4, 2), multiopus(4, 3)));
}

TEST(CodecMatchingTest, H264ProfileAndPacketizationModeMatter) {
  EXPECT_TRUE(SameCodecAndProfile(H264("42e01f"), H264("42c034"))) << "the level is negotiated";
  EXPECT_FALSE(SameCodecAndProfile(H264("42e01f"), H264("42001f")));
  EXPECT_FALSE(SameCodecAndProfile(H264("42e01f"), H264("42e01f", 1, /*mode=*/0)));
  EXPECT_TRUE(SameCodec(H264("42e01f"), H264("4d001f"))) << "but it is the same codec";
}

TEST(CodecMatchingTest, MissingH264ParametersHaveDefaults) {
  EXPECT_TRUE(SameCodecAndProfile(Codec("video/H264"), H264("42e01f", 1, 0)));
  EXPECT_FALSE(SameCodecAndProfile(Codec("video/H264"), H264("42e01f", 1, 1)));
}

TEST(CodecMatchingTest, MalformedH264ParametersMatchNothing) {
  EXPECT_FALSE(SameCodecAndProfile(H264("nonsense"), H264("nonsense")));
  EXPECT_FALSE(SameCodecAndProfile(H264(1.5), H264("42e01f")));
  CodecDescription mode = H264("42e01f");
  mode.parameters["packetization-mode"] = "one";
  EXPECT_FALSE(SameCodecAndProfile(mode, mode));
}

TEST(CodecMatchingTest, NumbersAndTheirDigitsAreTheSame) {
  CodecDescription text = H264("42e01f");
  text.parameters["packetization-mode"] = "1";
  EXPECT_TRUE(SameCodecAndProfile(text, H264("42e01f")));
  EXPECT_TRUE(SameCodecAndProfile(H264(int64_t{640032}), H264("64001f")));
}

TEST(CodecMatchingTest, Vp9AndAv1MatchByProfile) {
  EXPECT_TRUE(SameCodecAndProfile(Codec("video/VP9"), Codec("video/VP9", {{"profile-id", int64_t{0}}})));
  EXPECT_FALSE(SameCodecAndProfile(Codec("video/VP9"), Codec("video/VP9", {{"profile-id", int64_t{2}}})));
  EXPECT_TRUE(SameCodecAndProfile(Codec("video/AV1"), Codec("video/AV1", {{"profile", int64_t{0}}})));
  EXPECT_FALSE(SameCodecAndProfile(Codec("video/AV1"), Codec("video/AV1", {{"profile", int64_t{1}}})));
}

TEST(CodecMatchingTest, H265MatchesByProfileTierAndTransmission) {
  const CodecDescription main =
      Codec("video/H265", {{"profile-id", int64_t{1}}, {"tier-flag", "0"}, {"level-id", int64_t{93}}});
  EXPECT_TRUE(SameCodecAndProfile(Codec("video/H265"), main)) << "that is the default";
  EXPECT_TRUE(SameCodecAndProfile(Codec("video/H265", {{"tx-mode", "srst"}}), main));
  EXPECT_FALSE(SameCodecAndProfile(Codec("video/H265", {{"tx-mode", "MRST"}}), main));
  EXPECT_FALSE(SameCodecAndProfile(Codec("video/H265", {{"profile-id", int64_t{2}}}), main));
  EXPECT_FALSE(SameCodecAndProfile(Codec("video/H265", {{"tier-flag", int64_t{1}}}), main));
  EXPECT_FALSE(SameCodecAndProfile(Codec("video/H265", {{"tx-mode", int64_t{1}}}), main));
  CodecDescription higher = main;
  higher.parameters["level-id"] = int64_t{156};
  EXPECT_TRUE(SameCodecAndProfile(higher, main)) << "the level is a bound";
}

TEST(CodecMatchingTest, H264LevelIsKeptWhereBothAllowAsymmetry) {
  EXPECT_EQ(H264AnswerProfileLevelId(H264("42e034"), H264("42e01f")), "42e034");
}

TEST(CodecMatchingTest, H264LevelIsTheLowerOneWithoutAsymmetry) {
  EXPECT_EQ(H264AnswerProfileLevelId(H264("42e034", 0), H264("42e01f", 1)), "42e01f");
  EXPECT_EQ(H264AnswerProfileLevelId(H264("42e01f", 1), H264("42e034", 0)), "42e01f");
}

TEST(CodecMatchingTest, H264AnswerIsEmptyWhereNobodyNamesAProfile) {
  EXPECT_EQ(H264AnswerProfileLevelId(Codec("video/H264"), Codec("video/H264")), std::nullopt);
  EXPECT_EQ(H264AnswerProfileLevelId(Codec("video/H264"), H264("42e00a")), "42e00a");
}

TEST(CodecMatchingTest, RtxIsToldByItsSubtype) {
  EXPECT_TRUE(Codec("video/rtx").IsRtx());
  EXPECT_TRUE(Codec("audio/RTX").IsRtx());
  EXPECT_FALSE(Codec("video/rtx2").IsRtx());
}

}  // namespace
}  // namespace sluice::api
