import type {
  MediaKind,
  RouterRtpCapabilities,
  RouterRtpCodecCapability,
  RtcpFeedback,
  RtpHeaderExtension,
  RtpHeaderExtensionDirection,
  RtpHeaderExtensionUri,
} from './rtp_parameters.js';

type CodecDetails = Pick<
  RouterRtpCodecCapability,
  'channels' | 'parameters' | 'preferredPayloadType'
>;

const transportCc: RtcpFeedback[] = [{ type: 'transport-cc' }];
const nackAndTransportCc: RtcpFeedback[] = [{ type: 'nack' }, { type: 'transport-cc' }];

const videoFeedback: RtcpFeedback[] = [
  { type: 'nack' },
  { type: 'nack', parameter: 'pli' },
  { type: 'ccm', parameter: 'fir' },
  { type: 'goog-remb' },
  { type: 'transport-cc' },
];

function audio(
  name: string,
  clockRate: number,
  rtcpFeedback: RtcpFeedback[],
  details: CodecDetails = {},
): RouterRtpCodecCapability {
  return { kind: 'audio', mimeType: `audio/${name}`, clockRate, rtcpFeedback, ...details };
}

function video(name: string, details: CodecDetails = {}): RouterRtpCodecCapability {
  const mimeType = `video/${name}`;

  return { kind: 'video', mimeType, clockRate: 90000, rtcpFeedback: videoFeedback, ...details };
}

/** Surround sound: https://webrtc-review.googlesource.com/c/src/+/129768 */
function multiopus(channels: number, mapping: string, streams: number, coupled: number) {
  const parameters = {
    channel_mapping: mapping,
    num_streams: streams,
    coupled_streams: coupled,
  };

  return audio('multiopus', 48000, nackAndTransportCc, { channels, parameters });
}

/** Static payload types are those of RFC 3551 table 4. */
const codecs: RouterRtpCodecCapability[] = [
  audio('opus', 48000, nackAndTransportCc, { channels: 2 }),
  multiopus(4, '0,1,2,3', 2, 2),
  multiopus(6, '0,4,1,2,3,5', 4, 2),
  multiopus(8, '0,6,1,2,3,4,5,7', 5, 3),
  audio('red', 48000, nackAndTransportCc, { channels: 2 }),
  audio('PCMU', 8000, transportCc, { preferredPayloadType: 0 }),
  audio('PCMA', 8000, transportCc, { preferredPayloadType: 8 }),
  audio('ISAC', 32000, transportCc),
  audio('ISAC', 16000, transportCc),
  audio('G722', 8000, transportCc, { preferredPayloadType: 9 }),
  audio('iLBC', 8000, transportCc),
  ...[24000, 16000, 12000, 8000].map(rate => audio('SILK', rate, transportCc)),
  ...[32000, 16000, 8000].map(rate => audio('CN', rate, [], { preferredPayloadType: 13 })),
  ...[48000, 32000, 16000, 8000].map(rate => audio('telephone-event', rate, [])),
  video('VP8'),
  video('VP9'),
  video('H264', { parameters: { 'level-asymmetry-allowed': 1 } }),
  video('H265'),
  video('AV1'),
];

const transportWideCc = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
// mediasoup's type does not know it.
const videoLayersAllocation =
  'http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00' as RtpHeaderExtensionUri;
const dependencyDescriptor =
  'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension';

function extension(
  kind: MediaKind,
  preferredId: number,
  uri: RtpHeaderExtensionUri,
  direction: RtpHeaderExtensionDirection = 'sendrecv',
): RtpHeaderExtension {
  return { kind, uri, preferredId, preferredEncrypt: false, direction };
}

/** `direction` is the router's: 'recvonly' is read from producers and not sent to consumers. */
const headerExtensions: RtpHeaderExtension[] = [
  extension('audio', 1, 'urn:ietf:params:rtp-hdrext:sdes:mid'),
  extension('video', 1, 'urn:ietf:params:rtp-hdrext:sdes:mid'),
  extension('video', 2, 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', 'recvonly'),
  extension('video', 3, 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id', 'recvonly'),
  extension('audio', 4, 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time'),
  extension('video', 4, 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time'),
  extension('audio', 5, transportWideCc, 'recvonly'),
  extension('video', 5, transportWideCc),
  extension('audio', 6, 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'),
  extension('video', 7, dependencyDescriptor),
  extension('video', 8, 'urn:3gpp:video-orientation'),
  extension('video', 9, 'urn:ietf:params:rtp-hdrext:toffset'),
  extension('audio', 10, 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time'),
  extension('video', 10, 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time'),
  extension('audio', 11, 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay'),
  extension('video', 11, 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay'),
  extension('video', 13, videoLayersAllocation, 'recvonly'),
];

/** All that a router can be given as `mediaCodecs`, and the header extensions of every router. */
export function getSupportedRtpCapabilities(): RouterRtpCapabilities {
  return structuredClone({ codecs, headerExtensions });
}
