// Video of each codec while 2, 5 and 10 of a hundred packets get lost, on the way to sluice and on the way from it at once,
// feedback too: how much of its frame rate is left.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pair } from './lib/bare/pair.js';
import { canLosePackets, losePackets, stopLosingPackets } from './lib/loss.js';
import { stepsOf } from './lib/steps.js';
import { until } from './lib/until.js';

const SINGLE = [{ maxBitrate: 500_000 }];
const SIMULCAST = [
  { rid: 'r0', scaleResolutionDownBy: 2, maxBitrate: 150_000, scalabilityMode: 'L1T3' },
  { rid: 'r1', maxBitrate: 500_000, scalabilityMode: 'L1T3' },
];
const VIDEOS = [
  { name: 'VP8', mimeType: 'video/VP8', encodings: SINGLE },
  { name: 'H264', mimeType: 'video/H264', encodings: SINGLE },
  { name: 'VP9', mimeType: 'video/VP9', encodings: SINGLE },
  { name: 'AV1', mimeType: 'video/AV1', encodings: SINGLE },
  { name: 'VP8 simulcast', mimeType: 'video/VP8', encodings: SIMULCAST },
];
const SETTLING_MS = 1_500;
const WATCHED_MS = 6_000;

let pair;
let room;
let publisher;
let subscriber;
const step = stepsOf(() => undefined);
const needsLoss = { skip: canLosePackets ? false : 'needs a network namespace of its own' };

before(async () => {
  pair = await Pair.open();
  ({ room, publisher, subscriber } = pair);
});

after(() => pair?.close());

step('all videos are shown', async () => {
  for (const video of VIDEOS) {
    video.producerId = await publisher.produce('video', video.mimeType, video.encodings, { startBitrate: 3_000 });
    await subscriber.consume(video.producerId);
  }
  for (const { name, producerId } of VIDEOS) {
    await until(`${name} is shown`, async () => (await subscriber.received(producerId))?.frameWidth === 640);
  }
});

for (const [percent, leastShare] of [[2, 0.9], [5, 0.8], [10, 0.6]]) {
  step(`at ${percent} % loss ${100 * leastShare} % of the frames are left`, needsLoss, async () => {
    losePackets(percent);
    await sleep(SETTLING_MS);
    const shares = await sharesOfFrames();
    const lost = stopLosingPackets();
    console.log(`# ${percent} %: ${VIDEOS.map(({ name }, index) => `${name} ${Math.round(100 * shares[index])} %`).join(', ')}`);
    assert.ok(lost > 20, `${lost} packets were lost`);
    VIDEOS.forEach(({ name }, index) => {
      assert.ok(shares[index] >= leastShare, `${name} at ${percent} % loss: ${shares[index]} of the frames are decoded`);
    });
  });
}

/** What is decoded of what the camera saw, for each video. */
async function sharesOfFrames() {
  const count = ({ producerId }) =>
    Promise.all([publisher.framesCaptured(producerId), subscriber.received(producerId).then(({ framesDecoded }) => framesDecoded)]);
  const earlier = await Promise.all(VIDEOS.map(count));
  await sleep(WATCHED_MS);
  const later = await Promise.all(VIDEOS.map(count));
  return later.map(([captured, decoded], index) => (decoded - earlier[index][1]) / (captured - earlier[index][0]));
}
