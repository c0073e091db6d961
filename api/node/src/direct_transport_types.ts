import type { AppData } from './app_data.js';
import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import type {
  BaseTransportDump,
  BaseTransportStats,
  TransportEvents,
  TransportObserverEvents,
} from './transport_types.js';

export type DirectTransportOptions<DirectTransportAppData extends AppData = AppData> = {
  /** Of messages to data consumers, in bytes. Default 262144. */
  maxSendMessageSize?: number;
  /** Of messages of data producers, in bytes. Default 262144. */
  maxReceiveMessageSize?: number;
  appData?: DirectTransportAppData;
};

export type DirectTransportDump = BaseTransportDump;

export type DirectTransportStat = BaseTransportStats & {
  type: string;
};

export type DirectTransportEvents = TransportEvents & { rtcp: [Buffer] };
export type DirectTransportObserverEvents = TransportObserverEvents & { rtcp: [Buffer] };
export type DirectTransportObserver = EnhancedEventEmitter<DirectTransportObserverEvents>;
