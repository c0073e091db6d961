// The program as its users run it: a child process, pipes, sockets, signals and flags.
#include "api/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "api/base64.h"
#include "tests/api/sluice_process.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kDump[] = R"({"jsonrpc":"2.0","id":1,"method":"worker.dump"})"
                         "\n";

using Options = SluiceProcess::Options;

// A file name that nobody else uses, removed at the end.
class TemporaryPath {
 public:
  explicit TemporaryPath(const std::string& name)
      : path_("/tmp/sluice-" + std::to_string(getpid()) + "-" + name) {
    unlink(path_.c_str());
  }
  ~TemporaryPath() { unlink(path_.c_str()); }
  const std::string& get() const { return path_; }

 private:
  std::string path_;
};

// A file in memory with `text` in it.
Descriptor FileWith(const std::string& text) {
  int fd = memfd_create("input", MFD_CLOEXEC);
  EXPECT_EQ(write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  lseek(fd, 0, SEEK_SET);
  Descriptor raised(fcntl(fd, F_DUPFD_CLOEXEC, 100));
  close(fd);
  return raised;
}

std::string TransportLines() {
  return RequestLine(1, "router.create", {{"routerId", "r"}}) +
         RequestLine(2, "webRtcTransport.create",
                     {{"routerId", "r"},
                      {"transportId", "t"},
                      {"listenInfos", json::array({{{"protocol", "udp"}, {"ip", "127.0.0.1"}}})}});
}

TEST(ProcessTest, ADumpByHandIsAnsweredAndTheEndOfInputEndsIt) {
  SluiceProcess sluice({.arguments = {"--workers=2"}});
  sluice.Send(kDump);
  json answer = sluice.ReadJson();
  EXPECT_EQ(answer["id"], 1);
  EXPECT_EQ(answer["result"]["workers"].size(), 2u);
  EXPECT_EQ(answer["result"]["version"], SLUICE_VERSION);
  sluice.CloseInput();
  EXPECT_EQ(sluice.ReadLine(), std::nullopt);
  EXPECT_EQ(sluice.Wait(), 0);
  EXPECT_EQ(sluice.Errors(), "");
}

TEST(ProcessTest, TheEndOfInputComesAfterTheLastAnswer) {
  constexpr int kRequests = 300;
  SluiceProcess sluice({.arguments = {"--workers=2"}});
  std::string lines;
  for (int i = 0; i < kRequests; ++i) lines += RequestLine(i, "worker.dump");
  lines.pop_back();  // The last line has no newline.
  sluice.Send(lines);
  sluice.CloseInput();
  std::set<int> ids;
  for (json answer; !(answer = sluice.ReadJson()).is_null();) ids.insert(answer["id"].get<int>());
  EXPECT_EQ(ids.size(), size_t{kRequests});
  EXPECT_EQ(sluice.Wait(), 0);
}

TEST(ProcessTest, ItEndsOnWorkerCloseThoughTheInputDoesNot) {
  SluiceProcess sluice;
  sluice.Send(RequestLine(1, "worker.dump") + RequestLine(2, "worker.close"));
  std::set<int> ids = {sluice.ReadJson()["id"], sluice.ReadJson()["id"]};
  EXPECT_EQ(ids, (std::set<int>{1, 2}));
  EXPECT_EQ(sluice.Wait(), 0);
}

TEST(ProcessTest, SignalsToEndEndItWithOpenTransportsToo) {
  for (int signal : {SIGTERM, SIGINT}) {
    SluiceProcess sluice;
    sluice.Send(TransportLines());
    EXPECT_TRUE(sluice.ReadJson().contains("result"));
    EXPECT_TRUE(sluice.ReadJson().contains("result"));
    sluice.Signal(signal);
    EXPECT_EQ(sluice.Wait(), 0);
  }
}

TEST(ProcessTest, OtherSignalsAreIgnored) {
  SluiceProcess sluice;
  sluice.Send(kDump);
  sluice.ReadLine();
  for (int signal : {SIGHUP, SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM}) sluice.Signal(signal);
  sluice.Send(kDump);
  EXPECT_EQ(sluice.ReadJson()["id"], 1);
}

TEST(ProcessTest, ABadLineIsAnsweredAndTheNextOneIsRead) {
  SluiceProcess sluice;
  auto reason_of = [&](const std::string& line) {
    sluice.Send(line + "\n");
    json answer = sluice.ReadJson();
    EXPECT_TRUE(answer["id"].is_null());
    return answer["error"]["data"]["reason"];
  };
  EXPECT_EQ(reason_of("hello"), "parse_error");
  EXPECT_EQ(reason_of("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"), "parse_error");
  EXPECT_EQ(reason_of("\xff\xfe"), "parse_error");
  EXPECT_EQ(reason_of("{}"), "invalid_request");
  EXPECT_EQ(reason_of(std::string(100'000, '[')), "too_deep");
  EXPECT_EQ(reason_of(std::string((16 << 20) + 1, 'x')), "line_too_long");
  sluice.Send("\n \r\n" + std::string(kDump));
  EXPECT_EQ(sluice.ReadJson()["id"], 1);
}

TEST(ProcessTest, ALineMayBe16Mebibytes) {
  SluiceProcess sluice;
  std::string line = RequestLine(7, "worker.dump");
  line.insert(1, std::string((16 << 20) - line.size() + 1, ' '));
  sluice.Send(line);
  EXPECT_EQ(sluice.ReadJson()["id"], 7);
}

TEST(ProcessTest, WhoDoesNotReadIsNotReadFromAndCostsLittle) {
  constexpr int kRequests = 60'000;
  SluiceProcess sluice;
  std::string lines;
  for (int i = 0; i < kRequests; ++i) lines += RequestLine(i, "worker.getResourceUsage");
  size_t sent = sluice.SendUntilBlocked(lines);
  EXPECT_LT(sent, lines.size() / 2);  // Four mebibytes of answers wait, and no more.

  // Everything is answered once it is read.
  int answers = 0;
  std::thread sender([&] {
    sluice.Send(std::string_view(lines).substr(sent));
    sluice.CloseInput();
  });
  while (sluice.ReadLine()) ++answers;
  sender.join();
  EXPECT_EQ(answers, kRequests);
  EXPECT_EQ(sluice.Wait(), 0);
}

// A line without an id, which is not answered.
std::string NotificationLine(const std::string& method, const json& params) {
  return json({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}}).dump() + "\n";
}

// A direct transport, and so many messages of 1,000 octets to oneself.
std::string MessageLines(int count) {
  std::string lines = RequestLine(1, "router.create", {{"routerId", "r"}}) +
                      RequestLine(2, "directTransport.create", {{"routerId", "r"}, {"transportId", "t"}}) +
                      RequestLine(3, "dataProducer.create", {{"transportId", "t"}, {"dataProducerId", "p"}}) +
                      RequestLine(4, "dataConsumer.create", {{"transportId", "t"}, {"dataProducerId", "p"}});
  for (int i = 0; i < count; ++i) {
    std::vector<uint8_t> message(1000, static_cast<uint8_t>(i));
    message[0] = static_cast<uint8_t>(i >> 8);
    lines += NotificationLine("dataProducer.send",
                              {{"dataProducerId", "p"}, {"ppid", 53}, {"payload", EncodeBase64(message)}});
  }
  return lines;
}

// All of them, in order.
void ExpectMessages(LineConnection& client, int count) {
  for (int received = 0; received < count;) {
    const json line = client.ReadJson();
    ASSERT_FALSE(line.is_null());
    if (!line.contains("method")) continue;
    const std::vector<uint8_t> message = DecodeBase64(line["params"]["payload"].get<std::string>()).value();
    ASSERT_EQ(message[0] << 8 | message[1], received);
    ++received;
  }
}

TEST(ProcessTest, MessagesToOneselfAreNotLostHoweverLateTheyAreRead) {
  constexpr int kMessages = 30'000;
  SluiceProcess sluice;
  const std::string lines = MessageLines(kMessages);
  const size_t sent = sluice.SendUntilBlocked(lines);
  EXPECT_LT(sent, lines.size() / 2);

  std::thread sender([&] { sluice.Send(std::string_view(lines).substr(sent)); });
  ExpectMessages(sluice, kMessages);
  sender.join();
}

TEST(ProcessTest, PacketsForAClientThatDoesNotReadAreDroppedAndItIsReadFrom) {
  constexpr int kPackets = 20'000;
  SluiceProcess sluice;
  const json opus = {{"kind", "audio"}, {"mimeType", "audio/opus"}, {"clockRate", 48000}, {"channels", 2}};
  json codec = opus, capability = opus;
  codec["payloadType"] = capability["preferredPayloadType"] = 111;
  codec.erase("kind");
  sluice.Send(
      RequestLine(1, "router.create", {{"routerId", "r"}, {"mediaCodecs", {opus}}}) +
      RequestLine(2, "directTransport.create", {{"routerId", "r"}, {"transportId", "t"}}) +
      RequestLine(3, "producer.create",
                  {{"transportId", "t"},
                   {"producerId", "p"},
                   {"kind", "audio"},
                   {"rtpParameters", {{"codecs", {codec}}, {"encodings", {{{"ssrc", 1}}}}}}}) +
      RequestLine(4, "consumer.create",
                  {{"transportId", "t"},
                   {"producerId", "p"},
                   {"rtpCapabilities", {{"codecs", {capability}}, {"headerExtensions", json::array()}}}}));
  std::string lines;
  for (int i = 0; i < kPackets; ++i) {
    std::vector<uint8_t> packet(1000);
    packet[0] = 0x80;
    packet[1] = 111;
    packet[2] = static_cast<uint8_t>(i >> 8);
    packet[3] = static_cast<uint8_t>(i);
    packet[11] = 1;
    lines += NotificationLine("producer.send", {{"producerId", "p"}, {"payload", EncodeBase64(packet)}});
  }
  EXPECT_TRUE(sluice.Send(lines + RequestLine(5, "transport.getStats", {{"transportId", "t"}})));
  int received = 0;
  json answer = json::object();
  while (answer.value("id", 0) != 5) {
    answer = sluice.ReadJson();
    ASSERT_FALSE(answer.is_null());
    received += answer.value("method", "") == "consumer.rtp" ? 1 : 0;
  }
  const json stats = answer["result"]["stats"][0];
  EXPECT_GT(received, 1000);
  EXPECT_LT(received, kPackets / 2);
  EXPECT_GE(stats["packetsDropped"]["applicationBehind"], kPackets - received);  // RTCP, too.
}

TEST(ProcessTest, ItEndsWhenNobodyTakesItsOutput) {
  SluiceProcess sluice;
  sluice.CloseOutput();
  sluice.Send(kDump);
  EXPECT_EQ(sluice.Wait(), 0);
}

TEST(ProcessTest, InputAndOutputMayBeFiles) {
  Descriptor input = FileWith(std::string(kDump) + TransportLines());
  Descriptor output = FileWith("");
  SluiceProcess sluice({.descriptors = {{input.get(), STDIN_FILENO}, {output.get(), STDOUT_FILENO}}});
  EXPECT_EQ(sluice.Wait(), 0);
  std::string text(65536, '\0');
  text.resize(static_cast<size_t>(pread(output.get(), text.data(), text.size(), 0)));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  EXPECT_THAT(text, EndsWith("\n"));
}

TEST(ProcessTest, NoInputAtAllEndsItAtOnce) {
  Descriptor none(open("/dev/null", O_RDONLY | O_CLOEXEC));
  SluiceProcess sluice({.descriptors = {{none.get(), STDIN_FILENO}}});
  EXPECT_EQ(sluice.Wait(), 0);
}

// Other ways in.

TEST(ProcessTest, ControlFdNamesOtherDescriptors) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
  Descriptor theirs(fcntl(pair[1], F_DUPFD_CLOEXEC, 100));
  close(pair[1]);
  SluiceProcess sluice(
      {.arguments = {"--workers=1", "--control-fd", "5,5"}, .descriptors = {{theirs.get(), 5}}});
  theirs.Close();
  LineConnection control(Descriptor(fcntl(pair[0], F_DUPFD_CLOEXEC, 100)), Descriptor(pair[0]));
  control.Send(kDump);
  EXPECT_EQ(control.ReadJson()["id"], 1);
  sluice.CloseInput();  // Means nothing here.
  control.Send(kDump);
  EXPECT_EQ(control.ReadJson()["id"], 1);
  control.CloseInput();
  control.CloseOutput();
  EXPECT_EQ(sluice.Wait(), 0);
}

class ControlSocketProcessTest : public ::testing::Test {
 protected:
  Options SocketOptions() const { return {.arguments = {"--workers=1", "--control-socket=" + path_.get()}}; }
  bool Exists() const { return access(path_.get().c_str(), F_OK) == 0; }
  LineConnection Connect() const { return ConnectTo(path_.get()); }

  TemporaryPath path_{"control"};
};

TEST_F(ControlSocketProcessTest, ClientsShareTheRoomsAndAllAreNotified) {
  SluiceProcess sluice(SocketOptions());
  LineConnection first = Connect();
  LineConnection second = Connect();
  second.Send(kDump);
  EXPECT_EQ(second.ReadJson()["id"], 1);
  first.Send(TransportLines());
  first.ReadLine();
  first.ReadLine();
  json rtp = {
      {"codecs",
       json::array(
           {{{"mimeType", "audio/opus"}, {"payloadType", 111}, {"clockRate", 48000}, {"channels", 2}}})},
      {"encodings", json::array({{{"ssrc", 1}}})}};
  json capabilities = {
      {"codecs", json::array({{{"mimeType", "audio/opus"}, {"clockRate", 48000}, {"channels", 2}}})}};
  json codecs = capabilities["codecs"];
  second.Send(
      RequestLine(1, "router.create", {{"routerId", "room"}, {"mediaCodecs", codecs}}) +
      RequestLine(2, "webRtcTransport.create",
                  {{"routerId", "room"},
                   {"transportId", "both"},
                   {"listenInfos", json::array({{{"protocol", "udp"}, {"ip", "127.0.0.1"}}})}}) +
      RequestLine(3, "producer.create",
                  {{"transportId", "both"}, {"producerId", "p"}, {"kind", "audio"}, {"rtpParameters", rtp}}) +
      RequestLine(4, "consumer.create",
                  {{"transportId", "both"},
                   {"consumerId", "c"},
                   {"producerId", "p"},
                   {"rtpCapabilities", capabilities}}));
  for (int i = 1; i <= 4; ++i) EXPECT_TRUE(second.ReadJson().contains("result")) << i;
  first.Send(RequestLine(5, "producer.close", {{"producerId", "p"}}));
  EXPECT_EQ(second.ReadJson()["method"], "consumer.producerClose");
  EXPECT_EQ(first.ReadJson()["method"], "consumer.producerClose");
  EXPECT_EQ(first.ReadJson()["id"], 5);
  sluice.Signal(SIGTERM);
  EXPECT_EQ(sluice.Wait(), 0);
  EXPECT_FALSE(Exists());
}

TEST_F(ControlSocketProcessTest, AClientThatLeavesIsNotTheEnd) {
  SluiceProcess sluice(SocketOptions());
  { LineConnection first = Connect(); }
  LineConnection second = Connect();
  second.Send(kDump);
  EXPECT_EQ(second.ReadJson()["id"], 1);
  EXPECT_TRUE(sluice.running());
}

TEST_F(ControlSocketProcessTest, AClientThatHasSaidAllGetsItsAnswersAndTheEnd) {
  SluiceProcess sluice(SocketOptions());
  LineConnection client = Connect();
  client.Send(std::string(kDump) + kDump);
  shutdown(client.out_fd(), SHUT_WR);
  EXPECT_EQ(client.ReadJson()["id"], 1);
  EXPECT_EQ(client.ReadJson()["id"], 1);
  EXPECT_EQ(client.ReadLine(), std::nullopt);
  EXPECT_TRUE(sluice.running());
}

TEST_F(ControlSocketProcessTest, AClientThatDoesNotReadDoesNotHoldUpTheOthers) {
  SluiceProcess sluice(SocketOptions());
  LineConnection slow = Connect();
  std::string lines;
  for (int i = 0; i < 60'000; ++i) lines += RequestLine(i, "worker.getResourceUsage");
  EXPECT_LT(slow.SendUntilBlocked(lines), lines.size());
  LineConnection other = Connect();
  other.Send(kDump);
  EXPECT_EQ(other.ReadJson()["id"], 1);
}

TEST_F(ControlSocketProcessTest, AClientThatIsBehindMissesMessagesAndNobodyElseDoes) {
  constexpr int kMessages = 20'000;
  SluiceProcess sluice(SocketOptions());
  LineConnection slow = Connect();
  slow.Send(kDump);
  EXPECT_EQ(slow.ReadJson()["id"], 1);
  LineConnection quick = Connect();
  std::thread sender([&] { quick.Send(MessageLines(kMessages)); });
  ExpectMessages(quick, kMessages);
  sender.join();
  quick.Send(kDump);
  EXPECT_GT(quick.ReadJson()["result"]["clients"]["packetsMissed"], 0);
  // It is not given up: what it has not missed is there, and it is heard.
  slow.Send(RequestLine(7, "worker.getResourceUsage"));
  int messages = 0;
  json line = slow.ReadJson();
  for (; line.is_object() && !line.contains("id"); line = slow.ReadJson()) ++messages;
  EXPECT_EQ(line.value("id", 0), 7);
  EXPECT_GT(messages, 1000);
  EXPECT_LT(messages, kMessages);
}

TEST_F(ControlSocketProcessTest, WorkerCloseOfOneClientEndsIt) {
  SluiceProcess sluice(SocketOptions());
  LineConnection client = Connect();
  client.Send(RequestLine(3, "worker.close"));
  EXPECT_EQ(client.ReadJson()["id"], 3);
  EXPECT_EQ(sluice.Wait(), 0);
}

TEST_F(ControlSocketProcessTest, ASocketThatWasLeftBehindIsReplaced) {
  {
    SluiceProcess killed(SocketOptions());
    Connect();
    killed.Signal(SIGKILL);
    EXPECT_EQ(killed.Wait(), 128 + SIGKILL);
  }
  ASSERT_TRUE(Exists());
  SluiceProcess sluice(SocketOptions());
  LineConnection client = Connect();
  client.Send(kDump);
  EXPECT_EQ(client.ReadJson()["id"], 1);
}

TEST_F(ControlSocketProcessTest, ASocketInUseIsLeftAlone) {
  SluiceProcess first(SocketOptions());
  LineConnection client = Connect();
  SluiceProcess second(SocketOptions());
  EXPECT_EQ(second.Wait(), 42);
  EXPECT_THAT(second.Errors(), HasSubstr(path_.get()));
  client.Send(kDump);
  EXPECT_EQ(client.ReadJson()["id"], 1);
  Connect();
}

TEST_F(ControlSocketProcessTest, AFileThatIsNoSocketIsLeftAlone) {
  std::ofstream(path_.get()) << "precious";
  SluiceProcess sluice(SocketOptions());
  EXPECT_EQ(sluice.Wait(), 42);
  std::string text;
  std::ifstream(path_.get()) >> text;
  EXPECT_EQ(text, "precious");
}

TEST_F(ControlSocketProcessTest, StandardStreamsMayBeClosed) {
  Options options = SocketOptions();
  options.closed = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
  SluiceProcess sluice(options);
  LineConnection client = Connect();
  client.Send(kDump);
  EXPECT_EQ(client.ReadJson()["id"], 1);
  client.Send(RequestLine(2, "worker.close"));
  EXPECT_EQ(client.ReadJson()["id"], 2);
  EXPECT_EQ(sluice.Wait(), 0);
}

// The command line.

TEST(ProcessTest, HelpAndVersionArePrinted) {
  SluiceProcess help({.arguments = {"--help"}});
  EXPECT_THAT(help.ReadLine().value_or(""), StartsWith("sluice"));
  EXPECT_EQ(help.Wait(), 0);
  SluiceProcess version({.arguments = {"--version"}});
  EXPECT_EQ(version.ReadLine(), std::string("sluice ") + SLUICE_VERSION);
  EXPECT_EQ(version.Wait(), 0);
}

TEST(ProcessTest, WrongFlagsEndItWith42AndASentence) {
  const std::vector<std::vector<std::string>> wrong = {
      {"--nonsense"},
      {"--nonsense=1"},
      {"hello"},
      {"--workers"},
      {"--workers=many"},
      {"--workers=-1"},
      {"--workers=257"},
      {"--log-level=loud"},
      {"--log_level", "loud"},
      {"--log-tags=ice,tea"},
      {"--control-fd=0"},
      {"--control-fd=zero,one"},
      {"--control-fd=77,78"},
      {"--control-socket=/nowhere/at/all"},
      {"--control-socket=/tmp/" + std::string(200, 'x')},
      {"--dtls-certificate-file=/nowhere"},
      {"--dtls-certificate-file=/nowhere", "--dtls-private-key-file=/nowhere"},
      {"--dtls-certificate-file=/dev/null", "--dtls-private-key-file=/dev/null"},
      {"--flagfile=/dev/null"},
  };
  for (const std::vector<std::string>& arguments : wrong) {
    SCOPED_TRACE(arguments[0]);
    SluiceProcess sluice({.arguments = arguments});
    EXPECT_EQ(sluice.Wait(), 42);
    EXPECT_EQ(sluice.ReadLine(), std::nullopt);
    std::string errors = sluice.Errors();
    EXPECT_THAT(errors, StartsWith("sluice: "));
    EXPECT_EQ(errors.find('\n'), errors.size() - 1);
  }
}

TEST(ProcessTest, AStandardStreamThatIsNeededMustBeOpen) {
  for (int fd : {STDIN_FILENO, STDOUT_FILENO}) {
    SluiceProcess sluice({.closed = {fd}});
    EXPECT_EQ(sluice.Wait(), 42);
    EXPECT_THAT(sluice.Errors(), StartsWith("sluice: "));
  }
}

TEST(ProcessTest, LogsGoToStandardErrorOnly) {
  SluiceProcess sluice({.arguments = {"--workers=1", "--log-level=debug", "--log-tags=info,ice"}});
  sluice.Send(kDump);
  EXPECT_EQ(sluice.ReadJson()["id"], 1);
  sluice.CloseInput();
  EXPECT_EQ(sluice.ReadLine(), std::nullopt);
  EXPECT_EQ(sluice.Wait(), 0);
  EXPECT_THAT(sluice.Errors(), HasSubstr("[info] 1 workers"));
}

// BoringSSL and OpenSSL export the same symbols: only one may be there.
TEST(ProcessTest, OpenSslIsNotLoaded) {
  SluiceProcess sluice;
  sluice.Send(TransportLines());
  sluice.ReadLine();
  sluice.ReadLine();
  std::string maps = sluice.ProcFile("maps");
  EXPECT_THAT(maps, HasSubstr("libsrtp2.so"));
  EXPECT_THAT(maps, Not(HasSubstr("libssl.so.3")));
  EXPECT_THAT(maps, Not(HasSubstr("libcrypto.so.3")));
}

}  // namespace
}  // namespace sluice::api
