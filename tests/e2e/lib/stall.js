// Cuts off single UDP ports, as if the client there had gone to sleep. Only inside the namespace of tests/e2e/run.
import { nft } from './network.js';

export function stallPorts(ports) {
  const set = ports.join(', ');
  nft('add table inet sluice_stall');
  nft('add chain inet sluice_stall arriving { type filter hook input priority 0; }');
  nft(`add rule inet sluice_stall arriving udp dport { ${set} } drop`);
  nft(`add rule inet sluice_stall arriving udp sport { ${set} } drop`);
}

export function endStall() {
  nft('delete table inet sluice_stall');
}
