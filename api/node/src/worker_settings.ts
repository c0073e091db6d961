import { checkAppData, type AppData } from './app_data.js';

export type WorkerLogLevel = 'debug' | 'warn' | 'error' | 'none';

export type WorkerLogTag =
  | 'info'
  | 'ice'
  | 'dtls'
  | 'rtp'
  | 'srtp'
  | 'rtcp'
  | 'rtx'
  | 'bwe'
  | 'score'
  | 'simulcast'
  | 'svc'
  | 'sctp'
  | 'message';

export type WorkerSettings<WorkerAppData extends AppData = AppData> = {
  /** How much the process logs. Default 'error'. */
  logLevel?: WorkerLogLevel;

  /** What the process logs about. */
  logTags?: WorkerLogTag[];

  /**
   * Lowest port of listenInfos without `port` and `portRange`. Default 10000.
   * @deprecated Use `portRange` of the listenInfo.
   */
  rtcMinPort?: number;

  /**
   * Highest port of listenInfos without `port` and `portRange`. Default 59999.
   * @deprecated Use `portRange` of the listenInfo.
   */
  rtcMaxPort?: number;

  /** The DTLS certificate (PEM). Without it the process makes one. */
  dtlsCertificateFile?: string;

  /** The private key of the DTLS certificate (PEM). */
  dtlsPrivateKeyFile?: string;

  /** The sluice binary, instead of the one of SLUICE_BIN and the default places. */
  workerBin?: string;

  /** Ignored: there is no libwebrtc inside. Here so that existing settings are accepted. */
  libwebrtcFieldTrials?: string;

  /** Number of threads that carry media. Default: one a core. */
  workers?: number;

  /** Where the files of captures go. Without it there are none. */
  captureDirectory?: string;

  /** What the process takes on at most. */
  limits?: WorkerLimits;

  /** Data of the application. */
  appData?: WorkerAppData;
};

/** Whole numbers; what is not given has the default that `sluice --help` tells. */
export type WorkerLimits = {
  /** Transports of the process. */
  transports?: number;
  /** Paths of a WebRTC transport that its peer may have confirmed at a time. */
  icePaths?: number;
  /** Answers a second of a WebRTC transport to STUN requests that are not authenticated. */
  stunErrors?: number;
  /** Bytes of memory that each thread uses for packets that may have to be sent again. */
  historyBytes?: number;
  /** TCP connections of a WebRTC transport. */
  tcpConnections?: number;
  /** TCP connections to a WebRtcServer's port, on each thread, that have not said whose they are. */
  tcpUnclaimed?: number;
  /** Bytes that wait to be written to a TCP connection. */
  tcpQueue?: number;
  /** Packets of a TCP connection before a valid STUN request. */
  tcpAttempts?: number;
  /** Captures at a time. */
  captures?: number;
  /** Bytes of a capture's file. */
  captureBytes?: number;
  /** Seconds that a capture takes. */
  captureSeconds?: number;
};

/** The settings that a running worker can change. */
export type WorkerUpdateableSettings<T extends AppData = AppData> = Pick<
  WorkerSettings<T>,
  'logLevel' | 'logTags'
>;

const limitFlags: Record<keyof WorkerLimits, string> = {
  transports: 'max_transports',
  icePaths: 'max_ice_paths',
  stunErrors: 'max_stun_errors',
  historyBytes: 'max_history_bytes',
  tcpConnections: 'max_tcp_connections',
  tcpUnclaimed: 'max_tcp_unclaimed',
  tcpQueue: 'max_tcp_queue',
  tcpAttempts: 'max_tcp_attempts',
  captures: 'max_captures',
  captureBytes: 'max_capture_bytes',
  captureSeconds: 'max_capture_seconds',
};

const defaultPorts = { min: 10000, max: 59999 };

/** Throws TypeError for what the process itself would not see. */
export function checkWorkerSettings(settings: WorkerSettings): void {
  const { appData, workers, logTags, limits = {} } = settings;

  checkAppData(appData);
  defaultPortRange(settings);

  if (workers !== undefined && (!Number.isInteger(workers) || workers < 1)) {
    throw new TypeError('if given, workers must be a positive integer');
  }

  for (const [name, limit] of Object.entries(limits)) {
    if (!(name in limitFlags)) throw new TypeError(`there is no limit "${name}"`);
    if (limit !== undefined && !Number.isInteger(limit)) {
      throw new TypeError(`if given, limits.${name} must be an integer`);
    }
  }

  if (logTags !== undefined && !Array.isArray(logTags)) {
    throw new TypeError('if given, logTags must be an array');
  }
}

/** The range of rtcMinPort and rtcMaxPort; undefined if neither is given. */
export function defaultPortRange(
  settings: WorkerSettings,
): { min: number; max: number } | undefined {
  const { rtcMinPort, rtcMaxPort } = settings;

  if (rtcMinPort === undefined && rtcMaxPort === undefined) return undefined;

  const min = rtcMinPort ?? defaultPorts.min;
  const max = rtcMaxPort ?? defaultPorts.max;
  const isPort = (port: number): boolean => Number.isInteger(port) && port >= 0 && port <= 65535;

  if (!isPort(min) || !isPort(max) || min > max) {
    throw new TypeError(`invalid rtcMinPort ${min} or rtcMaxPort ${max}`);
  }

  return { min, max };
}

/** The command line of the process. */
export function processFlags(settings: WorkerSettings): string[] {
  const values: Record<string, string | number | undefined> = {
    workers: settings.workers,
    log_level: settings.logLevel ?? 'error',
    log_tags: settings.logTags?.join(',') || undefined,
    dtls_certificate_file: settings.dtlsCertificateFile,
    dtls_private_key_file: settings.dtlsPrivateKeyFile,
    capture_directory: settings.captureDirectory,
  };

  for (const [name, limit] of Object.entries(settings.limits ?? {})) {
    values[limitFlags[name as keyof WorkerLimits]] = limit;
  }

  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `--${name}=${value}`);
}
