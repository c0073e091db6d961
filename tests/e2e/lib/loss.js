// Drops UDP packets that arrive on loopback. Only inside the network namespace that tests/e2e/run makes.
import { hasOwnNetwork, nft } from './network.js';

export const canLosePackets = hasOwnNetwork;

export function losePackets(percent) {
  nft('add table inet sluice_loss');
  nft('add chain inet sluice_loss arriving { type filter hook input priority 0; }');
  nft(`add rule inet sluice_loss arriving meta l4proto udp numgen random mod 100 < ${percent} counter drop`);
}

/** How many packets were dropped. */
export function stopLosingPackets() {
  const rules = nft('list table inet sluice_loss');
  nft('delete table inet sluice_loss');
  return Number(/counter packets (\d+)/.exec(rules)?.[1]);
}
