// Five of a hundred packets get lost, in both directions: retransmission repairs it.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { untilAllSeeAndHear } from './lib/expectations.js';
import { canLosePackets, losePackets, stopLosingPackets } from './lib/loss.js';
import { Scene } from './lib/scene.js';
import { stepsOf } from './lib/steps.js';
import { until } from './lib/until.js';

const LOSS_PERCENT = 5;
const WATCHED_MS = 10_000;
/** Of 15 a second; without retransmission nearly every frame waits for a keyframe. */
const LEAST_FRAMES = (WATCHED_MS / 1000) * 15 * 0.5;

let scene;
const step = stepsOf(() => scene);
const needsLoss = { skip: canLosePackets ? false : 'needs a network namespace of its own' };

before(async () => {
  scene = await Scene.open('loss');
});

after(async () => {
  await scene?.close();
});

step('a call starts while packets get lost', needsLoss, async () => {
  losePackets(LOSS_PERCENT);
  await scene.join('Ada');
  await scene.join('Ben');
  await scene.join('Cleo');
  await untilAllSeeAndHear(scene.people);
});

step('what is lost towards a subscriber is sent again', needsLoss, async () => {
  for (const person of scene.people) {
    await until(`${person.name} received retransmissions`, async () =>
      Object.values(await person.received()).every(
        ({ camera }) => camera.nackCount > 0 && camera.retransmittedPacketsReceived > 0,
      ),
    );
  }
});

step('what is lost on the way from a publisher is asked for and sent again', needsLoss, async () => {
  for (const person of scene.people) {
    await until(`${person.name} retransmitted`, async () => {
      const streams = await person.sent();
      return streams.some(({ nackCount, retransmittedPacketsSent }) => nackCount > 0 && retransmittedPacketsSent > 0);
    });
  }
});

step('pictures keep coming', needsLoss, async () => {
  const [ada] = scene.people;
  const before = await ada.received();
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
  const after = await ada.received();
  for (const name of ['Ben', 'Cleo']) {
    const frames = after[name].camera.framesDecoded - before[name].camera.framesDecoded;
    assert.ok(frames >= LEAST_FRAMES, `${frames} frames of ${name} in ${WATCHED_MS / 1000} s`);
  }
  assert.ok(stopLosingPackets() > 100, 'packets were lost at all');
  await untilAllSeeAndHear(scene.people);
});
