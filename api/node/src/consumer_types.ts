import type { AppData } from './app_data.js';
import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import type { ProducerStat } from './producer_types.js';
import type {
  MediaKind,
  RtpCapabilities,
  RtpEncodingParameters,
  RtpParameters,
} from './rtp_parameters.js';
import type { RtpStreamSendStats } from './rtp_stream_stats.js';

export type ConsumerOptions<ConsumerAppData extends AppData = AppData> = {
  producerId: string;
  /** What the endpoint can receive. */
  rtpCapabilities: RtpCapabilities;
  /**
   * Whether it starts paused. Default false. For video, start paused and resume()
   * once the endpoint is ready, or the first key frame may reach it too early.
   */
  paused?: boolean;
  /** Default: "0", "1", … in the order of creation on the transport. */
  mid?: string;
  /** Default: the highest. */
  preferredLayers?: ConsumerLayers;
  /** Answer NACK by retransmitting. Default: true for video, false for audio. */
  enableRtx?: boolean;
  /** Do not forward DTX packets (Opus only). Default false. */
  ignoreDtx?: boolean;
  /** All encodings instead of one, and no choice of layers. Default false. */
  pipe?: boolean;
  appData?: ConsumerAppData;
};

export type ConsumerType = 'simple' | 'simulcast' | 'svc' | 'pipe';

/** How well media arrives, from 0 to 10. */
export type ConsumerScore = {
  score: number;
  /** Of the producer's stream that is forwarded. */
  producerScore: number;
  /** Of all the producer's streams. */
  producerScores: number[];
};

/** Layers count from 0. */
export type ConsumerLayers = {
  spatialLayer: number;
  temporalLayer?: number;
};

export type ConsumerDump =
  SimpleConsumerDump | SimulcastConsumerDump | SvcConsumerDump | PipeConsumerDump;

export type SimpleConsumerDump = BaseConsumerDump & {
  type: string;
  rtpStream: RtpStreamDump;
};

export type SimulcastConsumerDump = BaseConsumerDump & {
  type: string;
  rtpStream: RtpStreamDump;
  preferredSpatialLayer: number;
  /** -1: none. */
  targetSpatialLayer: number;
  currentSpatialLayer: number;
  preferredTemporalLayer: number;
  targetTemporalLayer: number;
  currentTemporalLayer: number;
};

export type SvcConsumerDump = SimulcastConsumerDump;

export type PipeConsumerDump = BaseConsumerDump & {
  type: string;
  rtpStreams: RtpStreamDump[];
};

export type BaseConsumerDump = {
  id: string;
  producerId: string;
  kind: MediaKind;
  rtpParameters: RtpParameters;
  consumableRtpEncodings?: RtpEncodingParameters[];
  supportedCodecPayloadTypes: number[];
  traceEventTypes: string[];
  paused: boolean;
  producerPaused: boolean;
  priority: number;
};

export type RtpStreamDump = {
  params: RtpStreamParametersDump;
  score: number;
  rtxStream?: RtxStreamDump;
};

export type RtpStreamParametersDump = {
  encodingIdx: number;
  ssrc: number;
  payloadType: number;
  mimeType: string;
  clockRate: number;
  rid?: string;
  cname: string;
  rtxSsrc?: number;
  rtxPayloadType?: number;
  useNack: boolean;
  usePli: boolean;
  useFir: boolean;
  useInBandFec: boolean;
  useDtx: boolean;
  spatialLayers: number;
  temporalLayers: number;
};

export type RtxStreamDump = { params: RtxStreamParameters };

export type RtxStreamParameters = {
  ssrc: number;
  payloadType: number;
  mimeType: string;
  clockRate: number;
  rrid?: string;
  cname: string;
};

export type ConsumerStat = RtpStreamSendStats;

/** What getStats() resolves with: the consumer's stream and the producer's that it forwards. */
export type ConsumerStats = (ConsumerStat | ProducerStat)[];

export type ConsumerTraceEventType = 'rtp' | 'keyframe' | 'nack' | 'pli' | 'fir';

export type ConsumerTraceEventData = {
  type: ConsumerTraceEventType;
  timestamp: number;
  direction: 'in' | 'out';
  info: Record<string, unknown>;
};

export type ConsumerEvents = {
  transportclose: [];
  producerclose: [];
  producerpause: [];
  producerresume: [];
  score: [ConsumerScore];
  layerschange: [ConsumerLayers?];
  trace: [ConsumerTraceEventData];
  rtp: [Buffer];
  '@close': [];
  '@producerclose': [];
};

export type ConsumerObserverEvents = {
  close: [];
  pause: [];
  resume: [];
  score: [ConsumerScore];
  layerschange: [ConsumerLayers?];
  trace: [ConsumerTraceEventData];
};

export type ConsumerObserver = EnhancedEventEmitter<ConsumerObserverEvents>;
