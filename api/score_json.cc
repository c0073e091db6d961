#include "api/score_json.h"

#include <algorithm>
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
          {"producerScore", *std::max_element(scores.begin(), scores.end())},
          {"producerScores", scores}};
}

}  // namespace sluice::api
