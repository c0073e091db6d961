/** The SCTP association of a transport, as the endpoint needs to know it. */
export type SctpParameters = {
  port: number;
  maxSendMessageSize: number;
  maxReceiveMessageSize: number;
  sendBufferSize: number;
  perStreamSendQueueLimit: number;
  maxReceiverWindowBufferSize: number;
  isDataChannel: boolean;
  OS: number;
  MIS: number;
  maxMessageSize: number;
};

/** How a data channel is carried by SCTP (RFC 8831 §6.4). */
export type SctpStreamParameters = {
  streamId: number;
  /** Default true, or false with one of the limits. */
  ordered?: boolean;
  /** In milliseconds; excludes maxRetransmits. */
  maxPacketLifeTime?: number;
  maxRetransmits?: number;
};

/** The SCTP options of every kind of transport that can have SCTP. Sizes are in bytes. */
export type SctpOptions = {
  /** Data channels. Default false. */
  enableSctp?: boolean;
  /** Default 262144. */
  maxSendMessageSize?: number;
  /** Default 262144. */
  maxReceiveMessageSize?: number;
  /** Default 2000000. */
  sctpSendBufferSize?: number;
  /** Default 2000000. */
  sctpPerStreamSendQueueLimit?: number;
  /** Default 5242880. */
  sctpMaxReceiverWindowBufferSize?: number;
  /** Default 1024. */
  sctpDefaultStreamBufferedAmountLowThreshold?: number;
};

export type SctpState = 'new' | 'connecting' | 'connected' | 'failed' | 'closed';

export type SctpNegotiatedCapabilities = {
  negotiatedMaxOutboundStreams: number;
  negotiatedMaxInboundStreams: number;
};

/** Of a transport's options those for SCTP, as the process takes them. */
export function sctpOptions(options: SctpOptions): SctpOptions {
  const { enableSctp, maxSendMessageSize, maxReceiveMessageSize } = options;
  const { sctpSendBufferSize, sctpPerStreamSendQueueLimit } = options;
  const { sctpMaxReceiverWindowBufferSize, sctpDefaultStreamBufferedAmountLowThreshold } = options;

  return {
    enableSctp,
    maxSendMessageSize,
    maxReceiveMessageSize,
    sctpSendBufferSize,
    sctpPerStreamSendQueueLimit,
    sctpMaxReceiverWindowBufferSize,
    sctpDefaultStreamBufferedAmountLowThreshold,
  };
}
