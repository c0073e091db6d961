import type { AppData } from './app_data.js';
import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import type { Producer } from './producer.js';

export type RtpObserverType = 'audiolevel' | 'activespeaker';

export type RtpObserverEvents = {
  routerclose: [];
  '@close': [];
};

export type RtpObserverObserverEvents = {
  close: [];
  pause: [];
  resume: [];
  addproducer: [Producer];
  removeproducer: [Producer];
};

export type RtpObserverObserver = EnhancedEventEmitter<RtpObserverObserverEvents>;

export type AudioLevelObserverOptions<AudioLevelObserverAppData extends AppData = AppData> = {
  /** Of the 'volumes' event. Default 1. */
  maxEntries?: number;
  /** Who is quieter, on average, is left out; in dBov, -127 to 0. Default -80. */
  threshold?: number;
  /** In ms, 250 to 5000. Default 1000. */
  interval?: number;
  appData?: AudioLevelObserverAppData;
};

export type AudioLevelObserverVolume = {
  producer: Producer;
  /** The mean over the last interval, in dBov, -127 to 0. */
  volume: number;
};

export type AudioLevelObserverEvents = RtpObserverEvents & {
  /** The loudest first. */
  volumes: [AudioLevelObserverVolume[]];
  /** Nobody is loud any more. */
  silence: [];
};

export type AudioLevelObserverObserverEvents = RtpObserverObserverEvents & {
  volumes: [AudioLevelObserverVolume[]];
  silence: [];
};

export type AudioLevelObserverObserver = EnhancedEventEmitter<AudioLevelObserverObserverEvents>;

export type ActiveSpeakerObserverOptions<ActiveSpeakerObserverAppData extends AppData = AppData> = {
  /** In ms, 100 to 5000. Default 300. */
  interval?: number;
  appData?: ActiveSpeakerObserverAppData;
};

export type ActiveSpeakerObserverDominantSpeaker = { producer: Producer };

export type ActiveSpeakerObserverEvents = RtpObserverEvents & {
  dominantspeaker: [ActiveSpeakerObserverDominantSpeaker];
};

export type ActiveSpeakerObserverObserverEvents = RtpObserverObserverEvents & {
  dominantspeaker: [ActiveSpeakerObserverDominantSpeaker];
};

export type ActiveSpeakerObserverObserver =
  EnhancedEventEmitter<ActiveSpeakerObserverObserverEvents>;
