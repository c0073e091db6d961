// Firefox and Chromium in one room.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { untilAllSeeAndHear, untilChannelsOpen, untilChatEnds, untilSilent } from './lib/expectations.js';
import { Firefox } from './lib/firefox.js';
import { splitHellos, startCountingSplitHellos } from './lib/hello_counter.js';
import { addAddress, hasOwnNetwork } from './lib/network.js';
import { Scene } from './lib/scene.js';
import { stepsOf } from './lib/steps.js';
import { until } from './lib/until.js';

let scene;
let firefox;
let ada;
let fay;
const step = stepsOf(() => scene);
const needsNetwork = { skip: hasOwnNetwork ? false : 'needs a network namespace of its own' };

before(async () => {
  if (hasOwnNetwork) {
    const address = addAddress();
    [scene, firefox] = await Promise.all([Scene.open('firefox', { flags: ['--listen-ip', address] }), Firefox.launch()]);
  }
});

after(async () => {
  await firefox?.close();
  await scene?.close();
});

step('a Firefox and two Chromiums see and hear each other', needsNetwork, async () => {
  ada = await scene.join('Ada');
  startCountingSplitHellos();
  fay = await scene.join('Fay', { browser: firefox });
  assert.ok(splitHellos() >= 2, 'each hello of Firefox came in two datagrams');
  await scene.join('Ben');
  await untilAllSeeAndHear(scene.people);
});
step('media is VP8 and opus, protected by AEAD_AES_128_GCM over DTLS', needsNetwork, async () => {
  const transports = await fay.transports();
  assert.deepEqual(
    transports.map(({ dtlsRole, dtlsState, srtpCipher }) => [dtlsRole, dtlsState, srtpCipher]),
    Array(2).fill(['client', 'connected', 'SRTP_AEAD_AES_128_GCM']),
  );
  assert.deepEqual(await fay.codecs(), ['audio/opus', 'video/VP8']);
});

step('a muted Firefox is silent, and heard again after', needsNetwork, async () => {
  await fay.press('toggle-microphone');
  await until('Fay is marked as muted', () => ada.marksMuted('Fay'));
  await untilSilent(ada, 'Fay', 'microphone');
  await fay.press('toggle-microphone');
  await untilAllSeeAndHear(scene.people);
});

step('a camera that is turned off goes dark, and shows again after, in both browsers', needsNetwork, async () => {
  for (const [off, watching] of [[fay, ada], [ada, fay]]) {
    await off.press('toggle-camera');
    await until(`the tile of ${off.name} is dark`, () => watching.tileHas(off.name, 'tile-dark'));
    await off.press('toggle-camera');
    await until(`the tile of ${off.name} shows a picture`, async () => !(await watching.tileHas(off.name, 'tile-dark')));
  }
  await untilAllSeeAndHear(scene.people);
});

step('Firefox and Chromium chat and send files to each other', needsNetwork, async () => {
  await untilChannelsOpen(scene.people);
  await fay.say('Hello from Firefox');
  await untilChatEnds(ada, [['Fay', 'Hello from Firefox']]);
  await ada.say('Hello from Chromium');
  await untilChatEnds(fay, [['Ada', 'Hello from Chromium']]);
  await ada.dropFiles([{ name: 'one.bin', bytes: 2_000_000 }]);
  await untilChatEnds(fay, [['Ada', 'one.bin: 2.0 MB · received']]);
  await fay.dropFiles([{ name: 'two.bin', bytes: 2_000_000 }]);
  await untilChatEnds(ada, [['Fay', 'two.bin: 2.0 MB · received']]);
});

step('ICE restarts in Firefox while media flows', needsNetwork, async () => {
  const fragments = async () => (await fay.transports()).map(({ iceLocalUsernameFragment }) => iceLocalUsernameFragment);
  const before = await fragments();
  await fay.page.evaluate(() => globalThis.sluiceCall.restartIce());
  await until('both transports have new credentials', async () => {
    const now = await fragments();
    return now.every((fragment, index) => fragment !== before[index]);
  });
  await untilAllSeeAndHear(scene.people);
});

step('a Firefox that leaves is gone, and pages log no errors', needsNetwork, async () => {
  assert.deepEqual(scene.people.flatMap((person) => person.errors()), []);
  await fay.leave();
  await until('Ada knows that Fay left', async () => !(await ada.others()).includes('Fay'));
});
