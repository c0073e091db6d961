// What comes through a pipe with our PPID: it is refused, or comes out as it went in.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "router/data/piped_message.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::router;
  auto payload = std::make_shared<const std::vector<uint8_t>>(data, data + size);
  std::optional<DataMessage> message = FromPiped(kPipedPpid, payload);
  if (!message) return 0;
  const DataMessage piped = ToPiped(*message);
  std::optional<DataMessage> again = FromPiped(piped.ppid, piped.payload);
  if (!again || again->ppid != message->ppid || *again->payload != *message->payload ||
      again->subchannels != message->subchannels || again->required != message->required ||
      again->ignored != message->ignored) {
    std::abort();
  }
  return 0;
}
