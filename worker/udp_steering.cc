#include "worker/udp_steering.h"

#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

namespace sluice::worker {
namespace {

// The program writes the same on its stack: all of it is compared, so all of it is set.
struct PeerKey {
  std::array<uint8_t, 16> address{};  // IPv4: the first four.
  uint16_t port = 0;                  // Network order, as in the UDP header.
  uint16_t is_v6 = 0;
  uint32_t zero = 0;
};
static_assert(sizeof(PeerKey) == 24);

PeerKey KeyOf(const transports::Endpoint& remote) {
  return {.address = remote.address.octets(),
          .port = htons(remote.port),
          .is_v6 = remote.address.is_v6() ? uint16_t{1} : uint16_t{0}};
}

int Bpf(int command, bpf_attr attributes) {
  return static_cast<int>(syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

uint64_t AsAddress(const void* pointer) { return reinterpret_cast<uint64_t>(pointer); }

FileDescriptor CreateMap(bpf_map_type type, uint32_t key_size, uint32_t value_size, uint32_t entries,
                         uint32_t flags) {
  bpf_attr attributes{};
  attributes.map_type = type;
  attributes.key_size = key_size;
  attributes.value_size = value_size;
  attributes.max_entries = entries;
  attributes.map_flags = flags;
  return FileDescriptor(Bpf(BPF_MAP_CREATE, attributes));
}

bool UpdateElement(int map, const void* key, const void* value) {
  bpf_attr attributes{};
  attributes.map_fd = static_cast<uint32_t>(map);
  attributes.key = AsAddress(key);
  attributes.value = AsAddress(value);
  attributes.flags = BPF_ANY;
  return Bpf(BPF_MAP_UPDATE_ELEM, attributes) == 0;
}

// --- A very small assembler (Documentation/bpf/standardization/instruction-set.rst).

using Register = uint8_t;

bpf_insn Instruction(uint8_t code, Register destination, Register source, int16_t offset, int32_t immediate) {
  bpf_insn instruction{};
  instruction.code = code;
  instruction.dst_reg = destination & 0xf;
  instruction.src_reg = source & 0xf;
  instruction.off = offset;
  instruction.imm = immediate;
  return instruction;
}
bpf_insn Move(Register to, Register from) { return Instruction(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0); }
bpf_insn Set(Register to, int32_t value) { return Instruction(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value); }
bpf_insn Add(Register to, int32_t value) { return Instruction(BPF_ALU64 | BPF_ADD | BPF_K, to, 0, 0, value); }
bpf_insn Load(uint8_t size, Register to, Register from, int16_t offset) {
  return Instruction(BPF_LDX | BPF_MEM | size, to, from, offset, 0);
}
bpf_insn Store(uint8_t size, Register to, int16_t offset, int32_t value) {
  return Instruction(BPF_ST | BPF_MEM | size, to, 0, offset, value);
}
bpf_insn Call(int32_t helper) { return Instruction(BPF_JMP | BPF_CALL, 0, 0, 0, helper); }
bpf_insn Exit() { return Instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0); }

// The instructions, and jumps to their end.
class Program {
 public:
  void Append(std::initializer_list<bpf_insn> instructions) {
    instructions_.insert(instructions_.end(), instructions);
  }
  void AppendMap(Register to, int map) {
    Append(
        {Instruction(BPF_LD | BPF_DW | BPF_IMM, to, BPF_PSEUDO_MAP_FD, 0, map), Instruction(0, 0, 0, 0, 0)});
  }
  // Skips `count` instructions if the comparison holds.
  void AppendSkip(uint8_t comparison, Register left, int32_t right, int16_t count) {
    Append({Instruction(BPF_JMP | BPF_K | comparison, left, 0, count, right)});
  }
  void AppendJumpToEnd(uint8_t comparison, Register left, int32_t right) {
    to_end_.push_back(instructions_.size());
    AppendSkip(comparison, left, right, 0);
  }
  // What follows is the end.
  void BindEnd() {
    for (size_t jump : to_end_) {
      instructions_[jump].off = static_cast<int16_t>(instructions_.size() - jump - 1);
    }
  }
  const std::vector<bpf_insn>& instructions() const { return instructions_; }

 private:
  std::vector<bpf_insn> instructions_;
  std::vector<size_t> to_end_;
};

constexpr int16_t kKey = -24;    // On the stack: a PeerKey,
constexpr int16_t kIndex = -28;  // and the index of a socket.
constexpr int16_t kPort = kKey + int16_t{offsetof(PeerKey, port)};
constexpr int16_t kIsV6 = kKey + int16_t{offsetof(PeerKey, is_v6)};

// r0 = bpf_skb_load_bytes_relative(r6, `offset` into the IP header, the key's address, `size`)
void AppendLoadSender(Program* program, int32_t offset, int32_t size) {
  program->Append({Move(BPF_REG_1, BPF_REG_6), Set(BPF_REG_2, offset), Move(BPF_REG_3, BPF_REG_10),
                   Add(BPF_REG_3, kKey), Set(BPF_REG_4, size), Set(BPF_REG_5, BPF_HDR_START_NET),
                   Call(BPF_FUNC_skb_load_bytes_relative)});
}

// Of a struct sk_reuseport_md in r1. Whatever goes wrong, the datagram passes, and the kernel's hash decides.
Program MakeProgram(int peers, int sockets) {
  constexpr int32_t kSourceOffsetV4 = 12;  // RFC 791 §3.1
  constexpr int32_t kSourceOffsetV6 = 8;   // RFC 8200 §3
  constexpr int16_t kLoadSenderLength = 7;
  Program program;
  program.Append({Move(BPF_REG_6, BPF_REG_1), Store(BPF_DW, BPF_REG_10, kKey, 0),
                  Store(BPF_DW, BPF_REG_10, kKey + 8, 0), Store(BPF_DW, BPF_REG_10, kKey + 16, 0),
                  Load(BPF_W, BPF_REG_7, BPF_REG_6, offsetof(sk_reuseport_md, eth_protocol))});
  // The address. r0 is not zero if neither loads it.
  program.Append({Set(BPF_REG_0, 1)});
  program.AppendSkip(BPF_JNE, BPF_REG_7, htons(ETH_P_IP), kLoadSenderLength);
  AppendLoadSender(&program, kSourceOffsetV4, 4);
  program.AppendSkip(BPF_JNE, BPF_REG_7, htons(ETH_P_IPV6), kLoadSenderLength + 1);
  AppendLoadSender(&program, kSourceOffsetV6, 16);
  program.Append({Store(BPF_H, BPF_REG_10, kIsV6, 1)});
  program.AppendJumpToEnd(BPF_JNE, BPF_REG_0, 0);
  // The port: the first field of the UDP header.
  program.Append({Move(BPF_REG_1, BPF_REG_6), Set(BPF_REG_2, 0), Move(BPF_REG_3, BPF_REG_10),
                  Add(BPF_REG_3, kPort), Set(BPF_REG_4, 2), Call(BPF_FUNC_skb_load_bytes)});
  program.AppendJumpToEnd(BPF_JNE, BPF_REG_0, 0);
  program.AppendMap(BPF_REG_1, peers);
  program.Append({Move(BPF_REG_2, BPF_REG_10), Add(BPF_REG_2, kKey), Call(BPF_FUNC_map_lookup_elem)});
  program.AppendJumpToEnd(BPF_JEQ, BPF_REG_0, 0);
  program.Append({Load(BPF_W, BPF_REG_1, BPF_REG_0, 0),
                  Instruction(BPF_STX | BPF_MEM | BPF_W, BPF_REG_10, BPF_REG_1, kIndex, 0),
                  Move(BPF_REG_1, BPF_REG_6)});
  program.AppendMap(BPF_REG_2, sockets);
  program.Append({Move(BPF_REG_3, BPF_REG_10), Add(BPF_REG_3, kIndex), Set(BPF_REG_4, 0),
                  Call(BPF_FUNC_sk_select_reuseport)});
  program.BindEnd();
  program.Append({Set(BPF_REG_0, SK_PASS), Exit()});
  return program;
}

FileDescriptor LoadProgram(const Program& program) {
  static constexpr char kLicense[] = "Apache-2.0";
  bpf_attr attributes{};
  attributes.prog_type = BPF_PROG_TYPE_SK_REUSEPORT;
  attributes.insns = AsAddress(program.instructions().data());
  attributes.insn_cnt = static_cast<uint32_t>(program.instructions().size());
  attributes.license = AsAddress(kLicense);
  return FileDescriptor(Bpf(BPF_PROG_LOAD, attributes));
}

}  // namespace

std::shared_ptr<UdpSteering> UdpSteering::Attach(const std::vector<UdpSocket>& group) {
  FileDescriptor peers =
      CreateMap(BPF_MAP_TYPE_HASH, sizeof(PeerKey), sizeof(uint32_t), kMaxPeers, BPF_F_NO_PREALLOC);
  FileDescriptor sockets = CreateMap(BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, sizeof(uint32_t), sizeof(uint64_t),
                                     static_cast<uint32_t>(group.size()), 0);
  if (!peers.is_open() || !sockets.is_open()) return nullptr;
  for (uint32_t i = 0; i < group.size(); ++i) {
    const uint64_t fd = static_cast<uint64_t>(group[i].fd());
    if (!UpdateElement(sockets.get(), &i, &fd)) return nullptr;
  }
  FileDescriptor program = LoadProgram(MakeProgram(peers.get(), sockets.get()));
  if (!program.is_open()) return nullptr;
  // Of one socket, but for the group.
  if (!SetSocketOption(group.front().fd(), SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, program.get()))
    return nullptr;
  return std::shared_ptr<UdpSteering>(new UdpSteering(std::move(peers), std::move(sockets)));
}

bool UdpSteering::Steer(const transports::Endpoint& remote, uint32_t socket) {
  const PeerKey key = KeyOf(remote);
  return UpdateElement(peers_.get(), &key, &socket);
}

void UdpSteering::Forget(const transports::Endpoint& remote) {
  const PeerKey key = KeyOf(remote);
  bpf_attr attributes{};
  attributes.map_fd = static_cast<uint32_t>(peers_.get());
  attributes.key = AsAddress(&key);
  Bpf(BPF_MAP_DELETE_ELEM, attributes);
}

}  // namespace sluice::worker
