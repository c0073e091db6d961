// A basic call with each DTLS hello that Chromium can send: the post-quantum one of 1,413 bytes in two
// datagrams (its default), and the small one.
import { after } from 'node:test';
import assert from 'node:assert/strict';
import { untilAllSeeAndHear } from './lib/expectations.js';
import { Scene } from './lib/scene.js';
import { stepsOf } from './lib/steps.js';

let scene;
const step = stepsOf(() => scene);

async function basicCall(name, browserFlags) {
  scene = await Scene.open(`hello-${name}`, { browserFlags });
  for (const person of ['Ada', 'Ben', 'Cleo', 'Dan']) {
    await scene.join(person);
  }
  await untilAllSeeAndHear(scene.people);
  for (const { dtlsRole, dtlsState } of await scene.people[0].transports()) {
    assert.deepEqual([dtlsRole, dtlsState], ['client', 'connected']);
  }
  await scene.close();
  scene = undefined;
}

after(async () => {
  await scene?.close();
});

step('with the post-quantum hello', () => basicCall('post-quantum', ['--enable-features=WebRtcPqcForDtls']));
step('with the classic hello', () => basicCall('classic', ['--disable-features=WebRtcPqcForDtls']));
