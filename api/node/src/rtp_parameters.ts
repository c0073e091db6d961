/** Audio or video. */
export type MediaKind = 'audio' | 'video';

/** What the router, or an endpoint, can receive. */
export type RtpCapabilities = {
  codecs?: RtpCodecCapability[];
  headerExtensions?: RtpHeaderExtension[];
};

/** RtpCapabilities whose codecs need no payload type. */
export type RouterRtpCapabilities = Omit<RtpCapabilities, 'codecs'> & {
  codecs?: RouterRtpCodecCapability[];
};

/** One codec (or RTX) that can be received. */
export type RtpCodecCapability = {
  kind: MediaKind;
  /** Such as 'audio/opus' or 'video/VP8'. */
  mimeType: string;
  preferredPayloadType: number;
  /** In Hz. */
  clockRate: number;
  /** Audio only. Default 1. */
  channels?: number;
  /** Some of them decide whether codecs match: see `canConsume`. */
  parameters?: Record<string, unknown>;
  rtcpFeedback?: RtcpFeedback[];
};

/** A codec of a router's `mediaCodecs`: the router chooses the payload type if there is none. */
export type RouterRtpCodecCapability = Omit<RtpCodecCapability, 'preferredPayloadType'> & {
  preferredPayloadType?: number;
};

export type RtpHeaderExtensionDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One RTP header extension (RFC 8285) that is understood, as seen from the router. */
export type RtpHeaderExtension = {
  kind: MediaKind;
  uri: RtpHeaderExtensionUri;
  preferredId: number;
  preferredEncrypt?: boolean;
  direction?: RtpHeaderExtensionDirection;
};

/** One medium as it is sent: its codecs, header extensions and RTP streams. */
export type RtpParameters = {
  /** MID (RFC 8843) of the medium. */
  mid?: string;
  codecs: RtpCodecParameters[];
  headerExtensions?: RtpHeaderExtensionParameters[];
  encodings?: RtpEncodingParameters[];
  rtcp?: RtcpParameters;
  /** MSID (RFC 8830): stream id and track id. */
  msid?: string;
};

export type RtpCodecParameters = {
  mimeType: string;
  payloadType: number;
  /** In Hz. */
  clockRate: number;
  /** Audio only. Default 1. */
  channels?: number;
  parameters?: Record<string, unknown>;
  rtcpFeedback?: RtcpFeedback[];
};

/** An `a=rtcp-fb` line (RFC 4585): such as type 'nack', parameter 'pli'. */
export type RtcpFeedback = {
  type: string;
  parameter?: string;
};

/** One RTP stream, with the stream that retransmits it. */
export type RtpEncodingParameters = {
  ssrc?: number;
  /** RID (RFC 8852) of a simulcast stream. */
  rid?: string;
  /** The payload type of its codec; the first codec if unset. */
  codecPayloadType?: number;
  rtx?: { ssrc: number };
  /** Whether the stream may pause when there is nothing to send. Default false. */
  dtx?: boolean;
  /** Such as 'L1T3'. */
  scalabilityMode?: string;
  /** In bit/s. */
  maxBitrate?: number;
};

export type RtpHeaderExtensionUri =
  | 'urn:ietf:params:rtp-hdrext:sdes:mid'
  | 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id'
  | 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id'
  | 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time'
  | 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01'
  | 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'
  | 'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension'
  | 'urn:3gpp:video-orientation'
  | 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time'
  | 'urn:ietf:params:rtp-hdrext:toffset'
  | 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay'
  | 'urn:mediasoup:params:rtp-hdrext:packet-id';

export type RtpHeaderExtensionParameters = {
  uri: RtpHeaderExtensionUri;
  id: number;
  encrypt?: boolean;
  parameters?: Record<string, unknown>;
};

export type RtcpParameters = {
  /** CNAME of the sender (RFC 3550 §6.5.1). */
  cname?: string;
  /** Reduced-size RTCP (RFC 5506). Default true. */
  reducedSize?: boolean;
};
