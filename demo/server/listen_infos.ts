// Which addresses a WebRTC transport listens on.
import { networkInterfaces } from 'node:os';
import type { types } from 'sluice';
import type { Config } from './config.js';

type Interfaces = ReturnType<typeof networkInterfaces>;

/** 127.0.0.1 for a browser on this machine, then every address that others can reach it by. */
export function localAddresses(interfaces: Interfaces = networkInterfaces()): string[] {
  const reachable = Object.values(interfaces)
    .flatMap((entries) => entries ?? [])
    .filter((entry) => !entry.internal && !isLinkLocal(entry.address))
    .map((entry) => entry.address);
  return [...new Set(['127.0.0.1', ...reachable])];
}

function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address) || address.startsWith('169.254.');
}

export function listenInfos(
  config: Pick<Config, 'listenIp' | 'announcedAddress' | 'portRange'>,
  addresses: string[] = localAddresses(),
): types.TransportListenInfo[] {
  const ips = config.listenIp === undefined ? addresses : [config.listenIp];
  return ips.map((ip) => ({
    protocol: 'udp',
    ip,
    ...(config.announcedAddress !== undefined && { announcedAddress: config.announcedAddress }),
    ...(config.portRange !== undefined && { portRange: config.portRange }),
  }));
}
