// The sluice process dies in the middle of a call: everybody is back without pressing anything.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { untilAllSeeAndHear } from './lib/expectations.js';
import { Scene } from './lib/scene.js';
import { stepsOf } from './lib/steps.js';
import { until } from './lib/until.js';

let scene;
const step = stepsOf(() => scene);

before(async () => {
  scene = await Scene.open('failure');
});

after(async () => {
  await scene?.close();
});

step('a call comes back after the media process was killed', async () => {
  await scene.join('Ada');
  await scene.join('Ben');
  await untilAllSeeAndHear(scene.people);
  const { pid } = await scene.worker();
  process.kill(pid, 'SIGKILL');
  await until('there is a new process', async () => (await scene.worker()).pid !== pid);
  for (const person of scene.people) {
    await person.untilConnected();
  }
  await untilAllSeeAndHear(scene.people);
  assert.equal(scene.server.rooms.size, 1);
});
