// A publisher that stops encodings of a simulcast and sends them again: others are taken, and left for the better ones when
// those return. SLUICE_E2E_MODES selects codecs by a regular expression.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pair } from './lib/bare/pair.js';
import { until } from './lib/until.js';

const CAMERA = { width: 960, height: 540, startBitrate: 2_000 };
const WIDTHS = [240, 480, 960];
const SIMULCAST = [4, 2, 1].map((scaleResolutionDownBy, index) => ({
  rid: `r${index}`,
  scaleResolutionDownBy,
  maxBitrate: [150_000, 400_000, 900_000][index],
  scalabilityMode: 'L1T3',
}));
const ALL = [0, 1, 2];
const FREEZE_MS = 1_500;
/** What may still freeze behind the change is watched, too. */
const WATCHED_MS = 600;
const POLL_MS = 50;

let pair;
let room;
let publisher;
let subscriber;

before(async () => {
  pair = await Pair.open();
  ({ room, publisher, subscriber } = pair);
});

after(() => pair?.close());

const CODECS = ['VP8', 'H264', 'VP9', 'AV1'];
const DAILY = 'VP8|AV1';

for (const codec of CODECS.filter((name) => new RegExp(process.env.SLUICE_E2E_MODES ?? DAILY).test(name))) {
  test(`${codec}: encodings stop and return`, { timeout: 120_000 }, async () => {
    const producerId = await publisher.produce('video', `video/${codec}`, SIMULCAST, CAMERA);
    const consumer = room.consumers.get(await subscriber.consume(producerId));
    await until(`${codec}: the best encoding is shown`, async () => (await widths(producerId)).includes(WIDTHS[2]));

    const keep = (kept) => () => publisher.keepEncodings(producerId, kept);
    const prefer = (spatialLayer) => () => consumer.setPreferredLayers({ spatialLayer });
    const watch = (what, act, spatialLayer) => untilShown(`${codec}, ${what}`, { producerId, consumer, act, spatialLayer });
    await watch('the best stops', keep([0, 1]), 1);
    await watch('the second stops', keep([0]), 0);
    await watch('both return', keep(ALL), 2);
    await watch('the lowest is preferred', prefer(0), 0);
    await watch('all but the best stop', keep([2]), 2);
    await watch('the lowest returns', keep(ALL), 0);

    await publisher.unproduce(producerId);
    room.producers.get(producerId).close();
  });
}

async function widths(producerId) {
  return (await subscriber.shown(producerId)).frames.map(({ width }) => width);
}

/** After `act` the pictures are soon those of `spatialLayer`, and there are always some. */
async function untilShown(what, { producerId, consumer, act, spatialLayer }) {
  const { now: start, frames: earlier } = await subscriber.shown(producerId);
  const frames = earlier.slice(-1);
  const look = async () => {
    const shown = await subscriber.shown(producerId);
    frames.push(...shown.frames);
    return shown.now;
  };
  await act();
  await until(
    `${what}: layer ${spatialLayer} is shown`,
    async () => {
      await look();
      return frames.at(-1)?.width === WIDTHS[spatialLayer] && consumer.currentLayers?.spatialLayer === spatialLayer;
    },
    { interval: POLL_MS },
  );
  const took = (await look()) - start;
  await sleep(WATCHED_MS);
  const end = await look();
  const times = [...frames.map(({ time }) => time), end];
  const freeze = Math.max(...times.slice(1).map((time, index) => time - times[index]));
  console.log(`# ${what}: ${Math.round(took)} ms, longest freeze ${Math.round(freeze)} ms`);
  assert.equal(frames.at(-1).width, WIDTHS[spatialLayer]);
  assert.ok(freeze <= FREEZE_MS, `${what}: a freeze of ${freeze} ms`);
}
