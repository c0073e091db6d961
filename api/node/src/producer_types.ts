import type { AppData } from './app_data.js';
import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import type { MediaKind, RtpParameters } from './rtp_parameters.js';
import type { RtpStreamRecvStats } from './rtp_stream_stats.js';

export type ProducerOptions<ProducerAppData extends AppData = AppData> = {
  /** Default: a new UUID. */
  id?: string;
  kind: MediaKind;
  /** What the endpoint sends. */
  rtpParameters: RtpParameters;
  /** Whether it starts paused. Default false. */
  paused?: boolean;
  /** Video only: least time between two key frame requests, in ms. Default 0. */
  keyFrameRequestDelay?: number;
  appData?: ProducerAppData;
};

export type ProducerType = 'simple' | 'simulcast' | 'svc';

/** How well one RTP stream arrives, from 0 to 10. */
export type ProducerScore = {
  /** Index in `rtpParameters.encodings`. */
  encodingIdx: number;
  ssrc: number;
  rid?: string;
  score: number;
};

/**
 * What the consumers of a producer want of it: what they prefer, within what can
 * be sent to them. What is not wanted need not be sent. More is told at once,
 * less when it has been less for 3 s.
 */
export type ProducerWantedLayers = {
  /** The highest that anybody wants; layers count from 0. */
  spatialLayer: number;
  temporalLayer: number;
  /** One for each of `rtpParameters.encodings`. Some below the highest may not be wanted. */
  encodings: ProducerWantedEncoding[];
};

export type ProducerWantedEncoding = {
  /** Index in `rtpParameters.encodings`. */
  encodingIdx: number;
  rid?: string;
  wanted: boolean;
  /** The highest that anybody wants of it; undefined if it is not wanted. */
  temporalLayer?: number;
};

export type ProducerVideoOrientation = {
  camera: boolean;
  flip: boolean;
  /** In degrees: 0, 90, 180 or 270. */
  rotation: number;
};

export type ProducerDump = {
  id: string;
  kind: string;
  type: ProducerType;
  rtpParameters: RtpParameters;
  rtpMapping: unknown;
  rtpStreams: unknown;
  traceEventTypes: string[];
  paused: boolean;
};

export type ProducerStat = RtpStreamRecvStats;

export type ProducerTraceEventType = 'rtp' | 'keyframe' | 'nack' | 'pli' | 'fir' | 'sr';

export type ProducerTraceEventData = {
  type: ProducerTraceEventType;
  timestamp: number;
  direction: 'in' | 'out';
  info: Record<string, unknown>;
};

export type ProducerEvents = {
  transportclose: [];
  score: [ProducerScore[]];
  /** Undefined: nothing is wanted. */
  wantedlayerschange: [ProducerWantedLayers?];
  videoorientationchange: [ProducerVideoOrientation];
  trace: [ProducerTraceEventData];
  '@close': [];
};

export type ProducerObserverEvents = {
  close: [];
  pause: [];
  resume: [];
  score: [ProducerScore[]];
  wantedlayerschange: [ProducerWantedLayers?];
  videoorientationchange: [ProducerVideoOrientation];
  trace: [ProducerTraceEventData];
};

export type ProducerObserver = EnhancedEventEmitter<ProducerObserverEvents>;
