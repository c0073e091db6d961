import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import type { Router } from './router.js';
import type { WebRtcServer } from './web_rtc_server.js';

/** getrusage(2) of the process; `ru_utime` and `ru_stime` in ms. */
export type WorkerResourceUsage = {
  ru_utime: number;
  ru_stime: number;
  ru_maxrss: number;
  ru_ixrss: number;
  ru_idrss: number;
  ru_isrss: number;
  ru_minflt: number;
  ru_majflt: number;
  ru_nswap: number;
  ru_inblock: number;
  ru_oublock: number;
  ru_msgsnd: number;
  ru_msgrcv: number;
  ru_nsignals: number;
  ru_nvcsw: number;
  ru_nivcsw: number;
};

/** How much one thread of the process carries. */
export type WorkerThreadDump = {
  index: number;
  transports: number;
  producers: number;
  consumers: number;

  /** Packets that are kept for those who may ask for them again. */
  history: {
    packets: number;
    /** Of memory, whole packet buffers. */
    bytes: number;
    maxBytes: number;
    /** Packets that had to go before their time (2 s, audio 1 s). */
    packetsEvicted: number;
  };
};

/** What those who use the control API lost. */
export type ControlClientsDump = {
  /** Packets and messages of direct transports, by those who read too slowly. */
  packetsMissed: number;
  /** Packets and messages that could not be sent, by reason. */
  notificationsRefused: Record<string, number>;
};

export type WorkerDump = {
  pid: number;
  version: string;
  workers: WorkerThreadDump[];
  clients: ControlClientsDump;
  webRtcServerIds: string[];
  routerIds: string[];
};

export type WorkerEvents = {
  died: [Error];
  subprocessclose: [];
};

export type WorkerObserverEvents = {
  close: [];
  newwebrtcserver: [WebRtcServer];
  newrouter: [Router];
};

export type WorkerObserver = EnhancedEventEmitter<WorkerObserverEvents>;
