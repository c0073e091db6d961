// Pages that use only the TCP candidates, beside one that has UDP: networks that let nothing else through.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { untilAllSeeAndHear } from './lib/expectations.js';
import { Scene } from './lib/scene.js';
import { stepsOf } from './lib/steps.js';
import { until } from './lib/until.js';

let scene;
const step = stepsOf(() => scene);

before(async () => {
  scene = await Scene.open('tcp', { flags: ['--workers', '2'] });
});

after(async () => {
  await scene?.close();
});

async function protocols(person) {
  return (await person.paths()).map(({ local, remote }) => `${local.protocol} ${remote.protocol}`);
}

step('people over TCP and over UDP see and hear each other', async () => {
  await scene.join('Ada', { path: 'tcp' });
  await scene.join('Ben', { path: 'tcp' });
  await scene.join('Cleo');
  await untilAllSeeAndHear(scene.people);
  const [ada, ben, cleo] = scene.people;
  assert.deepEqual([await protocols(ada), await protocols(ben)], Array(2).fill(['tcp tcp', 'tcp tcp']));
  assert.deepEqual(await protocols(cleo), ['udp udp', 'udp udp']);
});

step('all TCP connections go to one port', async () => {
  const paths = (await Promise.all(scene.people.slice(0, 2).map((person) => person.paths()))).flat();
  assert.equal(new Set(paths.map(({ remote }) => remote.port)).size, 1);
});

step('ICE restarts over TCP while media flows', async () => {
  const [ada] = scene.people;
  const fragments = async () => (await ada.transports()).map(({ iceLocalUsernameFragment }) => iceLocalUsernameFragment);
  const before = await fragments();
  await ada.page.evaluate(() => globalThis.sluiceCall.restartIce());
  await until('both transports have new credentials', async () => (await fragments()).every((fragment, index) => fragment !== before[index]));
  await untilAllSeeAndHear(scene.people);
  assert.deepEqual(await protocols(ada), ['tcp tcp', 'tcp tcp']);
});

step('one over TCP leaves and comes back', async () => {
  await scene.people[1].leave();
  await scene.join('Ben', { path: 'tcp' });
  await untilAllSeeAndHear(scene.people);
});
