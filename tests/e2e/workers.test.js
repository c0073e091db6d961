// A room whose members sit on different worker threads.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { untilAllSeeAndHear } from './lib/expectations.js';
import { Scene } from './lib/scene.js';
import { stepsOf } from './lib/steps.js';

let scene;
const step = stepsOf(() => scene);

before(async () => {
  scene = await Scene.open('workers', { flags: ['--workers', '2'] });
});

after(async () => {
  await scene?.close();
});

step('members on two workers see and hear each other', async () => {
  for (const name of ['Ada', 'Ben', 'Cleo', 'Dan']) {
    await scene.join(name);
  }
  await untilAllSeeAndHear(scene.people);
  const { workers } = await (await scene.worker()).dump();
  assert.equal(workers.length, 2);
  for (const worker of workers) {
    assert.ok(worker.transports > 0, `the transports are on one worker: ${JSON.stringify(workers)}`);
  }
});

step('all of them talk to the same UDP port', async () => {
  const paths = (await Promise.all(scene.people.map((person) => person.paths()))).flat();
  assert.equal(paths.length, 8);
  assert.deepEqual([...new Set(paths.map(({ remote }) => `${remote.protocol} ${remote.address}`))], ['udp 127.0.0.1']);
  assert.equal(new Set(paths.map(({ remote }) => remote.port)).size, 1);
});

step('a member that leaves and one that comes change nothing for the others', async () => {
  await scene.people[3].leave();
  await scene.join('Eve');
  await untilAllSeeAndHear(scene.people);
});
