// The rules themselves: each finds what it is there for, and lets good files be.
#include "tests/lint/source_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sluice::lint {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

SourceFile File(const std::string& path, const std::string& text) { return {path, text}; }
SourceFile Including(const std::string& path, const std::string& header) {
  return File(path, "// A file.\n#include \"" + header + "\"\n");
}

TEST(SourceRulesTest, IncludesPointDown) {
  EXPECT_THAT(CheckIncludes(Including("transports/ice/agent.cc", "rtp/units.h")), IsEmpty());
  EXPECT_THAT(CheckIncludes(Including("worker/worker.h", "router/producer.h")), IsEmpty());
  EXPECT_THAT(CheckIncludes(Including("api/main.cc", "worker/clock.h")), IsEmpty());
  EXPECT_THAT(CheckIncludes(Including("rtp/units.h", "transports/endpoint.h")),
              ElementsAre("rtp/units.h:2 includes transports/endpoint.h, which is not below it"));
  EXPECT_THAT(CheckIncludes(Including("router/producer.cc", "transports/endpoint.h")), SizeIs(1));
  EXPECT_THAT(CheckIncludes(Including("transports/endpoint.cc", "router/ids.h")), SizeIs(1));
  EXPECT_THAT(CheckIncludes(Including("router/producer.cc", "worker/clock.h")), SizeIs(1));
  EXPECT_THAT(CheckIncludes(Including("worker/worker.cc", "api/logging.h")), SizeIs(1));
}

TEST(SourceRulesTest, TheProgramDoesNotIncludeItsTests) {
  EXPECT_THAT(CheckIncludes(Including("worker/worker.cc", "tests/worker/loopback.h")), SizeIs(1));
  EXPECT_THAT(CheckIncludes(Including("rtp/units.cc", "../rtp/units.h")), SizeIs(1));
  EXPECT_THAT(CheckIncludes(Including("tests/rtp/units_test.cc", "api/logging.h")), IsEmpty());
}

TEST(SourceRulesTest, LibrariesHaveTheirFolders) {
  EXPECT_THAT(CheckIncludes(Including("worker/event_loop.h", "uv.h")), IsEmpty());
  EXPECT_THAT(CheckIncludes(Including("transports/dtls/dtls_session.cc", "openssl/ssl.h")), IsEmpty());
  EXPECT_THAT(CheckIncludes(Including("transports/srtp/srtp_session.cc", "srtp2/srtp.h")), IsEmpty());
  EXPECT_THAT(CheckIncludes(Including("transports/sctp/association.cc", "usrsctp.h")), IsEmpty());
  EXPECT_THAT(CheckIncludes(Including("api/objects_json.h", "nlohmann/json.hpp")), IsEmpty());

  EXPECT_THAT(CheckIncludes(File("router/producer.cc", "#include <uv.h>\n")), SizeIs(1));
  EXPECT_THAT(CheckIncludes(File("transports/ice/sha1.cc", "#  include <openssl/sha.h>\n")), SizeIs(1));
  EXPECT_THAT(CheckIncludes(File("worker/worker.cc", "#include <openssl/ssl.h>\n")), SizeIs(1));
  EXPECT_THAT(CheckIncludes(File("transports/dtls/x.cc", "#include <srtp2/srtp.h>\n")), SizeIs(1));
  EXPECT_THAT(CheckIncludes(File("transports/webrtc_transport.cc", "#include <usrsctp.h>\n")), SizeIs(1));
  EXPECT_THAT(CheckIncludes(File("worker/snapshots.h", "#include <nlohmann/json.hpp>\n")), SizeIs(1));
  EXPECT_THAT(CheckIncludes(File("rtp/units.h", "#include <spdlog/spdlog.h>\n")), SizeIs(1));
}

TEST(SourceRulesTest, TimeAndChanceAreArguments) {
  for (const char* line :
       {"auto now = std::chrono::steady_clock::now();", "clock_gettime(CLOCK_MONOTONIC, &ts);",
        "std::random_device device;", "int die = rand() % 6;", "auto seed = time(nullptr);", "srand (1);",
        "getentropy(buffer, 8);"}) {
    EXPECT_THAT(CheckPurity(File("rtp/nack.cc", line)), SizeIs(1)) << line;
    EXPECT_THAT(CheckPurity(File("api/main.cc", line)), SizeIs(1)) << line;
    EXPECT_THAT(CheckPurity(File("worker/clock.cc", line)), IsEmpty()) << line;
  }
  for (const char* line : {"void HandleTimeout(Timestamp now);", "// rand() has no place here", "Operand(x);",
                           "TimeDelta round_trip_time() const;", "std::mt19937 generator(seed);"}) {
    EXPECT_THAT(CheckPurity(File("rtp/nack.cc", line)), IsEmpty()) << line;
  }
}

TEST(SourceRulesTest, FilesAreShort) {
  std::string line = "// one more\n";
  std::string long_text, fitting_text = "#pragma once\n";
  for (int i = 0; i < 601; ++i) long_text += line;
  for (int i = 0; i < 599; ++i) fitting_text += line;
  EXPECT_THAT(CheckShape(File("rtp/a.cc", long_text)), SizeIs(1));
  EXPECT_THAT(CheckShape(File("demo/a.ts", long_text)), SizeIs(1));
  EXPECT_THAT(CheckShape(File("rtp/a.h", fitting_text)), IsEmpty());
  EXPECT_THAT(CheckShape(File("api/openrpc.json", long_text)), IsEmpty());
}

TEST(SourceRulesTest, HeadersAreGuarded) {
  EXPECT_THAT(CheckShape(File("rtp/a.h", "// Nothing.\n")), ElementsAre("rtp/a.h lacks #pragma once"));
  EXPECT_THAT(CheckShape(File("rtp/a.cc", "// Nothing.\n")), IsEmpty());
}

TEST(SourceRulesTest, AFoldersReadmeFitsOnAPage) {
  std::string page;
  for (int i = 0; i < 40; ++i) page += "line\n";
  EXPECT_THAT(CheckShape(File("rtp/README.md", page)), IsEmpty());
  EXPECT_THAT(CheckShape(File("rtp/rtcp/README.md", page + "line\n")), SizeIs(1));
  EXPECT_THAT(CheckShape(File("README.md", page + "line\n")), IsEmpty());  // The project's own.
}

TEST(SourceRulesTest, FoldersWithSourcesHaveAReadme) {
  EXPECT_THAT(CheckReadmes({File("rtp/a.cc", ""), File("rtp/README.md", ""), File("cmake/a.cmake", "")}),
              IsEmpty());
  EXPECT_THAT(CheckReadmes({File("rtp/a.cc", ""), File("rtp/rtcp/README.md", "")}),
              ElementsAre("rtp/ has no README.md"));
}

TEST(SourceRulesTest, TextDoesNotPointOutOfTheRepository) {
  EXPECT_THAT(CheckText(File("README.md", "see ../notes.md")), SizeIs(1));
  EXPECT_THAT(CheckText(File("rtp/README.md", "see ../ARCHITECTURE.md")), IsEmpty());
  EXPECT_THAT(CheckText(File("rtp/README.md", "see ../../notes.md")), SizeIs(1));
  EXPECT_THAT(CheckText(File("README.md", "see ARCHITECTURE.md")), IsEmpty());
}

TEST(SourceRulesTest, ALineInAFaultIsTheOneOfTheFile) {
  EXPECT_THAT(CheckPurity(File("rtp/a.cc", "int a;\nint b;\nint c = rand();\n"))[0],
              HasSubstr("rtp/a.cc:3 "));
}

}  // namespace
}  // namespace sluice::lint
