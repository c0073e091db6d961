// Drops UDP packets that arrive on loopback. Only inside the network namespace that tests/e2e/run makes.
import { execFileSync } from 'node:child_process';

export const canLosePackets = process.env.SLUICE_E2E_NETNS === '1';

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

function nft(command) {
  return execFileSync('nft', [command], { encoding: 'utf8', env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } });
}
