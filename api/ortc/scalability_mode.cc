#include "api/ortc/scalability_mode.h"

#include "api/json_rpc/text.h"

namespace sluice::api {
namespace {

// Takes `letter` and a number from 1 to 99 without leading zero off the front; 0: they are not there.
uint8_t TakeCount(char letter, std::string_view* text) {
  if (text->size() < 2 || text->front() != letter) return 0;
  uint8_t count = 0;
  size_t i = 1;
  for (; i < text->size() && i <= 2 && IsDigit((*text)[i]); ++i) {
    count = static_cast<uint8_t>(count * 10 + ((*text)[i] - '0'));
    if (count == 0) return 0;
  }
  text->remove_prefix(i);
  return count;
}

}  // namespace

ScalabilityMode ParseScalabilityMode(std::string_view text) {
  ScalabilityMode mode;
  mode.spatial_layers = TakeCount(text.starts_with('S') ? 'S' : 'L', &text);
  mode.temporal_layers = mode.spatial_layers == 0 ? uint8_t{0} : TakeCount('T', &text);
  if (mode.temporal_layers == 0) return ScalabilityMode{};
  mode.ksvc = text.starts_with("_KEY");
  return mode;
}

std::string MakeScalabilityMode(size_t spatial_layers, size_t temporal_layers) {
  return Concat("L", std::to_string(spatial_layers), "T", std::to_string(temporal_layers));
}

}  // namespace sluice::api
