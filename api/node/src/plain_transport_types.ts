import type { AppData } from './app_data.js';
import type { Either } from './either.js';
import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import type { SctpOptions, SctpState } from './sctp_parameters.js';
import type { SrtpCryptoSuite, SrtpParameters } from './srtp_parameters.js';
import type {
  BaseTransportDump,
  BaseTransportStats,
  TransportEvents,
  TransportListenInfo,
  TransportListenIp,
  TransportObserverEvents,
  TransportTuple,
} from './transport_types.js';

export type PlainTransportOptions<PlainTransportAppData extends AppData = AppData> = {
  /** RTP and RTCP on one port. Default true. */
  rtcpMux?: boolean;
  /**
   * The endpoint is where the first packet comes from, and connect() is needed
   * only for its SRTP keys. Default false.
   */
  comedia?: boolean;
  /** Default false. */
  enableSrtp?: boolean;
  /** Until connect(), which takes the endpoint's. Default AES_CM_128_HMAC_SHA1_80. */
  srtpCryptoSuite?: SrtpCryptoSuite;
  appData?: PlainTransportAppData;
} & SctpOptions &
  PlainTransportListen;

type PlainTransportListen = Either<
  {
    listenInfo: TransportListenInfo;
    /** Where to listen for RTCP: without it, and without `rtcpMux`, on another port of `listenInfo`. */
    rtcpListenInfo?: TransportListenInfo;
  },
  {
    listenIp: TransportListenIp | string;
    /** Of RTP. */
    port?: number;
  }
>;

export type PlainTransportDump = BaseTransportDump & {
  rtcpMux: boolean;
  comedia: boolean;
  tuple: TransportTuple;
  rtcpTuple?: TransportTuple;
  srtpParameters?: SrtpParameters;
};

export type PlainTransportStat = BaseTransportStats & {
  type: string;
  rtcpMux: boolean;
  comedia: boolean;
  tuple: TransportTuple;
  rtcpTuple?: TransportTuple;
};

type PlainTransportStateEvents = {
  tuple: [TransportTuple];
  rtcptuple: [TransportTuple];
  sctpstatechange: [SctpState];
};

export type PlainTransportEvents = TransportEvents & PlainTransportStateEvents;
export type PlainTransportObserverEvents = TransportObserverEvents & PlainTransportStateEvents;
export type PlainTransportObserver = EnhancedEventEmitter<PlainTransportObserverEvents>;
