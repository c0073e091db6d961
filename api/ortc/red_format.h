// The format parameter of RED (RFC 2198 §5): a=fmtp:63 111/111 names the payload types of the blocks. It has
// no name, so among parameters its name is empty: {"": "111/111"}.
#pragma once

#include <optional>
#include <vector>

#include "api/ortc/codec.h"
#include "rtp/ids.h"

namespace sluice::api {

// Empty: it has none (SDP parsers may lose it). nullopt: it is malformed.
std::optional<std::vector<PayloadType>> RedBlocks(const CodecDescription& red);
void SetRedBlocks(const std::vector<PayloadType>& blocks, CodecDescription* red);

// Whether RED of this description can carry blocks of `media` (clock rate and channels are the same).
bool CanCarry(const CodecDescription& red, const CodecDescription& media);

}  // namespace sluice::api
