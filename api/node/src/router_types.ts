import type { AppData } from './app_data.js';
import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import type { RtpObserver } from './rtp_observer.js';
import type { RouterRtpCodecCapability } from './rtp_parameters.js';
import type { Transport } from './transport.js';

export type RouterOptions<RouterAppData extends AppData = AppData> = {
  /** The codecs that can be routed. */
  mediaCodecs?: RouterRtpCodecCapability[];
  appData?: RouterAppData;
};

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
};

export type RouterEvents = {
  workerclose: [];
  '@close': [];
};

export type RouterObserverEvents = {
  close: [];
  newtransport: [Transport];
  newrtpobserver: [RtpObserver];
};

export type RouterObserver = EnhancedEventEmitter<RouterObserverEvents>;
