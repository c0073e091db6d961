// The signalling between page and room server, as types. JSON objects over one WebSocket at
// /signalling?room=<name>:
//   page   → server  {id, method, params}
//   server → page    {id, ok: true, result} or {id, ok: false, error: {code, message}}
//   server → page    {event, data}
import type {
  DtlsParameters,
  IceCandidate,
  IceParameters,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
  SctpParameters,
  SctpStreamParameters,
} from 'mediasoup-client/types';

export type Source = 'microphone' | 'camera' | 'screen';
export type Direction = 'send' | 'receive';
/** The data channels that everyone has to everyone else: what is said, and files (with their acknowledgements). */
export type ChannelLabel = 'chat' | 'files';

export interface ProducerInfo {
  id: string;
  kind: MediaKind;
  source: Source;
  paused: boolean;
}

/** A data producer. */
export interface ChannelInfo {
  id: string;
  label: ChannelLabel;
}

export interface PeerInfo {
  id: string;
  name: string;
  producers: ProducerInfo[];
  channels: ChannelInfo[];
}

/** A TURN server as RTCPeerConnection takes it, with credentials that hold for a while. */
export interface IceServer {
  urls: string[];
  username: string;
  credential: string;
}

export interface TransportInfo {
  id: string;
  iceParameters: IceParameters;
  iceCandidates: IceCandidate[];
  dtlsParameters: DtlsParameters;
  sctpParameters: SctpParameters;
  iceServers: IceServer[];
}

export interface ConsumerInfo {
  id: string;
  producerId: string;
  kind: MediaKind;
  rtpParameters: RtpParameters;
  producerPaused: boolean;
}

/** A data consumer. */
export interface IncomingChannelInfo {
  id: string;
  dataProducerId: string;
  sctpStreamParameters: SctpStreamParameters;
  label: string;
}

export interface Joined {
  peerId: string;
  /** Shown again in a later `join`, it continues this membership after the WebSocket was lost. */
  resumeToken: string;
  /** True: transports, producers and consumers of before are alive. False: everything starts anew. */
  resumed: boolean;
  peers: PeerInfo[];
}

type Nothing = Record<string, never>;

/** Requests, in the order a page sends them. */
export interface Methods {
  hello: { params: Nothing; result: { rtpCapabilities: RtpCapabilities } };
  join: { params: { name: string; rtpCapabilities: RtpCapabilities; resumeToken?: string }; result: Joined };
  createTransport: { params: { direction: Direction }; result: TransportInfo };
  connectTransport: { params: { transportId: string; dtlsParameters: DtlsParameters }; result: Nothing };
  restartIce: { params: { transportId: string }; result: { iceParameters: IceParameters; iceServers: IceServer[] } };
  produce: {
    params: { transportId: string; kind: MediaKind; source: Source; paused: boolean; rtpParameters: RtpParameters };
    result: { producerId: string };
  };
  pauseProducer: { params: { producerId: string }; result: Nothing };
  resumeProducer: { params: { producerId: string }; result: Nothing };
  closeProducer: { params: { producerId: string }; result: Nothing };
  /** The consumer starts paused; the page resumes it once it can play it. */
  consume: { params: { transportId: string; producerId: string }; result: ConsumerInfo };
  produceData: {
    params: { transportId: string; label: ChannelLabel; sctpStreamParameters: SctpStreamParameters };
    result: { dataProducerId: string };
  };
  consumeData: { params: { transportId: string; dataProducerId: string }; result: IncomingChannelInfo };
  resumeConsumer: { params: { consumerId: string }; result: Nothing };
  /** The highest layer that this page needs of a video, for the size that it is shown in. */
  setPreferredLayer: { params: { consumerId: string; spatialLayer: number }; result: Nothing };
  leave: { params: Nothing; result: Nothing };
}

/** What the server tells everybody else in the room. */
export interface Events {
  /** Told to its publisher alone: which encodings of a video somebody watches; the others need not be sent. */
  wantedEncodings: { producerId: string; wanted: boolean[] };
  peerJoined: { peer: PeerInfo };
  peerLeft: { peerId: string };
  producerAdded: { peerId: string; producer: ProducerInfo };
  producerRemoved: { peerId: string; producerId: string };
  producerPaused: { peerId: string; producerId: string };
  producerResumed: { peerId: string; producerId: string };
  /** Who speaks now; told to everybody, them too. */
  speaking: { peerIds: string[] };
  channelAdded: { peerId: string; channel: ChannelInfo };
  channelRemoved: { peerId: string; channelId: string };
}

export type Method = keyof Methods;
export type EventName = keyof Events;

export type ErrorCode =
  | 'bad_request'
  | 'not_joined'
  | 'not_found'
  | 'conflict'
  | 'limit'
  | 'rejected'
  | 'internal';

/** Close codes of the WebSocket (private range). */
export const CLOSE_REPLACED = 4001;
export const CLOSE_MEDIA_LOST = 4002;

export const MAX_NAME_LENGTH = 40;
