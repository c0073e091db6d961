#include "rtp/codec.h"

#include <gtest/gtest.h>

namespace sluice::rtp {
namespace {

TEST(CodecTest, IsFoundByMimeTypeWhateverTheCase) {
  EXPECT_EQ(CodecOf("audio/opus"), Codec::kOpus);
  EXPECT_EQ(CodecOf("audio/OPUS"), Codec::kOpus);
  EXPECT_EQ(CodecOf("audio/RED"), Codec::kRed);
  EXPECT_EQ(CodecOf("VIDEO/vp8"), Codec::kVp8);
  EXPECT_EQ(CodecOf("video/VP9"), Codec::kVp9);
  EXPECT_EQ(CodecOf("video/h264"), Codec::kH264);
  EXPECT_EQ(CodecOf("video/AV1"), Codec::kAv1);
}

TEST(CodecTest, EverythingElseIsOther) {
  for (const char* mime_type : {"", "video/", "video/VP", "video/VP88", "audio/VP8", "video/rtx", "opus"}) {
    EXPECT_EQ(CodecOf(mime_type), Codec::kOther) << mime_type;
  }
}

TEST(CodecTest, OnlyTheVideoCodecsHaveKeyFrames) {
  EXPECT_FALSE(HasKeyFrames(Codec::kOther));
  EXPECT_FALSE(HasKeyFrames(Codec::kOpus));
  EXPECT_FALSE(HasKeyFrames(Codec::kRed));
  for (Codec codec : {Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1}) EXPECT_TRUE(HasKeyFrames(codec));
}

}  // namespace
}  // namespace sluice::rtp
