// No test: captures what Chromium sends in each mode, for the replays of tests/replay. `tests/e2e/run
// tests/e2e/golden_captures.js [MODE…]` takes all of them, or these, again into tests/replay/captures: NAME.pcapng, and in
// NAME.txt what was negotiated.
import { readdir, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BrowserClient } from './lib/bare/browser_client.js';
import { BareRoom } from './lib/bare/room.js';
import { launchBrowser } from './lib/browser.js';
import { until } from './lib/until.js';

const DIRECTORY = fileURLToPath(new URL('../replay/captures/', import.meta.url));
const SDK = new URL('../../api/node/dist/index.js', import.meta.url);
const FRAME_RATE = 15;
const CAMERA = { width: 1280, height: 720, frameRate: FRAME_RATE, startBitrate: 1_500 };
/** Enough for headers, extensions and payload descriptors; the rest is for a replay to make up. */
const SNAP_LENGTH = 224;
/** How often key frames are asked for, so that there are some of every layer. */
const KEY_FRAME_MS = 800;
const KEY_FRAMES = 3;

const simulcast = (scalabilityMode) =>
  [4, 2, 1].map((scaleResolutionDownBy, index) => ({
    rid: `r${index}`,
    scaleResolutionDownBy,
    scalabilityMode,
    maxBitrate: [60_000, 150_000, 300_000][index],
  }));
const svc = (scalabilityMode) => [{ scalabilityMode, maxBitrate: 500_000 }];

const AV1_MODES = ['L1T1', 'L1T2', 'L1T3', 'L2T1', 'L2T2', 'L2T3', 'L3T1', 'L3T2', 'L3T3', 'L3T3_KEY'];
const MODES = {
  opus_dtx: { mimeType: 'audio/opus', kind: 'audio' },
  vp8_simulcast: { mimeType: 'video/VP8', encodings: simulcast('L1T3') },
  vp8_l1t3: { mimeType: 'video/VP8', encodings: svc('L1T3') },
  h264_simulcast: { mimeType: 'video/H264', encodings: simulcast('L1T3') },
  vp9_simulcast: { mimeType: 'video/VP9', encodings: simulcast('L1T3') },
  vp9_l3t3_key: { mimeType: 'video/VP9', encodings: svc('L3T3_KEY') },
  vp9_l3t3: { mimeType: 'video/VP9', encodings: svc('L3T3') },
  av1_simulcast: { mimeType: 'video/AV1', encodings: simulcast('L1T3') },
  ...Object.fromEntries(AV1_MODES.map((mode) => [`av1_${mode.toLowerCase()}`, { mimeType: 'video/AV1', encodings: svc(mode) }])),
};

/** Lines of words: codec, payload types, extensions and encodings. */
function describe({ rtpParameters: { mid, codecs, headerExtensions, encodings } }) {
  const [codec, rtx] = codecs;
  return [
    `codec ${codec.mimeType} ${codec.clockRate}`,
    `payload ${codec.payloadType} ${rtx?.payloadType ?? '-'}`,
    `mid ${mid}`,
    ...headerExtensions.map(({ id, uri }) => `extension ${id} ${uri}`),
    ...encodings.map(({ ssrc, rtx: repair, rid, scalabilityMode }) =>
      ['encoding', ssrc ?? '-', repair?.ssrc ?? '-', rid ?? '-', scalabilityMode ?? '-'].join(' '),
    ),
    '',
  ].join('\n');
}

/** One for each encoding, so that key frames of each can be asked for. */
async function watch(room, producer) {
  const transport = await room.router.createDirectTransport();
  const { rtpCapabilities } = room.router;
  const consumers = producer.rtpParameters.encodings.map((_, spatialLayer) =>
    transport.consume({ producerId: producer.id, rtpCapabilities, preferredLayers: { spatialLayer, temporalLayer: 2 } }),
  );
  return Promise.all(consumers);
}

async function capture(room, browser, name, { kind = 'video', mimeType, encodings }) {
  const client = await BrowserClient.join(room, name, browser);
  const [transportId] = await client.transportIds();
  const transport = room.transports.get(transportId);
  await rm(`${DIRECTORY}${name}.pcapng`, { force: true });
  await transport.startCapture({ fileName: `${name}.pcapng`, direction: 'in', snapLength: SNAP_LENGTH });
  const producer = room.producers.get(await client.produce(kind, mimeType, encodings, CAMERA));
  const consumers = await watch(room, producer);
  await until(`${name}: all encodings arrive`, async () => (await producer.getStats()).length === producer.rtpParameters.encodings.length);
  for (let i = 0; i < KEY_FRAMES; ++i) {
    await sleep(KEY_FRAME_MS);
    if (kind === 'video') await Promise.all(consumers.map((consumer) => consumer.requestKeyFrame()));
  }
  await sleep(KEY_FRAME_MS / 2);
  const { bytes, packets } = await transport.stopCapture();
  await writeFile(`${DIRECTORY}${name}.txt`, describe(producer));
  console.log(`${name}: ${packets} packets, ${bytes} bytes`);
  await client.close();
}

const wanted = process.argv.slice(2);
const { createWorker } = await import(SDK);
const worker = await createWorker({ workers: 1, captureDirectory: DIRECTORY });
const room = await BareRoom.open({ worker });
const browser = await launchBrowser([`--use-fake-device-for-media-stream=fps=${FRAME_RATE}`]);
try {
  for (const [name, mode] of Object.entries(MODES)) {
    if (wanted.length === 0 || wanted.includes(name)) await capture(room, browser, name, mode);
  }
} finally {
  await browser.close();
  await room.close();
  worker.close();
}
console.log(`${(await readdir(DIRECTORY)).length} files`);
