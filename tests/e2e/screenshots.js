// Makes docs/screenshots/*.png: the demo with four drawn people. Run through tests/e2e/run screenshots.js after
// scripts/test or scripts/run has built everything.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { actor } from './lib/actor.js';
import { untilAllSeeAndHear } from './lib/expectations.js';
import { Participant } from './lib/participant.js';
import { Scene } from './lib/scene.js';

const TARGET = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
const SIZE = { width: 1280, height: 760 };
const PHONE = { width: 390, height: 780 };

const CAST = {
  'Ada Okafor': { wall: ['#8fb3c4', '#4f7388'], scene: 'window', skin: ['#8d5a3c', '#7d4d32'], hairColor: '#1d1512', hair: 'bun', shirt: '#e9b44c', phase: 0, talking: true },
  'Jonas Weber': { wall: ['#c9b8a3', '#8d7a66'], scene: 'shelf', books: ['#b5523b', '#3f6f8f', '#d9a441', '#5c7f57', '#7b5a8c', '#a8433f', '#3d5a80'], skin: ['#eec3a4', '#dcab8b'], hairColor: '#6b4426', hair: 'beard', shirt: '#35506b', glasses: true, phase: 2 },
  'Mei Tanaka': { wall: ['#d8c7cf', '#a58a99'], scene: 'plant', skin: ['#f0cfb0', '#dfb794'], hairColor: '#241c20', hair: 'long', shirt: '#5b8a72', phase: 4 },
  'Sam Rivera': { wall: ['#7f8fa8', '#47546b'], scene: 'plant', skin: ['#c58c63', '#b17a53'], hairColor: '#2c201a', hair: 'short', shirt: '#b8574e', phase: 5.5 },
};

const scene = await Scene.open('screenshots');
mkdirSync(TARGET, { recursive: true });

const shoot = (page, name) => page.screenshot({ path: `${TARGET}${name}.png` });
const settle = (page, ms = 1_500) => page.waitForTimeout(ms);

async function enter(name, size = SIZE) {
  const person = await Participant.open(scene, name, { room: 'river-house', quality: 'standard', initScript: [actor, CAST[name]] });
  await person.page.setViewportSize(size);
  scene.people.push(person);
  return person;
}

try {
  const visitor = await scene.browser.newPage({ viewport: SIZE });
  await visitor.goto(scene.server.url);
  await shoot(visitor, 'start');
  await visitor.close();

  for (const name of Object.keys(CAST)) {
    const person = await enter(name, name === 'Mei Tanaka' ? PHONE : SIZE);
    if (name === 'Jonas Weber') {
      await settle(person.page, 500);
      await shoot(person.page, 'join');
    }
    await person.enter();
  }
  await untilAllSeeAndHear(scene.people, { audio: false });
  const [ada, jonas, mei, sam] = scene.people;
  await sam.press('toggle-microphone');
  await settle(jonas.page, 6_000);
  await shoot(jonas.page, 'call');
  await shoot(mei.page, 'phone');
  for (const person of [ada, jonas, sam]) {
    await person.openChat();
  }
  await ada.say('Morning, everyone! The new tiles are in.');
  await sam.say('They look great. Do we have the measurements?');
  await ada.dropFiles([{ name: 'river-levels.csv', bytes: 2_400_000 }]);
  await settle(jonas.page, 4_000);
  await jonas.say('Got them, thank you.');
  await settle(jonas.page);
  await shoot(jonas.page, 'chat');
  for (const person of [ada, jonas, sam]) {
    await person.press('toggle-chat');
  }
  await jonas.press('toggle-figures');
  await ada.press('toggle-screen');
  await jonas.page.waitForFunction(() => document.querySelector('.tile-screen video')?.videoWidth > 0);
  await settle(jonas.page, 6_000);
  await shoot(jonas.page, 'screen-share');
} finally {
  await scene.close();
}
