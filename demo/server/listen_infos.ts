// Where the one WebRTC server of all rooms listens.
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

/** UDP and, for networks that let nothing else through, TCP. */
export function listenInfos(
  config: Pick<Config, 'listenIp' | 'announcedAddress' | 'rtcPort' | 'portRange'>,
  addresses: string[] = localAddresses(),
): types.TransportListenInfo[] {
  const { listenIp, announcedAddress, rtcPort: port, portRange } = config;
  const ips = listenIp === undefined ? addresses : [listenIp];
  const rest = {
    ...(announcedAddress !== undefined && { announcedAddress }),
    ...(port !== undefined && { port }),
    ...(portRange !== undefined && { portRange }),
  };
  return (['udp', 'tcp'] as const).flatMap((protocol) => ips.map((ip) => ({ protocol, ip, ...rest })));
}
