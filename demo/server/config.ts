// Settings of the room server, from flags (--port 3000) and the environment (PORT=3000); flags win.
import { parseArgs } from 'node:util';
import type { TurnService } from './turn_service.js';

export interface Config {
  /** HTTP(S) and WebSocket port; 0 lets the system choose. */
  port: number;
  /** Address that HTTP listens on; undefined means all. */
  host: string | undefined;
  /** The only address for media; undefined means 127.0.0.1 and every address of this machine. */
  listenIp: string | undefined;
  /** What clients are told in place of listenIp, when it is behind a NAT. */
  announcedAddress: string | undefined;
  /** The one UDP and TCP port for media of everybody; undefined leaves the choice to sluice. */
  rtcPort: number | undefined;
  /** Where sluice chooses from. */
  portRange: { min: number; max: number } | undefined;
  /** A TURN service for pages that cannot reach us directly; undefined means there is none. */
  turn: TurnService | undefined;
  /** Worker threads of the sluice process; undefined means one for each core. */
  workers: number | undefined;
  logLevel: 'debug' | 'warn' | 'error' | 'none';
  /** PEM files; with both the server speaks HTTPS, which browsers want for cameras outside localhost. */
  tlsCert: string | undefined;
  tlsKey: string | undefined;
}

/** A setting that does not make sense; its message is meant for a person. */
export class ConfigError extends Error {}

const FLAGS = [
  'port', 'host', 'listen-ip', 'announced-address', 'rtc-port', 'rtc-ports', 'turn-urls', 'turn-secret', 'turn-ttl', 'workers', 'log-level',
  'tls-cert', 'tls-key',
] as const;

export const USAGE = `sluice demo: a video room server

  --port N               HTTP and WebSocket port                 PORT               3000
  --host ADDRESS         address for HTTP                        HOST               all
  --listen-ip ADDRESS    address for media                       LISTEN_IP          all of this machine
  --announced-address A  what clients are told instead           ANNOUNCED_ADDRESS
  --rtc-port N           UDP and TCP port for media of everybody RTC_PORT           chosen by sluice
  --rtc-ports MIN-MAX    or where sluice chooses it from         RTC_PORTS
  --turn-urls URL,URL    TURN servers for pages behind firewalls TURN_URLS          none
  --turn-secret SECRET   what they share with us (better in the  TURN_SECRET
                         environment: flags show in ps)
  --turn-ttl SECONDS     how long a page's credentials hold      TURN_TTL           43200
  --workers N            worker threads of sluice                WORKERS            one for each core
  --log-level LEVEL      debug, warn, error or none              LOG_LEVEL          error
  --tls-cert FILE        PEM certificate: serve HTTPS            TLS_CERT
  --tls-key FILE         its private key                         TLS_KEY
  SLUICE_BIN names the sluice binary.
`;

type Environment = Record<string, string | undefined>;
type Flag = (typeof FLAGS)[number];

function settings(argv: string[], env: Environment): (flag: Flag) => string | undefined {
  const options = Object.fromEntries(FLAGS.map((flag) => [flag, { type: 'string' as const }]));
  let values: Record<string, unknown>;
  try {
    values = parseArgs({ args: argv, options, strict: true }).values;
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
  return (flag) => {
    const value = values[flag] ?? env[flag.toUpperCase().replaceAll('-', '_')];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
}

function integer(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max)) {
    throw new ConfigError(`${name} must be a whole number from ${min} to ${max}, not "${text}"`);
  }
  return value;
}

function portRange(text: string): { min: number; max: number } {
  const [min, max] = text.split('-').map((part) => integer('rtc-ports', part, 1024, 65535));
  if (min === undefined || max === undefined || min > max) {
    throw new ConfigError(`rtc-ports must look like 40000-49999, not "${text}"`);
  }
  return { min, max };
}

/** turn:host:port or turns:host:port, with ?transport=udp or tcp (RFC 7065). */
const TURN_URL = /^turns?:[^\s,?@]+(\?transport=(udp|tcp))?$/;

function turnService(get: (flag: Flag) => string | undefined): TurnService | undefined {
  const urls = get('turn-urls')?.split(',').map((url) => url.trim());
  const secret = get('turn-secret');
  const ttlSeconds = integer('turn-ttl', get('turn-ttl') ?? '43200', 1, 31_536_000);
  if (urls === undefined && secret === undefined) {
    return undefined;
  }
  if (urls === undefined || secret === undefined) {
    throw new ConfigError('turn-urls and turn-secret go together');
  }
  const wrong = urls.find((url) => !TURN_URL.test(url));
  if (wrong !== undefined) {
    throw new ConfigError(`turn-urls must look like turn:turn.example:3478?transport=udp, not "${wrong}"`);
  }
  return { urls, secret, ttlSeconds };
}

function logLevel(text: string): Config['logLevel'] {
  if (text !== 'debug' && text !== 'warn' && text !== 'error' && text !== 'none') {
    throw new ConfigError(`log-level must be debug, warn, error or none, not "${text}"`);
  }
  return text;
}

export function readConfig(argv: string[], env: Environment): Config {
  const get = settings(argv, env);
  const workers = get('workers');
  const rtcPort = get('rtc-port');
  const range = get('rtc-ports');
  const config: Config = {
    port: integer('port', get('port') ?? '3000', 0, 65535),
    host: get('host'),
    listenIp: get('listen-ip'),
    announcedAddress: get('announced-address'),
    rtcPort: rtcPort === undefined ? undefined : integer('rtc-port', rtcPort, 1, 65535),
    portRange: range === undefined ? undefined : portRange(range),
    turn: turnService(get),
    workers: workers === undefined ? undefined : integer('workers', workers, 1, 256),
    logLevel: logLevel(get('log-level') ?? 'error'),
    tlsCert: get('tls-cert'),
    tlsKey: get('tls-key'),
  };
  if ((config.tlsCert === undefined) !== (config.tlsKey === undefined)) {
    throw new ConfigError('tls-cert and tls-key go together');
  }
  if (config.rtcPort !== undefined && config.portRange !== undefined) {
    throw new ConfigError('rtc-port and rtc-ports exclude each other');
  }
  if (config.announcedAddress !== undefined && config.listenIp === undefined) {
    throw new ConfigError('announced-address needs listen-ip: it stands in for that one address');
  }
  return config;
}
