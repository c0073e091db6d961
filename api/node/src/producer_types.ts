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
  videoorientationchange: [ProducerVideoOrientation];
  trace: [ProducerTraceEventData];
  '@close': [];
};

export type ProducerObserverEvents = {
  close: [];
  pause: [];
  resume: [];
  score: [ProducerScore[]];
  videoorientationchange: [ProducerVideoOrientation];
  trace: [ProducerTraceEventData];
};

export type ProducerObserver = EnhancedEventEmitter<ProducerObserverEvents>;
