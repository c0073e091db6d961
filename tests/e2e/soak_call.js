// A long call: tests/e2e/run soak_call.js MINUTES. Four people stay; others come and go, everyone chats, sends files, mutes,
// restarts ICE and loses the WebSocket or packets. After each round everybody sees and hears everybody, and at the end
// nothing is left of anyone in the sluice process.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { untilAllSeeAndHear } from './lib/expectations.js';
import { canLosePackets, losePackets, stopLosingPackets } from './lib/loss.js';
import { Scene } from './lib/scene.js';
import { until } from './lib/until.js';

const minutes = Number(process.argv[2] ?? 10);
const RESIDENTS = ['Ada', 'Ben', 'Cleo', 'Dan'];
const LOSS_MS = 8_000;

const scene = await Scene.open('soak', { flags: ['--workers', '2'] });
const pick = (entries) => entries[Math.floor(Math.random() * entries.length)];
let guests = 0;

const EVENTS = {
  async guest() {
    const guest = await scene.join(`Guest ${++guests}`);
    await untilAllSeeAndHear(scene.people);
    await (Math.random() < 0.5 ? guest.leave() : guest.vanish());
  },
  async chat(person) {
    await person.say(`round ${guests}: ${'words '.repeat(20)}`);
  },
  async file(person) {
    await person.dropFiles([{ name: 'soak.bin', bytes: 4_000_000 }]);
    await until('the file is received', async () => / received by \d of/.test((await person.chat()).at(-1)[1]), { timeout: 120_000 });
  },
  async mute(person) {
    await person.press('toggle-microphone');
    await person.press('toggle-microphone');
  },
  async camera(person) {
    await person.press('toggle-camera');
    await until('the camera is off', () => person.page.evaluate(() => globalThis.sluiceCall.members()[0].camera.paused));
    await person.press('toggle-camera');
  },
  async ice(person) {
    await person.page.evaluate(() => globalThis.sluiceCall.restartIce());
  },
  async socket(person) {
    await person.page.evaluate(() => globalThis.sluiceCall.signalling.interrupt());
    await until('it has noticed', () => person.page.evaluate(() => globalThis.sluiceCall.state === 'reconnecting'), { interval: 10 });
    await person.untilConnected();
  },
  async loss() {
    if (canLosePackets) {
      losePackets(5);
      await new Promise((resolve) => setTimeout(resolve, LOSS_MS));
      stopLosingPackets();
    }
  },
};

async function memoryOf(pid) {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);
}

try {
  for (const name of RESIDENTS) {
    await (await scene.join(name)).openChat();
  }
  const worker = await scene.worker();
  const deadline = Date.now() + minutes * 60_000;
  for (let round = 1; Date.now() < deadline; round += 1) {
    const name = pick(Object.keys(EVENTS));
    await EVENTS[name](pick(scene.people));
    await untilAllSeeAndHear(scene.people);
    console.log(`round ${round}: ${name}; sluice uses ${await memoryOf(worker.pid)} MiB`);
  }
  const residents = [...scene.people];
  for (const person of residents) {
    assert.deepEqual(person.errors(), []);
    await person.leave();
  }
  await until('the room is gone', () => scene.server.rooms.size === 0);
  const { workers } = await worker.dump();
  console.log(`at the end: ${JSON.stringify(workers)}, ${await memoryOf(worker.pid)} MiB`);
  assert.ok(workers.every(({ transports }) => transports === 0), 'transports are left');
} catch (error) {
  await scene.save('soak');
  throw error;
} finally {
  await scene.close();
}
