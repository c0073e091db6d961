// Nobody sends what nobody watches: the sizes of a camera are turned off and on as the tiles of the others need them.
import { after, before } from 'node:test';
import { untilAllSeeAndHear, untilSeesAndHears } from './lib/expectations.js';
import { Scene } from './lib/scene.js';
import { stepsOf } from './lib/steps.js';
import { until } from './lib/until.js';

const SMALL = { width: 640, height: 480 };
const LARGE = { width: 1920, height: 1080 };

let scene;
let ada;
let ben;
const step = stepsOf(() => scene);

before(async () => {
  scene = await Scene.open('watching');
});

after(async () => {
  await scene?.close();
});

/** Of which of Ada's encodings frames are sent within a second. */
async function sentEncodings() {
  const frames = async () => new Map((await ada.sent()).map(({ rid, framesSent }) => [rid, framesSent ?? 0]));
  const before = await frames();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return [...(await frames())].filter(([rid, sent]) => sent > (before.get(rid) ?? 0)).map(([rid]) => rid).sort();
}

function untilSends(...rids) {
  return until(
    `Ada sends ${rids.join(', ') || 'nothing'}`,
    async () => {
      const sent = await sentEncodings();
      if (sent.join() !== rids.join()) {
        throw new Error(`Ada sends ${sent.join(', ') || 'nothing'}`);
      }
      return true;
    },
    { timeout: 30_000, interval: 0 },
  );
}

/** Fresh pictures of so many lines. */
async function untilBenSees(fits) {
  await until('Ben sees Ada in the size that fits', async () => fits((await ben.received()).Ada.camera.frameHeight), { timeout: 30_000 });
  await untilSeesAndHears(ben, ['Ada']);
}

step('to small tiles only the smallest size is sent', async () => {
  ada = await scene.join('Ada', { quality: 'high' });
  ben = await scene.join('Ben');
  await untilAllSeeAndHear(scene.people);
  await untilSends('r0');
  await untilBenSees((lines) => lines <= 180);
});

step('a tile that grows gets a larger picture, and only that is sent', async () => {
  await ben.page.setViewportSize(LARGE);
  await untilBenSees((lines) => lines > 360);
  await untilSends('r2');
});

step('a tile that shrinks gets a smaller picture, and only that is sent', async () => {
  await ben.page.setViewportSize(SMALL);
  await untilBenSees((lines) => lines <= 180);
  await untilSends('r0');
});

step('tiles of different sizes get each its own', async () => {
  const cleo = await scene.join('Cleo');
  await cleo.page.setViewportSize(LARGE);
  await until('Cleo sees more than Ben', async () => (await cleo.received()).Ada.camera.frameHeight > 180, { timeout: 30_000 });
  await until('Ada sends two sizes', async () => {
    const sent = await sentEncodings();
    return sent.length === 2 && sent[0] === 'r0';
  });
  await untilAllSeeAndHear(scene.people);
  await cleo.leave();
  await untilSends('r0');
});

step('to nobody nothing is sent, and who comes sees a picture', async () => {
  await ben.leave();
  await untilSends();
  ben = await scene.join('Ben');
  await untilAllSeeAndHear(scene.people);
});
