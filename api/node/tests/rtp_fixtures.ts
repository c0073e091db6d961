/** RTP parameters and capabilities as browsers have them. */
import type { types } from 'sluice';

const videoFeedback = [
  { type: 'nack' },
  { type: 'nack', parameter: 'pli' },
  { type: 'ccm', parameter: 'fir' },
  { type: 'goog-remb' },
  { type: 'transport-cc' },
];

export const mediaCodecs: types.RouterRtpCodecCapability[] = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48000, channels: 2 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90000 },
  { kind: 'video', mimeType: 'video/VP9', clockRate: 90000, parameters: { 'profile-id': 2 } },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90000,
    parameters: {
      'level-asymmetry-allowed': 1,
      'packetization-mode': 1,
      'profile-level-id': '42e01f',
    },
  },
];

let nextSsrc = 1000;

export function audioOptions(): types.ProducerOptions {
  return {
    kind: 'audio',
    rtpParameters: {
      mid: `AUDIO${nextSsrc}`,
      codecs: [
        {
          mimeType: 'audio/opus',
          payloadType: 111,
          clockRate: 48000,
          channels: 2,
          parameters: { useinbandfec: 1, minptime: 10 },
          rtcpFeedback: [{ type: 'transport-cc' }],
        },
      ],
      headerExtensions: [
        { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 4 },
        { uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: 1 },
      ],
      encodings: [{ ssrc: nextSsrc++, dtx: true }],
      rtcp: { cname: 'AUDIOCNAME' },
    },
  };
}

/** Simulcast with one stream for each rid; without rids one stream with an SSRC and RTX. */
export function videoOptions(...rids: string[]): types.ProducerOptions {
  const single = { ssrc: nextSsrc++, rtx: { ssrc: nextSsrc++ } };

  return {
    kind: 'video',
    rtpParameters: {
      mid: `VIDEO${nextSsrc}`,
      codecs: [
        { mimeType: 'video/VP8', payloadType: 96, clockRate: 90000, rtcpFeedback: videoFeedback },
        { mimeType: 'video/rtx', payloadType: 97, clockRate: 90000, parameters: { apt: 96 } },
      ],
      headerExtensions: [
        { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 4 },
        { uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', id: 10 },
        {
          uri: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
          id: 3,
        },
      ],
      encodings: rids.length > 0 ? rids.map(rid => ({ rid, scalabilityMode: 'L1T3' })) : [single],
      rtcp: { cname: 'VIDEOCNAME' },
    },
  };
}

/** An endpoint that can receive nothing that these tests send. */
export const uselessCapabilities: types.RtpCapabilities = {
  codecs: [
    { kind: 'audio', mimeType: 'audio/PCMU', preferredPayloadType: 0, clockRate: 8000 },
    { kind: 'video', mimeType: 'video/AV1', preferredPayloadType: 50, clockRate: 90000 },
  ],
  headerExtensions: [],
};

/** DTLS parameters of an endpoint, with a fingerprint of no certificate in particular. */
export const dtlsParameters: types.DtlsParameters = {
  role: 'client',
  fingerprints: [
    {
      algorithm: 'sha-256',
      value:
        '82:5A:68:3D:36:C3:0A:DE:AF:E7:32:43:D2:88:83:57:' +
        'AC:2D:65:E5:80:C4:B6:FB:AF:1A:A0:21:9F:6D:0C:AD',
    },
  ],
};
