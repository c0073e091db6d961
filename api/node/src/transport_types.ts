import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import type { CaptureEnd } from './capture.js';
import type { Consumer } from './consumer.js';
import type { DataConsumer } from './data_consumer.js';
import type { DataProducer } from './data_producer.js';
import type { Producer } from './producer.js';
import type { SctpNegotiatedCapabilities, SctpParameters, SctpState } from './sctp_parameters.js';

export type TransportType = 'webrtc' | 'plain' | 'pipe' | 'direct';

export type TransportProtocol = 'udp' | 'tcp';

/** Where a transport listens, and under which address it says so. */
export type TransportListenInfo = {
  protocol: TransportProtocol;
  /** IPv4 or IPv6 address to listen on. */
  ip: string;
  /** @deprecated Use `announcedAddress`. */
  announcedIp?: string;
  /** IPv4, IPv6 or host name to tell the endpoint instead of `ip`. */
  announcedAddress?: string;
  /** Whether to tell the endpoint `ip` too when there is an `announcedAddress`. Default false. */
  exposeInternalIp?: boolean;
  /** Any free one of the range if unset or 0. */
  port?: number;
  /** If given, `port` is ignored. */
  portRange?: TransportPortRange;
  flags?: TransportSocketFlags;
  /** In bytes. */
  sendBufferSize?: number;
  /** In bytes. */
  recvBufferSize?: number;
};

/** @deprecated Use TransportListenInfo. */
export type TransportListenIp = {
  ip: string;
  announcedIp?: string;
};

/** Both ends belong to the range. */
export type TransportPortRange = { min: number; max: number };

export type TransportSocketFlags = {
  /** Do not take IPv4 on an IPv6 socket. */
  ipv6Only?: boolean;
  /** Let several transports bind the same address and port (UDP). */
  udpReusePort?: boolean;
};

export type TransportTuple = {
  /** @deprecated Use `localAddress`. */
  localIp: string;
  localAddress: string;
  localPort: number;
  remoteIp?: string;
  remotePort?: number;
  protocol: TransportProtocol;
};

export type RtpListenerDump = {
  ssrcTable: { key: number; value: string }[];
  midTable: { key: number; value: string }[];
  ridTable: { key: number; value: string }[];
};

export type SctpListenerDump = {
  streamIdTable: { key: number; value: string }[];
};

export type RecvRtpHeaderExtensions = {
  mid?: number;
  rid?: number;
  rrid?: number;
  absSendTime?: number;
  transportWideCc01?: number;
};

export type BaseTransportDump = {
  id: string;
  producerIds: string[];
  consumerIds: string[];
  mapSsrcConsumerId: { key: number; value: string }[];
  mapRtxSsrcConsumerId: { key: number; value: string }[];
  recvRtpHeaderExtensions: RecvRtpHeaderExtensions;
  rtpListener: RtpListenerDump;
  maxSendMessageSize?: number;
  maxReceiveMessageSize?: number;
  dataProducerIds: string[];
  dataConsumerIds: string[];
  sctpParameters?: SctpParameters;
  sctpState?: SctpState;
  sctpNegotiatedCapabilities?: SctpNegotiatedCapabilities;
  sctpListener?: SctpListenerDump;
  traceEventTypes?: string[];
};

/** Byte counters since the transport began; bitrates are in bit/s. */
export type BaseTransportStats = {
  transportId: string;
  timestamp: number;
  sctpState?: SctpState;
  bytesReceived: number;
  recvBitrate: number;
  bytesSent: number;
  sendBitrate: number;
  rtpBytesReceived: number;
  rtpRecvBitrate: number;
  rtpBytesSent: number;
  rtpSendBitrate: number;
  rtxBytesReceived: number;
  rtxRecvBitrate: number;
  rtxBytesSent: number;
  rtxSendBitrate: number;
  probationBytesSent?: number;
  probationSendBitrate?: number;
  availableOutgoingBitrate?: number;
  availableIncomingBitrate?: number;
  maxIncomingBitrate?: number;
  maxOutgoingBitrate?: number;
  minOutgoingBitrate?: number;
  rtpPacketLossReceived?: number;
  rtpPacketLossSent?: number;
};

export type TransportTraceEventType = 'probation' | 'bwe';

export type TransportTraceEventData = {
  type: TransportTraceEventType;
  timestamp: number;
  direction: 'in' | 'out';
  info: unknown;
};

export type TransportEvents = {
  routerclose: [];
  listenserverclose: [];
  trace: [TransportTraceEventData];
  /** Ours: a capture is over and its file complete. Not after the transport was closed. */
  captureend: [CaptureEnd];
  '@close': [];
  '@listenserverclose': [];
  '@newproducer': [Producer];
  '@producerclose': [Producer];
  '@newdataproducer': [DataProducer];
  '@dataproducerclose': [DataProducer];
};

export type TransportObserverEvents = {
  close: [];
  newproducer: [Producer];
  newconsumer: [Consumer];
  newdataproducer: [DataProducer];
  newdataconsumer: [DataConsumer];
  trace: [TransportTraceEventData];
};

export type TransportObserver = EnhancedEventEmitter<TransportObserverEvents>;
