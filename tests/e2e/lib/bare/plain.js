// Plain transports of a BareRoom: where others send RTP in, and where we send it out.
import { createSocket } from 'node:dgram';

/** Nothing else listens there. */
export async function freePorts(count) {
  const sockets = await Promise.all(Array.from({ length: count }, () => bind()));
  const ports = sockets.map((socket) => socket.address().port);
  sockets.forEach((socket) => socket.close());
  return ports;
}

export function createPlain(room, options) {
  return room.router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' }, rtcpMux: false, ...options });
}

/** What comes from elsewhere as one stream without RTX. */
export async function produceVp8(transport, { ssrc, payloadType }) {
  const rtcpFeedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }];
  const codec = { mimeType: 'video/VP8', payloadType, clockRate: 90000, parameters: {}, rtcpFeedback };
  return transport.produce({ kind: 'video', rtpParameters: { codecs: [codec], encodings: [{ ssrc }] } });
}

export async function produceOpus(transport, { ssrc, payloadType }) {
  const codec = { mimeType: 'audio/opus', payloadType, clockRate: 48000, channels: 2, parameters: { 'sprop-stereo': 1 }, rtcpFeedback: [] };
  return transport.produce({ kind: 'audio', rtpParameters: { codecs: [codec], encodings: [{ ssrc }] } });
}

/** Sends a producer's media to `port` and its RTCP to `rtcpPort` of this machine; starts paused. */
export async function consumeTo(room, producerId, { port, rtcpPort, rtpCapabilities = room.capabilities(), ...options }) {
  const transport = await createPlain(room, options);
  await transport.connect({ ip: '127.0.0.1', port, rtcpPort });
  return transport.consume({ producerId, rtpCapabilities, paused: true });
}

/** What one who receives these consumers has to know (RFC 4566). `ports` are where each is received: {port, rtcpPort}. */
export function sdpFor(consumers, ports) {
  const media = consumers.flatMap(({ kind, rtpParameters: { codecs, encodings } }, index) => {
    const [{ mimeType, payloadType, clockRate, channels, parameters }] = codecs;
    const format = Object.entries(parameters).map(([name, value]) => `${name}=${value}`).join(';');
    return [
      `m=${kind} ${ports[index].port} RTP/AVPF ${payloadType}`,
      `a=rtcp:${ports[index].rtcpPort}`,
      `a=rtpmap:${payloadType} ${mimeType.split('/')[1]}/${clockRate}${channels > 1 ? `/${channels}` : ''}`,
      ...(format === '' ? [] : [`a=fmtp:${payloadType} ${format}`]),
      `a=ssrc:${encodings[0].ssrc} cname:sluice`,
    ];
  });
  return ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=sluice', 'c=IN IP4 127.0.0.1', 't=0 0', ...media, ''].join('\r\n');
}

function bind() {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => resolve(socket));
  });
}
