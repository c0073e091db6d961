// Four people in a call, and what people do in calls. Chromium's default, post-quantum DTLS hello.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { untilAllSeeAndHear, untilSeesAndHears, untilSilent } from './lib/expectations.js';
import { Participant } from './lib/participant.js';
import { Scene } from './lib/scene.js';
import { stepsOf } from './lib/steps.js';
import { until } from './lib/until.js';

/** What may get lost on a busy machine; a gap of a pause would be dozens. */
const FEW_PACKETS = 5;
/** Where the page lets Chromium start, in bits a second. Without feedback it stays there. How far it rises depends on the
 *  machine: a busy one delays packets, and the test pattern gives the encoder little to send. */
const START_BITRATE = 600_000;
/** Promised to one who comes late. Three tries, because a busy machine may stall the browser in one of them. */
const PICTURE_WITHIN_MS = 2_000;

let scene;
let ada;
let ben;
let cleo;
let dan;
const step = stepsOf(() => scene);

before(async () => {
  scene = await Scene.open('call');
});

after(async () => {
  await scene?.close();
});

step('four people see and hear each other', async () => {
  [ada, ben, cleo, dan] = [await scene.join('Ada'), await scene.join('Ben'), await scene.join('Cleo'), await scene.join('Dan')];
  await untilAllSeeAndHear(scene.people);
});

step('media is protected by AEAD_AES_128_GCM over DTLS', async () => {
  for (const transport of await ada.transports()) {
    assert.equal(transport.dtlsState, 'connected');
    assert.equal(transport.srtpCipher, 'SRTP_AEAD_AES_128_GCM');
  }
});

step('a muted person is silent and marked, and heard again after', async () => {
  const lostBefore = (await ben.received()).Ada.microphone.packetsLost;
  await ada.press('toggle-microphone');
  await until('Ada is marked as muted', () => ben.marksMuted('Ada'));
  await untilSilent(ben, 'Ada', 'microphone');
  await untilSeesAndHears(ben, ['Ada'], { audio: false });
  await ada.press('toggle-microphone');
  await untilAllSeeAndHear([ada, ben]);
  assert.equal(await ben.marksMuted('Ada'), false);
  const lost = (await ben.received()).Ada.microphone.packetsLost - lostBefore;
  assert.ok(lost <= FEW_PACKETS, `the pause left a gap of ${lost} packets`);
});

step('a camera that is turned off goes dark, and shows again after', async () => {
  const lostBefore = (await cleo.received()).Ada.camera.packetsLost;
  await ada.press('toggle-camera');
  await until('the tile of Ada is dark', () => cleo.tileHas('Ada', 'tile-dark'));
  await untilSilent(cleo, 'Ada', 'camera');
  const released = await ada.page.evaluate(() => globalThis.sluiceCall.members()[0].camera.track === undefined);
  assert.ok(released, 'the device is still open');
  await ada.press('toggle-camera');
  await untilAllSeeAndHear(scene.people);
  await until('the tile of Ada shows a picture', async () => !(await cleo.tileHas('Ada', 'tile-dark')));
  const lost = (await cleo.received()).Ada.camera.packetsLost - lostBefore;
  assert.ok(lost <= FEW_PACKETS, `the pause left a gap of ${lost} packets`);
});

step('ICE restarts while media flows', async () => {
  const fragments = async () => (await ada.transports()).map(({ iceLocalUsernameFragment }) => iceLocalUsernameFragment);
  const before = await fragments();
  await ada.press('toggle-figures');
  await ada.press('restart-ice');
  await until('both transports have new credentials', async () => {
    const now = await fragments();
    return now.every((fragment, index) => fragment !== before[index]);
  });
  await untilAllSeeAndHear(scene.people);
  const states = await ada.page.evaluate(() => globalThis.sluiceCall.linkStates());
  assert.deepEqual(states, ['connected', 'connected']);
  await ada.press('toggle-figures');
});

step('the call survives the loss of its WebSocket', async () => {
  const before = (await ada.transports()).map(({ id, iceLocalUsernameFragment }) => id + iceLocalUsernameFragment);
  await ada.page.evaluate(() => globalThis.sluiceCall.signalling.interrupt());
  await until('Ada has noticed', () => ada.page.evaluate(() => globalThis.sluiceCall.state === 'reconnecting'), { interval: 10 });
  await ada.untilConnected();
  await untilAllSeeAndHear(scene.people);
  assert.deepEqual((await ada.transports()).map(({ id, iceLocalUsernameFragment }) => id + iceLocalUsernameFragment), before);
  await ada.press('toggle-microphone');
  await until('Ada is marked as muted', () => ben.marksMuted('Ada'));
  await ada.press('toggle-microphone');
});

step('one leaves, and one who comes late sees everybody within two seconds', async () => {
  await dan.leave();
  for (const person of [ada, ben, cleo]) {
    await until(`${person.name} knows that Dan left`, async () => !(await person.others()).includes('Dan'));
  }
  const attempts = [];
  for (const name of ['Eve', 'Finn', 'Gus']) {
    const late = await Participant.open(scene, name);
    const delays = await late.enterAndTimePictures(3);
    assert.equal(delays.length, 3, `${name} saw ${delays.length} of 3`);
    attempts.push(Math.max(...delays));
    if (attempts.at(-1) < PICTURE_WITHIN_MS) {
      break;
    }
    await late.leave();
  }
  assert.ok(attempts.at(-1) < PICTURE_WITHIN_MS, `the pictures took ${attempts.join(', ')} ms`);
  await untilAllSeeAndHear(scene.people);
});

step('the sending rate of a publisher rises with what the network carries', async () => {
  const hana = await scene.join('Hana', { quality: 'standard' });
  await until('Hana may send more than she began with', async () => (await hana.availableBitrate()) > START_BITRATE * 1.05, {
    timeout: 60_000,
  });
  await hana.leave();
});

step('one who just closes the tab is gone', async () => {
  await cleo.vanish();
  for (const person of [ada, ben]) {
    await until(`${person.name} knows that Cleo left`, async () => !(await person.others()).includes('Cleo'));
  }
});

step('a shared screen is seen by the others', async () => {
  await ada.press('toggle-screen');
  await ben.page.waitForFunction(() => document.querySelector('.tile-screen video')?.videoWidth > 0, null, { timeout: 30_000 });
  await ada.press('toggle-screen');
  await ben.page.waitForFunction(() => document.querySelector('.tile-screen') === null, null, { timeout: 30_000 });
});

step('pages log no errors', () => {
  assert.deepEqual(scene.people.flatMap((person) => person.errors()), []);
});
