#include "tests/api/control_client.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "tests/api/api_document.h"
#include "transports/dtls/dtls_certificate.h"
#include "worker/clock.h"

namespace sluice::api {
namespace {

using nlohmann::json;

constexpr TimeDelta kPatience = TimeDelta::Seconds(20);

std::shared_ptr<const transports::DtlsContext> Dtls() {
  static const std::shared_ptr<const transports::DtlsContext> context = [] {
    auto certificate = transports::DtlsCertificate::Generate(
        std::chrono::sys_seconds(std::chrono::seconds(worker::UnixTime().us() / 1'000'000)));
    return transports::DtlsContext::Create(certificate.value());
  }();
  return context;
}

std::string Joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Refusal& refusal) {
  return out << refusal.reason << " at " << refusal.path;
}

ControlClient::TemporaryDirectory::TemporaryDirectory()
    : path_((std::filesystem::temp_directory_path() / "sluice-captures-XXXXXX").string()) {
  EXPECT_NE(mkdtemp(path_.data()), nullptr);
}

ControlClient::TemporaryDirectory::~TemporaryDirectory() { std::filesystem::remove_all(path_); }

ControlClient::ControlClient(uint32_t workers, const ProcessLimits& limits, bool captures)
    : wakeup_(loop_,
              [this] {
                control_->HandleEvents();
                loop_.Stop();
              }),
      timeout_(loop_,
               [this](Timestamp) {
                 timed_out_ = true;
                 loop_.Stop();
               }),
      control_(std::make_unique<ControlPlane>(ControlPlane::Options{
          .workers = workers,
          .limits = limits,
          .capture_directory =
              captures ? Captures::OpenDirectory(captures_.path()).value() : worker::FileDescriptor(),
          .dtls = Dtls(),
          .wake = [this] { wakeup_.Notify(); },
          .notify = [this](const std::string& line) { HandleNotification(line); },
          .notify_packet =
              [this](const std::string& line) {
                HandleNotification(line);
                return uint64_t{0};
              },
          .close = [this] { closed_ = true; },
      })) {}

void ControlClient::HandleNotification(const std::string& line) {
  json notification = json::parse(line);
  EXPECT_EQ(notification["jsonrpc"], "2.0");
  EXPECT_FALSE(notification.contains("id"));
  EXPECT_EQ(Joined(ApiDocument::Get().CheckNotification(notification)), "") << line;
  notifications_.push_back(std::move(notification));
}

bool ControlClient::RunUntil(const std::function<bool()>& condition) {
  timed_out_ = false;
  timeout_.ArmAt(worker::MonotonicNow() + kPatience);
  while (!condition() && !timed_out_) loop_.Run();
  timeout_.Cancel();
  EXPECT_FALSE(timed_out_);
  return !timed_out_;
}

bool ControlClient::AskUntil(const std::function<bool()>& condition) {
  const Timestamp deadline = worker::MonotonicNow() + kPatience;
  while (!condition()) {
    if (worker::MonotonicNow() < deadline) continue;
    ADD_FAILURE() << "it did not come about";
    return false;
  }
  return true;
}

std::optional<json> ControlClient::Answer(std::string_view line) {
  std::optional<json> answer;
  control_->HandleLine(line, [&](const std::string& text) {
    EXPECT_FALSE(answer.has_value()) << "answered twice";
    EXPECT_EQ(text.find('\n'), text.size() - 1);
    answer = json::parse(text);
  });
  RunUntil([&] { return !control_->busy(); });
  return answer;
}

std::vector<json> ControlClient::Answers(const std::vector<json>& requests) {
  std::vector<json> answers(requests.size());
  for (size_t i = 0; i < requests.size(); ++i) {
    control_->HandleLine(requests[i].dump(),
                         [&answers, i](const std::string& text) { answers[i] = json::parse(text); });
  }
  RunUntil([&] { return !control_->busy(); });
  return answers;
}

json ControlClient::Call(std::string_view method, json params) {
  json request = {{"jsonrpc", "2.0"}, {"id", ++last_id_}, {"method", method}, {"params", std::move(params)}};
  json answer = Answer(request.dump()).value_or(json::object());
  EXPECT_EQ(answer["id"], last_id_);
  if (!answer.contains("result")) {
    ADD_FAILURE() << request << "\nwas answered with\n" << answer;
    return json::object();
  }
  EXPECT_EQ(Joined(ApiDocument::Get().CheckResult(method, answer["result"])), "") << method;
  return answer["result"];
}

Refusal ControlClient::Refused(std::string_view method, json params) {
  json request = {{"jsonrpc", "2.0"}, {"id", ++last_id_}, {"method", method}, {"params", std::move(params)}};
  json answer = Answer(request.dump()).value_or(json::object());
  EXPECT_EQ(answer["id"], last_id_);
  if (!answer.contains("error")) {
    ADD_FAILURE() << request << "\nwas answered with\n" << answer;
    return {};
  }
  const json& error = answer["error"];
  EXPECT_FALSE(error["message"].get<std::string>().empty());
  return {error["data"]["reason"], error["data"].value("path", ""), error["code"]};
}

std::vector<std::string> ControlClient::TakeNotifications() {
  std::vector<std::string> taken;
  for (; notifications_taken_ < notifications_.size(); ++notifications_taken_) {
    const json& notification = notifications_[notifications_taken_];
    const json& params = notification["params"];
    if (params.contains("score")) continue;
    json id;
    for (const char* field : {"rtpObserverId", "consumerId", "dataConsumerId", "transportId"}) {
      if (id.is_null() && params.contains(field)) id = params[field];
    }
    taken.push_back(notification["method"].get<std::string>() + " " + id.get<std::string>());
  }
  return taken;
}

json ControlClient::CreateTransport(const std::string& id, const std::string& router) {
  return Call("webRtcTransport.create", {{"routerId", router},
                                         {"transportId", id},
                                         {"listenInfos", {LoopbackListenInfo()}},
                                         {"enableSctp", true}});
}

json ControlClient::CreatePipeTransport(const std::string& id, const json& more) {
  json params = {{"routerId", "router-1"}, {"transportId", id}, {"listenInfo", LoopbackListenInfo()}};
  params.update(more);
  return Call("pipeTransport.create", std::move(params));
}

json ControlClient::CreatePlainTransport(const std::string& id, const json& more) {
  json params = {{"routerId", "router-1"}, {"transportId", id}, {"listenInfo", LoopbackListenInfo()}};
  params.update(more);
  return Call("plainTransport.create", std::move(params));
}

void ControlClient::CreateExampleObjects() {
  Call("router.create", {{"routerId", "router-1"}, {"mediaCodecs", ChromiumFixture("mediaCodecs")}});
  Call("webRtcServer.create",
       {{"webRtcServerId", "webRtcServer-1"}, {"listenInfos", json::array({LoopbackListenInfo()})}});
  CreateTransport("transport-1");
  json producer = ApiDocument::Get().Example("producer.create");
  producer["producerId"] = "producer-1";
  producer["rtpParameters"]["mid"] = "0";
  producer["rtpParameters"]["encodings"][0]["ssrc"] = 1'000'001;
  Call("producer.create", std::move(producer));
  json consumer = ApiDocument::Get().Example("consumer.create");
  consumer["consumerId"] = "consumer-1";
  Call("consumer.create", std::move(consumer));
  Call("audioLevelObserver.create", {{"routerId", "router-1"}, {"rtpObserverId", "rtpObserver-1"}});
  json data_producer = ApiDocument::Get().Example("dataProducer.create");
  data_producer["dataProducerId"] = "dataProducer-1";
  data_producer["sctpStreamParameters"]["streamId"] = 0;
  Call("dataProducer.create", std::move(data_producer));
  json data_consumer = ApiDocument::Get().Example("dataConsumer.create");
  data_consumer["dataConsumerId"] = "dataConsumer-1";
  Call("dataConsumer.create", std::move(data_consumer));
}

void ControlClient::CreateDirectObjects() {
  Call("directTransport.create", {{"routerId", "router-1"}, {"transportId", "direct-1"}});
  Call("producer.create",
       {{"transportId", "direct-1"},
        {"producerId", "producer-direct"},
        {"kind", "audio"},
        {"rtpParameters",
         {{"codecs",
           {{{"mimeType", "audio/opus"}, {"payloadType", 111}, {"clockRate", 48000}, {"channels", 2}}}},
          {"encodings", {{{"ssrc", 0x12345678}}}}}}});
  Call("dataProducer.create", {{"transportId", "direct-1"}, {"dataProducerId", "dataProducer-direct"}});
  Call("dataConsumer.create", {{"transportId", "direct-1"},
                               {"dataConsumerId", "dataConsumer-direct"},
                               {"dataProducerId", "dataProducer-direct"}});
}

json LoopbackListenInfo(const json& more) {
  json info = {{"protocol", "udp"}, {"ip", "127.0.0.1"}};
  info.update(more);
  return info;
}

const json& ChromiumFixture(std::string_view member) {
  static const json fixture = [] {
    std::ifstream in(SLUICE_SOURCE_DIR "/tests/api/ortc/fixtures/negotiation.json");
    return json::parse(in);
  }();
  return fixture.at(std::string(member));
}

const json& ChromiumCase(std::string_view name) {
  for (const json& scenario : ChromiumFixture("cases")) {
    if (scenario["name"] == name) return scenario;
  }
  ADD_FAILURE() << "no scenario " << name;
  static const json none;
  return none;
}

}  // namespace sluice::api
