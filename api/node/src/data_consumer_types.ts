import type { AppData } from './app_data.js';
import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import type { SctpStreamParameters } from './sctp_parameters.js';

export type DataConsumerOptions<DataConsumerAppData extends AppData = AppData> = {
  dataProducerId: string;
  /** As the data producer if unset; unordered with one of the limits. */
  ordered?: boolean;
  /** In milliseconds; excludes maxRetransmits. */
  maxPacketLifeTime?: number;
  maxRetransmits?: number;
  /** Default false. */
  paused?: boolean;
  /** Of messages that are for subchannels it gets those for one of these. */
  subchannels?: number[];
  appData?: DataConsumerAppData;
};

/** 'direct': the application is the consumer. */
export type DataConsumerType = 'sctp' | 'direct';

export type DataConsumerDump = {
  id: string;
  paused: boolean;
  dataProducerPaused: boolean;
  subchannels: number[];
  dataProducerId: string;
  type: DataConsumerType;
  sctpStreamParameters?: SctpStreamParameters;
  label: string;
  protocol: string;
  bufferedAmount: number;
  bufferedAmountLowThreshold: number;
};

export type DataConsumerStat = {
  type: string;
  timestamp: number;
  label: string;
  protocol: string;
  messagesSent: number;
  bytesSent: number;
  bufferedAmount: number;
};

export type DataConsumerEvents = {
  transportclose: [];
  dataproducerclose: [];
  dataproducerpause: [];
  dataproducerresume: [];
  /** Direct ones only: payload and PPID. */
  message: [Buffer, number];
  /** A message did not fit the send buffer and was dropped. */
  sctpsendbufferfull: [];
  bufferedamountlow: [number];
  '@close': [];
  '@dataproducerclose': [];
};

export type DataConsumerObserverEvents = {
  close: [];
  pause: [];
  resume: [];
};

export type DataConsumerObserver = EnhancedEventEmitter<DataConsumerObserverEvents>;
