import { withoutNulls } from './nulls.js';
import type {
  TransportListenInfo,
  TransportListenIp,
  TransportPortRange,
  TransportProtocol,
} from './transport_types.js';

/** Which protocols a transport listens on, and which it prefers. */
export type ListenProtocols = {
  enableUdp: boolean;
  enableTcp: boolean;
  preferUdp: boolean;
  preferTcp: boolean;
};

/**
 * The deprecated `listenIps` and `port` as listenInfos: every address once for
 * each enabled protocol, UDP first unless only TCP is preferred.
 */
export function listenIpsToInfos(
  listenIps: (TransportListenIp | string)[],
  port: number | undefined,
  { enableUdp, enableTcp, preferUdp, preferTcp }: ListenProtocols,
): TransportListenInfo[] {
  const protocols: TransportProtocol[] = [];

  if (enableUdp) protocols.push('udp');
  if (enableTcp) protocols.push('tcp');
  if (preferTcp && !preferUdp) protocols.reverse();

  return listenIps.flatMap(listenIp => {
    const { ip, announcedIp } = typeof listenIp === 'string' ? { ip: listenIp } : listenIp;

    return protocols.map(protocol => ({ protocol, ip, announcedAddress: announcedIp, port }));
  });
}

/** The listenInfo of a transport with one, or the deprecated `listenIp` and `port` as one. */
export function listenInfoOf({
  listenInfo,
  listenIp,
  port,
}: {
  listenInfo?: TransportListenInfo;
  listenIp?: TransportListenIp | string;
  port?: number;
}): TransportListenInfo {
  if (!listenInfo === !listenIp) {
    throw new TypeError('one of listenInfo and listenIp must be given');
  }

  if (listenInfo) return listenInfo;

  const { ip, announcedIp } = typeof listenIp === 'string' ? { ip: listenIp } : listenIp!;

  return withoutNulls({ protocol: 'udp', ip, announcedAddress: announcedIp, port });
}

/**
 * A listenInfo as the process wants it: known fields only, no null, no
 * deprecated ones, and either a port or a range of ports.
 */
export function normalizeListenInfo(
  listenInfo: TransportListenInfo,
  defaultPortRange: TransportPortRange | undefined,
): TransportListenInfo {
  const { ipv6Only, udpReusePort } = listenInfo.flags ?? {};
  const normalized: TransportListenInfo = {
    protocol: listenInfo.protocol,
    ip: listenInfo.ip,
    announcedAddress: listenInfo.announcedAddress ?? listenInfo.announcedIp,
    exposeInternalIp: listenInfo.exposeInternalIp,
    ...normalizePort(listenInfo, defaultPortRange),
    flags: listenInfo.flags && withoutNulls({ ipv6Only, udpReusePort }),
    sendBufferSize: listenInfo.sendBufferSize,
    recvBufferSize: listenInfo.recvBufferSize,
  };

  return withoutNulls(normalized);
}

/** A range from 0 to 0, and port 0, stand for none. */
function normalizePort(
  { port, portRange }: TransportListenInfo,
  defaultPortRange: TransportPortRange | undefined,
): Pick<TransportListenInfo, 'port' | 'portRange'> {
  if (portRange && (portRange.min || portRange.max)) {
    return { portRange: { min: portRange.min, max: portRange.max } };
  }

  return port ? { port } : { portRange: defaultPortRange };
}
