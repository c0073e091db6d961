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

export type SctpState = 'new' | 'connecting' | 'connected' | 'failed' | 'closed';

export type SctpNegotiatedCapabilities = {
  negotiatedMaxOutboundStreams: number;
  negotiatedMaxInboundStreams: number;
};
