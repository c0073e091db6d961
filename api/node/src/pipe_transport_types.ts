import type { AppData } from './app_data.js';
import type { Either } from './either.js';
import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import type { SctpOptions, SctpState } from './sctp_parameters.js';
import type { SrtpParameters } from './srtp_parameters.js';
import type {
  BaseTransportDump,
  BaseTransportStats,
  TransportEvents,
  TransportListenInfo,
  TransportListenIp,
  TransportObserverEvents,
  TransportTuple,
} from './transport_types.js';

export type PipeTransportOptions<PipeTransportAppData extends AppData = AppData> = {
  /** Repair losses between the routers. Default false. */
  enableRtx?: boolean;
  /** With AEAD_AES_256_GCM. Default false. */
  enableSrtp?: boolean;
  appData?: PipeTransportAppData;
} & SctpOptions &
  PipeTransportListen;

type PipeTransportListen = Either<
  { listenInfo: TransportListenInfo },
  { listenIp: TransportListenIp | string; port?: number }
>;

export type PipeConsumerOptions<ConsumerAppData extends AppData = AppData> = {
  producerId: string;
  appData?: ConsumerAppData;
};

export type PipeTransportDump = BaseTransportDump & {
  tuple: TransportTuple;
  rtx: boolean;
  srtpParameters?: SrtpParameters;
};

export type PipeTransportStat = BaseTransportStats & {
  type: string;
  tuple: TransportTuple;
};

export type PipeTransportEvents = TransportEvents & { sctpstatechange: [SctpState] };
export type PipeTransportObserverEvents = TransportObserverEvents & {
  sctpstatechange: [SctpState];
};
export type PipeTransportObserver = EnhancedEventEmitter<PipeTransportObserverEvents>;
