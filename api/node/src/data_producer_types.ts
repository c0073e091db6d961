import type { AppData } from './app_data.js';
import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import type { SctpStreamParameters } from './sctp_parameters.js';

export type DataProducerOptions<DataProducerAppData extends AppData = AppData> = {
  /** A random one if unset. */
  id?: string;
  /** Only for transports with SCTP, and needed there. */
  sctpStreamParameters?: SctpStreamParameters;
  label?: string;
  protocol?: string;
  /** Default false. */
  paused?: boolean;
  appData?: DataProducerAppData;
};

/** 'direct': the application is the producer. */
export type DataProducerType = 'sctp' | 'direct';

export type DataProducerDump = {
  id: string;
  paused: boolean;
  type: DataProducerType;
  sctpStreamParameters?: SctpStreamParameters;
  label: string;
  protocol: string;
};

export type DataProducerStat = {
  type: string;
  timestamp: number;
  label: string;
  protocol: string;
  messagesReceived: number;
  bytesReceived: number;
};

export type DataProducerEvents = {
  transportclose: [];
  '@close': [];
};

export type DataProducerObserverEvents = {
  close: [];
  pause: [];
  resume: [];
};

export type DataProducerObserver = EnhancedEventEmitter<DataProducerObserverEvents>;
