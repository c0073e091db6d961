// Who speaks is highlighted on everybody's page: sluice hears the levels of all microphones, whichever worker
// their members are on.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { Scene } from './lib/scene.js';
import { stepsOf } from './lib/steps.js';
import { until } from './lib/until.js';
import { voice } from './lib/voice.js';

const LOUD = 0.3;
const SILENT = 0;

let scene;
let ada;
let ben;
const step = stepsOf(() => scene);

/** Everybody sees that exactly these people speak. */
async function untilSpeaking(...names) {
  for (const person of scene.people) {
    await until(`${person.name} sees that ${names.join(' and ') || 'nobody'} speaks`, async () => {
      const speaking = [];
      for (const { name } of scene.people) {
        if (await person.tileHas(name, 'tile-speaking')) {
          speaking.push(name);
        }
      }
      return speaking.join() === names.join();
    });
  }
}

before(async () => {
  scene = await Scene.open('speaking', { flags: ['--workers', '2'] });
});

after(async () => {
  await scene?.close();
});

step('who speaks is highlighted, to others and to themselves', async () => {
  ada = await scene.join('Ada', { initScript: [voice, LOUD] });
  ben = await scene.join('Ben', { initScript: [voice, SILENT] });
  await scene.join('Cleo', { initScript: [voice, LOUD] });
  await untilSpeaking('Ada', 'Cleo');
});

step('who is muted is not, and is again after', async () => {
  await ada.press('toggle-microphone');
  await untilSpeaking('Cleo');
  await ada.press('toggle-microphone');
  await untilSpeaking('Ada', 'Cleo');
});

step('nobody is when all are silent', async () => {
  await scene.people[2].leave();
  await untilSpeaking('Ada');
  await ada.press('toggle-microphone');
  await untilSpeaking();
});

step('pages log no errors', () => {
  assert.deepEqual([ada, ben].flatMap((person) => person.errors()), []);
});
