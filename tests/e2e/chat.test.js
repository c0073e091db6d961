// Chat and files between people in a call, over data channels.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before } from 'node:test';
import { untilChannelsOpen, untilChatEnds } from './lib/expectations.js';
import { Scene } from './lib/scene.js';
import { stepsOf } from './lib/steps.js';
import { until } from './lib/until.js';

const FILE_BYTES = 5_000_000;
const TOO_LARGE = 33 * 1024 * 1024;

let scene;
let ada;
let ben;
let cleo;
const step = stepsOf(() => scene);

before(async () => {
  scene = await Scene.open('chat', { flags: ['--workers', '2'] });
});

after(async () => {
  await scene?.close();
});

const toggle = (person, what) => person.page.evaluate((attribute) => document.querySelector('#toggle-chat').getAttribute(attribute), what);
const toasts = (person) => person.page.evaluate(() => [...document.querySelectorAll('.toast')].map(({ textContent }) => textContent));

step('alone, there is nobody to send a file to', async () => {
  ada = await scene.join('Ada');
  await ada.dropFiles([{ name: 'a.txt', bytes: 10 }]);
  await until('Ada is told', async () => (await toasts(ada)).some((text) => /nobody/.test(text)));
});

step('a message that is typed and sent with the keyboard reaches everyone', async () => {
  [ben, cleo] = [await scene.join('Ben'), await scene.join('Cleo')];
  await untilChannelsOpen(scene.people);
  await ben.openChat();
  await ada.page.keyboard.press('c');
  await ada.page.keyboard.type('Morning! https://example.org/');
  await ada.page.keyboard.press('Enter');
  await untilChatEnds(ada, [['You', 'Morning! https://example.org/']]);
  await untilChatEnds(ben, [['Ada', 'Morning! https://example.org/']]);
  await untilChatEnds(cleo, [['Ada', 'Morning! https://example.org/']]);
  assert.equal(await ben.page.evaluate(() => document.querySelector('.chat-bubble a').href), 'https://example.org/');
});

step('who has the chat closed sees how much is unread', async () => {
  assert.deepEqual([await toggle(cleo, 'aria-label'), await toggle(cleo, 'data-badge')], ['Open chat, 1 unread', '1']);
  assert.equal(await toggle(ben, 'data-badge'), '');
  assert.ok((await toasts(cleo)).some((text) => text.startsWith('Ada: Morning!')), 'it is shown for a moment');
  await cleo.page.keyboard.press('c');
  assert.equal(await toggle(cleo, 'data-badge'), '');
  assert.equal(await cleo.page.evaluate(() => document.activeElement.id), 'chat-text');
  await cleo.page.keyboard.press('Escape');
  assert.equal(await cleo.page.evaluate(() => document.activeElement.id), 'toggle-chat');
});

step('messages keep their order', async () => {
  const texts = Array.from({ length: 100 }, (_, index) => `line ${index}`);
  for (const text of texts) {
    await ben.say(text);
  }
  for (const person of [ada, cleo]) {
    await untilChatEnds(person, texts.map((text) => ['Ben', text]));
  }
});

step('a file that is dropped on the page arrives at everyone and can be saved', async () => {
  await ada.dropFiles([{ name: 'levels.csv', bytes: FILE_BYTES }, { name: 'empty.txt', bytes: 0 }]);
  await untilChatEnds(ada, [['You', 'levels.csv: 5.0 MB · received by 2 of 2'], ['You', 'empty.txt: 0 bytes · received by 2 of 2']]);
  for (const person of [ben, cleo]) {
    await untilChatEnds(person, [['Ada', 'levels.csv: 5.0 MB · received'], ['Ada', 'empty.txt: 0 bytes · received']]);
  }
  const [download] = await Promise.all([ben.page.waitForEvent('download'), ben.page.click('a[download="levels.csv"]')]);
  assert.equal(download.suggestedFilename(), 'levels.csv');
  const content = readFileSync(await download.path());
  assert.ok(content.equals(Buffer.from(Uint8Array.from({ length: FILE_BYTES }, (_, index) => index * 7))));
});

step('everyone sends a file at once', async () => {
  await Promise.all(scene.people.map((person) => person.dropFiles([{ name: `${person.name}.bin`, bytes: 1_000_000 }])));
  for (const person of scene.people) {
    await until(`${person.name} has sent and received`, async () => {
      const states = (await person.chat()).slice(-3).map(([, text]) => text).sort();
      assert.deepEqual(states, ['Ada', 'Ben', 'Cleo'].map((name) => `${name}.bin: 1.0 MB · ${name === person.name ? 'received by 2 of 2' : 'received'}`));
      return true;
    });
  }
});

step('a file that is too large is refused with a sentence', async () => {
  await ada.dropFiles([{ name: 'huge.bin', bytes: TOO_LARGE }]);
  await until('Ada is told', async () => (await toasts(ada)).some((text) => /huge.bin is too large/.test(text)));
});

step('a file is not held up by one who leaves', async () => {
  await ada.dropFiles([{ name: 'again.bin', bytes: 8_000_000 }]);
  await cleo.vanish();
  await untilChatEnds(ben, [['Ada', 'again.bin: 8.0 MB · received']]);
  await until('Ada has sent it', async () => / received by [12] of 2/.test((await ada.chat()).at(-1)[1]));
});

step('who comes later reads what is said from then on', async () => {
  const dan = await scene.join('Dan');
  await untilChannelsOpen(scene.people);
  await ada.say('Hello Dan');
  await untilChatEnds(dan, [['Ada', 'Hello Dan']]);
  assert.equal((await dan.chat()).length, 1);
  await dan.say('Hello');
  await untilChatEnds(ben, [['Ada', 'Hello Dan'], ['Dan', 'Hello']]);
});

step('pages log no errors', () => {
  assert.deepEqual(scene.people.flatMap((person) => person.errors()), []);
});
