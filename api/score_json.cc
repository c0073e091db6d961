#include "api/score_json.h"

#include <vector>

namespace sluice::api {
namespace {

using nlohmann::json;

// By encoding; 0 for those that have not arrived.
std::vector<int> ScoresOf(const Producer& producer) {
  std::vector<int> scores(producer.parameters.rtp_parameters.encodings.size());
  for (const router::ProducerScored::Stream& stream : producer.scores) {
    if (stream.encoding < scores.size()) scores[stream.encoding] = stream.score;
  }
  return scores;
}

// Of the encoding that is forwarded now; 0: none is.
int ForwardedScore(const Consumer& consumer, const std::vector<int>& scores) {
  if (consumer.producer->parameters.type != ProducerType::kSimulcast) return scores.front();
  return consumer.current_layers ? scores[consumer.current_layers->spatial] : 0;
}

}  // namespace

json ProducerScoreJson(const Producer& producer) {
  json scores = json::array();
  for (const router::ProducerScored::Stream& stream : producer.scores) {
    json score = {{"encodingIdx", stream.encoding}, {"ssrc", stream.ssrc.value()}, {"score", stream.score}};
    const RtpEncodingParameters& encoding = producer.parameters.rtp_parameters.encodings[stream.encoding];
    if (encoding.rid) score["rid"] = *encoding.rid;
    scores.push_back(std::move(score));
  }
  return scores;
}

json ConsumerScoreJson(const Consumer& consumer) {
  std::vector<int> scores = ScoresOf(*consumer.producer);
  if (consumer.pipe) return {{"score", 10}, {"producerScore", 10}, {"producerScores", scores}};
  return {{"score", consumer.score},
          {"producerScore", ForwardedScore(consumer, scores)},
          {"producerScores", scores}};
}

}  // namespace sluice::api
