import type { AppData } from './app_data.js';
import type { Either } from './either.js';
import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import type { SctpOptions, SctpState } from './sctp_parameters.js';
import type {
  BaseTransportDump,
  BaseTransportStats,
  TransportEvents,
  TransportListenInfo,
  TransportListenIp,
  TransportObserverEvents,
  TransportProtocol,
  TransportTuple,
} from './transport_types.js';
import type { WebRtcServer } from './web_rtc_server.js';

export type WebRtcTransportOptions<WebRtcTransportAppData extends AppData = AppData> =
  WebRtcTransportOptionsBase<WebRtcTransportAppData> & WebRtcTransportListen;

type WebRtcTransportOptionsBase<WebRtcTransportAppData> = SctpOptions & {
  /** Listen in UDP. Default true. */
  enableUdp?: boolean;
  /** Listen in TCP. Default true with a webRtcServer, else false. */
  enableTcp?: boolean;
  /** Give UDP candidates the higher priority. Default false. */
  preferUdp?: boolean;
  /** Give TCP candidates the higher priority. Default false. */
  preferTcp?: boolean;
  /** In seconds (RFC 7675); 0 switches it off. Default 30. */
  iceConsentTimeout?: number;
  /** In bit/s. Default 600000. */
  initialAvailableOutgoingBitrate?: number;
  appData?: WebRtcTransportAppData;
};

type WebRtcTransportListen = Either<
  Either<
    { listenInfos: TransportListenInfo[] },
    {
      /** In order of preference. */
      listenIps: (TransportListenIp | string)[];
      /** The port of all of them. */
      port?: number;
    }
  >,
  {
    /** Whose ports to use. */
    webRtcServer: WebRtcServer;
  }
>;

export type IceParameters = {
  usernameFragment: string;
  password: string;
  iceLite?: boolean;
};

export type IceCandidate = {
  foundation: string;
  priority: number;
  ip: string;
  address: string;
  protocol: TransportProtocol;
  port: number;
  type: IceCandidateType;
  tcpType?: IceCandidateTcpType;
};

export type DtlsParameters = {
  /** Default 'auto'. */
  role?: DtlsRole;
  fingerprints: DtlsFingerprint[];
};

export type FingerprintAlgorithm = 'sha-1' | 'sha-224' | 'sha-256' | 'sha-384' | 'sha-512';

/** Fingerprint of a certificate, as in `a=fingerprint` (RFC 8122). */
export type DtlsFingerprint = {
  algorithm: FingerprintAlgorithm;
  value: string;
};

export type IceRole = 'controlled' | 'controlling';
export type IceState = 'new' | 'connected' | 'completed' | 'disconnected' | 'closed';
export type IceCandidateType = 'host';
export type IceCandidateTcpType = 'passive';
export type DtlsRole = 'auto' | 'client' | 'server';
export type DtlsState = 'new' | 'connecting' | 'connected' | 'failed' | 'closed';

export type WebRtcTransportDump = BaseTransportDump & {
  iceRole: 'controlled';
  iceParameters: IceParameters;
  iceCandidates: IceCandidate[];
  iceState: IceState;
  iceSelectedTuple?: TransportTuple;
  dtlsParameters: DtlsParameters;
  dtlsState: DtlsState;
  dtlsRemoteCert?: string;
};

export type WebRtcTransportStat = BaseTransportStats & {
  type: string;
  iceRole: string;
  iceState: IceState;
  iceSelectedTuple?: TransportTuple;
  dtlsState: DtlsState;
};

type WebRtcTransportStateEvents = {
  icestatechange: [IceState];
  iceselectedtuplechange: [TransportTuple];
  dtlsstatechange: [DtlsState];
  sctpstatechange: [SctpState];
};

export type WebRtcTransportEvents = TransportEvents & WebRtcTransportStateEvents;
export type WebRtcTransportObserverEvents = TransportObserverEvents & WebRtcTransportStateEvents;
export type WebRtcTransportObserver = EnhancedEventEmitter<WebRtcTransportObserverEvents>;
