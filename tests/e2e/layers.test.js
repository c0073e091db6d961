// Every layer of every codec, in Chromium: a subscriber's preferred layers change, and new pictures of the expected size (or
// at the expected rate) are on its screen soon, without a freeze. SLUICE_E2E_MODES selects modes by a regular expression.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pair } from './lib/bare/pair.js';
import { until } from './lib/until.js';

const WIDTH = 1280;
const FRAME_RATE = 20;
const CAMERA = { width: WIDTH, height: 720, frameRate: FRAME_RATE, startBitrate: 3_000 };
const SWITCH_MS = 1_500;
const FREEZE_MS = 500;
const PATIENCE_MS = 2 * SWITCH_MS;
const POLL_MS = 50;
/** Frames are counted so long behind a switch, and what freezes then counts, too. */
const RATE_MS = 1_200;

const scaled = (scalabilityMode) => (scaleResolutionDownBy, index) => ({
  rid: `r${index}`,
  scaleResolutionDownBy,
  maxBitrate: [150_000, 500_000, 1_500_000][index],
  ...(scalabilityMode && { scalabilityMode }),
});
const simulcast = (scalabilityMode) => [4, 2, 1].map(scaled(scalabilityMode));
const svc = (scalabilityMode) => [{ scalabilityMode, maxBitrate: 2_000_000 }];

// Those with `daily` run with every test; SLUICE_E2E_MODES=. runs all of them.
const MODES = [
  { name: 'VP8 simulcast', mimeType: 'video/VP8', encodings: simulcast('L1T3'), spatial: 3, temporal: 3, daily: true },
  { name: 'H264 simulcast', mimeType: 'video/H264', encodings: simulcast('L1T3'), spatial: 3, temporal: 3, daily: true },
  { name: 'VP9 simulcast', mimeType: 'video/VP9', encodings: simulcast('L1T3'), spatial: 3, temporal: 3 },
  { name: 'AV1 simulcast', mimeType: 'video/AV1', encodings: simulcast('L1T3'), spatial: 3, temporal: 3 },
  { name: 'VP8 L1T3', mimeType: 'video/VP8', encodings: svc('L1T3'), spatial: 1, temporal: 3 },
  { name: 'H264 L1T3', mimeType: 'video/H264', encodings: svc('L1T3'), spatial: 1, temporal: 3 },
  { name: 'VP9 L3T3', mimeType: 'video/VP9', encodings: svc('L3T3'), spatial: 3, temporal: 3 },
  { name: 'VP9 L3T3_KEY', mimeType: 'video/VP9', encodings: svc('L3T3_KEY'), spatial: 3, temporal: 3, daily: true },
  { name: 'AV1 L1T3', mimeType: 'video/AV1', encodings: svc('L1T3'), spatial: 1, temporal: 3 },
  { name: 'AV1 L2T2', mimeType: 'video/AV1', encodings: svc('L2T2'), spatial: 2, temporal: 2 },
  { name: 'AV1 L3T3', mimeType: 'video/AV1', encodings: svc('L3T3'), spatial: 3, temporal: 3 },
  { name: 'AV1 L3T3_KEY', mimeType: 'video/AV1', encodings: svc('L3T3_KEY'), spatial: 3, temporal: 3, daily: true },
];

const wanted = process.env.SLUICE_E2E_MODES;
const chosen = MODES.filter(({ name, daily }) => (wanted === undefined ? daily : new RegExp(wanted).test(name)));

let pair;
let room;
let publisher;
let subscriber;

before(async () => {
  pair = await Pair.open([`--use-fake-device-for-media-stream=fps=${FRAME_RATE}`]);
  ({ room, publisher, subscriber } = pair);
});

after(() => pair?.close());

for (const mode of chosen) {
  test(`${mode.name}: every layer is shown`, { timeout: 180_000 }, async () => {
    const scene = await Watched.begin(mode);
    try {
      for (const [spatialLayer, temporalLayer] of tour(mode)) {
        await scene.switchTo({ spatialLayer, temporalLayer });
      }
    } finally {
      await scene.end();
    }
  });
}

/**
 * The layers in an order that has each step up and down, the long ones too, and each temporal layer of each spatial one;
 * every day only of the highest.
 */
function tour({ spatial, temporal }) {
  const top = temporal - 1;
  const rungs = [...Array(spatial).keys()];
  const timed = wanted === undefined ? rungs.slice(-1) : rungs;
  const spatially = [...rungs, ...rungs.toReversed().slice(1), ...(spatial > 2 ? [spatial - 1, 0] : [])];
  const temporally = temporal > 1 ? timed.flatMap((layer) => [...Array(temporal).keys()].map((rate) => [layer, rate])) : [];
  return [...spatially.map((layer) => [layer, top]), ...temporally];
}

class Watched {
  static async begin(mode) {
    const scene = new Watched();
    scene.mode = mode;
    scene.producerId = await publisher.produce('video', mode.mimeType, mode.encodings, CAMERA);
    scene.consumer = room.consumers.get(await subscriber.consume(scene.producerId));
    scene.told = scene.consumer.currentLayers;
    scene.consumer.on('layerschange', (layers) => (scene.told = layers));
    await scene.#untilShown(WIDTH);
    await until(`${mode.name}: the best layers are current`, () => scene.#isCurrent(mode.spatial - 1, mode.temporal - 1));
    return scene;
  }

  /** A machine that is busy with something else gets a second chance. */
  async switchTo(layers) {
    const before = this.consumer.currentLayers;
    try {
      await this.#trySwitchTo(layers);
    } catch (error) {
      console.log(`# once more: ${error.message}`);
      await this.consumer.setPreferredLayers({ ...before });
      await sleep(PATIENCE_MS);
      await this.#trySwitchTo(layers);
    }
  }

  async #trySwitchTo(layers) {
    const { spatialLayer, temporalLayer } = layers;
    const label = `${this.mode.name} to ${spatialLayer}.${temporalLayer}`;
    const { took, freeze, share } = await this.#watch(layers);
    console.log(`# ${label}: ${Math.round(took)} ms, longest freeze ${Math.round(freeze)} ms, ${Math.round(100 * share)} % of the frames`);
    assert.ok(took <= SWITCH_MS, `${label}: after ${took} ms`);
    assert.ok(freeze <= FREEZE_MS, `${label}: a freeze of ${freeze} ms`);
    assert.ok(this.#isCurrent(spatialLayer, temporalLayer), `${label}: ${JSON.stringify(this.consumer.currentLayers)} are current`);
    assert.deepEqual(this.told, layers, `${label}: told`);
    const expected = 1 / 2 ** (this.mode.temporal - 1 - temporalLayer);
    assert.ok(share <= expected * 1.35 && share >= expected * 0.65, `${label}: ${share} of the frames instead of ${expected}`);
  }

  /** How long it takes until pictures have the layers' width and they are current; the longest time without a picture. */
  async #watch(layers) {
    const { spatialLayer, temporalLayer } = layers;
    const width = WIDTH >> (this.mode.spatial - 1 - spatialLayer);
    const { now: start, frames: earlier } = await subscriber.shown(this.producerId);
    await this.consumer.setPreferredLayers(layers);
    const frames = earlier.slice(-1);
    let now = start;
    const look = async () => {
      const shown = await subscriber.shown(this.producerId);
      frames.push(...shown.frames);
      now = shown.now;
      return frames.some((frame) => frame.time >= start && frame.width === width);
    };
    while (!((await look()) && this.#isCurrent(spatialLayer, temporalLayer)) && now < start + PATIENCE_MS) {
      await sleep(POLL_MS);
    }
    const took = now - start;
    const share = await this.#shareOfFrames(spatialLayer);
    await look();
    const gaps = frames.slice(1).map((frame, index) => frame.time - frames[index].time);
    return { took, share, freeze: Math.max(...gaps, now - (frames.at(-1)?.time ?? start)) };
  }

  /** Of those that are sent of this layer, how many arrive and are decoded. In SVC each layer of a picture counts as sent. */
  async #shareOfFrames(spatialLayer) {
    const [rid, framesOfPicture] = this.mode.encodings.length > 1 ? [`r${spatialLayer}`, 1] : ['', this.mode.spatial];
    const count = async () => {
      const sent = (await publisher.framesSent(this.producerId))[rid] / framesOfPicture;
      return { sent, received: (await subscriber.received(this.producerId)).framesReceived };
    };
    const before = await count();
    await sleep(RATE_MS);
    const after = await count();
    return (after.received - before.received) / (after.sent - before.sent);
  }

  async end() {
    await subscriber.unconsume(this.producerId);
    await publisher.unproduce(this.producerId);
    room.producers.get(this.producerId).close();
  }

  #isCurrent(spatial, temporal) {
    const { spatialLayer, temporalLayer } = this.consumer.currentLayers ?? {};
    return spatialLayer === spatial && temporalLayer === temporal;
  }

  async #untilShown(width) {
    await until(`${this.mode.name}: pictures ${width} pixels wide`, async () =>
      (await subscriber.shown(this.producerId)).frames.some((frame) => frame.width === width),
    );
  }
}
