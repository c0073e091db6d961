import type { AppData } from './app_data.js';
import type { Consumer } from './consumer.js';
import type { DataConsumer } from './data_consumer.js';
import type { DataProducer } from './data_producer.js';
import type { Either } from './either.js';
import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import type { RtpObserver } from './rtp_observer.js';
import type { RouterRtpCodecCapability } from './rtp_parameters.js';
import type { PipeTransport } from './pipe_transport.js';
import type { Producer } from './producer.js';
import type { Router } from './router.js';
import type { Transport } from './transport.js';
import type { TransportListenInfo, TransportListenIp } from './transport_types.js';

export type RouterOptions<RouterAppData extends AppData = AppData> = {
  /** The codecs that can be routed. */
  mediaCodecs?: RouterRtpCodecCapability[];
  /**
   * Each subscriber is sent so many of the audio producers it consumes: the loudest,
   * which keep their places until others are clearly louder. Producers that do not
   * negotiate the audio level header extension are always sent. Default: all are sent.
   */
  maxSpeakers?: number;
  appData?: RouterAppData;
};

/** Either a producer or a data producer, and where its copy is to be. */
export type PipeToRouterOptions = {
  producerId?: string;
  dataProducerId?: string;
  router: Router;
  /** The copy has the same id, which must be free in the other router. Default true. */
  keepId?: boolean;
  enableSctp?: boolean;
  maxSendMessageSize?: number;
  maxReceiveMessageSize?: number;
  sctpSendBufferSize?: number;
  sctpPerStreamSendQueueLimit?: number;
  sctpMaxReceiverWindowBufferSize?: number;
  sctpDefaultStreamBufferedAmountLowThreshold?: number;
  /** Repair losses between the routers. Default false. */
  enableRtx?: boolean;
  /** Default false. */
  enableSrtp?: boolean;
} & Either<
  { listenInfo: TransportListenInfo },
  /** Default 127.0.0.1. */
  { listenIp?: TransportListenIp | string }
>;

export type PipeToRouterResult = {
  pipeConsumer?: Consumer;
  pipeProducer?: Producer;
  pipeDataConsumer?: DataConsumer;
  pipeDataProducer?: DataProducer;
};

/** Both ends of a pipe, by the id of their router. */
export type PipeTransportPair = { [routerId: string]: PipeTransport };

type IdToIds = { key: string; values: string[] }[];
type IdToId = { key: string; value: string }[];

export type RouterDump = {
  id: string;
  transportIds: string[];
  rtpObserverIds: string[];
  mapProducerIdConsumerIds: IdToIds;
  mapConsumerIdProducerId: IdToId;
  mapProducerIdObserverIds: IdToIds;
  mapDataProducerIdDataConsumerIds: IdToIds;
  mapDataConsumerIdDataProducerId: IdToId;
  maxSpeakers?: number;
};

export type RouterEvents = {
  workerclose: [];
  /**
   * Of a router with `maxSpeakers`: the audio producers that are sent now. One more
   * than that is sent to those who do not consume all of the others: the speakers.
   */
  speakerschange: [Producer[]];
  '@close': [];
};

export type RouterObserverEvents = {
  close: [];
  newtransport: [Transport];
  newrtpobserver: [RtpObserver];
  speakerschange: [Producer[]];
};

export type RouterObserver = EnhancedEventEmitter<RouterObserverEvents>;
