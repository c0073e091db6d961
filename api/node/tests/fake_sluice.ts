/**
 * A stand-in for the sluice process: answers requests with canned results and
 * misbehaves as its first argument says. Only what the SDK does about it is tested
 * with it; everything else is tested with the real process.
 */
import { createInterface } from 'node:readline';
import { closeSync, writeSync } from 'node:fs';

type Request = { id: number; method: string; params: Record<string, unknown> };

const behaviour = process.argv[2];
let nextObject = 0;
let requests = 0;

const dtlsParameters = { role: 'auto', fingerprints: [{ algorithm: 'sha-256', value: '00' }] };
const rtpParameters = { codecs: [], headerExtensions: [], encodings: [{ ssrc: 1 }], rtcp: {} };
const codec = { kind: 'audio', mimeType: 'audio/opus', clockRate: 48000, channels: 2 };

const results: Record<string, (params: Record<string, unknown>) => object> = {
  'worker.dump': () => ({ pid: process.pid, version: '0.1.0', flags: process.argv.slice(3) }),
  'router.create': () => ({
    routerId: `router${nextObject++}`,
    rtpCapabilities: { codecs: [codec], headerExtensions: [] },
  }),
  'webRtcTransport.create': () => ({
    transportId: `transport${nextObject++}`,
    iceRole: 'controlled',
    iceParameters: { usernameFragment: 'ü', password: '\u{1f512}', iceLite: true },
    iceCandidates: [],
    iceState: 'new',
    dtlsParameters,
    dtlsState: 'new',
  }),
  'webRtcTransport.connect': () => ({ dtlsLocalRole: 'client' }),
  'producer.create': ({ producerId, kind, paused }) => ({
    producerId: producerId ?? `producer${nextObject++}`,
    kind,
    type: 'simple',
    rtpParameters,
    consumableRtpParameters: { ...rtpParameters, codecs: [codec] },
    paused: paused ?? false,
  }),
  'consumer.create': ({ producerId, paused }) => ({
    consumerId: `consumer${nextObject++}`,
    producerId,
    kind: 'audio',
    type: 'simple',
    rtpParameters,
    paused: paused ?? false,
    producerPaused: false,
    score: { score: 10, producerScore: 10, producerScores: [10] },
  }),
  'audioLevelObserver.create': () => ({ rtpObserverId: `observer${nextObject++}` }),
  'activeSpeakerObserver.create': () => ({ rtpObserverId: `observer${nextObject++}` }),
};

function write(text: string): void {
  writeSync(1, text);
}

function answer(request: Request): string {
  const result = results[request.method]?.(request.params) ?? {};

  return `${JSON.stringify({ jsonrpc: '2.0', id: request.id, result })}\n`;
}

/** One byte at a time, each in a write of its own. */
async function writeBytes(text: string): Promise<void> {
  for (const byte of Buffer.from(text)) {
    writeSync(1, Buffer.from([byte]));
    await new Promise(resolve => setImmediate(resolve));
  }
}

const garbage = [
  'this is not JSON',
  '',
  'null',
  '[]',
  '"text"',
  '{"jsonrpc":"2.0","id":999999,"result":{}}',
  '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}',
  '{"jsonrpc":"2.0","method":"nobody.knows","params":{"transportId":"nobody"}}',
  '{"jsonrpc":"2.0","method":"nobody.knows"}',
];

function handle(request: Request): void {
  const started = ++requests > 1;

  if (request.method === 'worker.close') {
    write(answer(request));
  } else if (behaviour === 'deaf' && started) {
    return;
  } else if (behaviour === 'garbage') {
    write(`${garbage.join('\n')}\n${answer(request)}${garbage.join('\n')}\n`);
  } else if (behaviour === 'bytes') {
    void writeBytes(answer(request));
  } else if (behaviour === 'backwards' && started) {
    // The later a request comes, the sooner it is answered.
    setTimeout(() => write(answer(request)), 200 / request.id);
  } else if (behaviour === 'mute' && started) {
    closeSync(1);
    setInterval(() => {}, 1000);
  } else if (behaviour === 'notify') {
    notifyWith(request);
  } else {
    write(answer(request));
  }
}

type Notification = [method: string, more?: object];

const followUps: Record<string, { id: string; notifications: Notification[] }> = {
  'consumer.create': {
    id: 'consumerId',
    notifications: [
      ['consumer.producerPause'],
      ['consumer.producerResume'],
      ['consumer.producerResume'],
      ['consumer.unheardOf'],
      ['consumer.producerClose'],
    ],
  },
  'rtpObserver.addProducer': {
    id: 'rtpObserverId',
    notifications: [
      [
        'audioLevelObserver.volumes',
        {
          volumes: [
            { producerId: 'gone', volume: -10 },
            { producerId: 'ann', volume: -20 },
          ],
        },
      ],
      ['audioLevelObserver.volumes', { volumes: [{ producerId: 'gone', volume: -10 }] }],
      ['audioLevelObserver.silence'],
      ['activeSpeakerObserver.dominantSpeaker', { producerId: 'gone' }],
      ['activeSpeakerObserver.dominantSpeaker', { producerId: 'ann' }],
    ],
  },
  'webRtcTransport.connect': {
    id: 'transportId',
    notifications: [
      ['webRtcTransport.dtlsStateChange', { dtlsState: 'connecting' }],
      ['webRtcTransport.iceStateChange', { iceState: 'completed' }],
      ['webRtcTransport.dtlsStateChange', { dtlsState: 'connected', dtlsRemoteCert: 'PEM' }],
      ['webRtcTransport.unheardOf'],
      ['webRtcTransport.dtlsStateChange', { dtlsState: 'closed' }],
    ],
  },
};

/** The response and what follows it arrive in one piece. */
function notifyWith(request: Request): void {
  const response = answer(request);
  const { id = '', notifications = [] } = followUps[request.method] ?? {};
  const { result } = JSON.parse(response) as { result: Record<string, string> };
  const about = { [id]: result[id] ?? request.params[id] };
  const lines = notifications.map(([method, more]) =>
    JSON.stringify({ jsonrpc: '2.0', method, params: { ...about, ...more } }),
  );

  write([response.trimEnd(), ...lines, ''].join('\n'));
}

if (behaviour === 'wrong-settings') {
  writeSync(2, 'the flag --workers is wrong\n');
  process.exit(42);
} else if (behaviour === 'crash') {
  writeSync(2, 'something terrible happened\n');
  process.exit(3);
} else if (behaviour === 'exit') {
  process.exit(0);
}

const input = createInterface({ input: process.stdin });
input.on('line', line => handle(JSON.parse(line) as Request));
input.on('close', () => {
  if (behaviour !== 'mute') process.exit(0);
});
