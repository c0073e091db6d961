// A basic call with each DTLS hello that Chromium can send: the post-quantum one of 1,413 bytes in two
// datagrams (its default), and the small one. And media of a Chromium that sends none, but waits for ours.
import { after } from 'node:test';
import assert from 'node:assert/strict';
import { BareRoom } from './lib/bare/room.js';
import { BrowserClient } from './lib/bare/browser_client.js';
import { launchBrowser } from './lib/browser.js';
import { untilAllSeeAndHear } from './lib/expectations.js';
import { Scene } from './lib/scene.js';
import { stepsOf } from './lib/steps.js';
import { until } from './lib/until.js';

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

step('with a hello from us', async () => {
  const [room, browser] = await Promise.all([BareRoom.open(), launchBrowser()]);
  try {
    const client = await BrowserClient.join(room, 'Ada', browser, { dtlsRole: 'server' });
    const producerId = await client.produce('video', 'video/VP8');
    await client.consume(producerId);
    await until('the page decodes its own picture', async () => (await client.received(producerId))?.framesDecoded > 10);
    const [sending] = await client.transports();
    assert.deepEqual([sending.dtlsRole, sending.dtlsState], ['server', 'connected']);
  } finally {
    await browser.close();
    await room.close();
  }
});
