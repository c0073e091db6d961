// Pages that reach sluice only through a TURN server (coturn), with the credentials that the demo makes.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { untilAllSeeAndHear } from './lib/expectations.js';
import { gatherRelayCandidate } from './lib/relay_candidate.js';
import { demoModule, Scene } from './lib/scene.js';
import { stepsOf } from './lib/steps.js';
import { TurnServer } from './lib/turn_server.js';
import { until } from './lib/until.js';

const SECRET = 'e2e';
const TTL_SECONDS = 600;

let turn;
let scene;
const step = stepsOf(() => scene);

before(async () => {
  turn = await TurnServer.start(SECRET);
});

after(async () => {
  await scene?.close();
  await turn?.stop();
});

async function openScene(transport) {
  await scene?.close();
  scene = await Scene.open(`turn-${transport}`, { flags: ['--turn-urls', turn.url(transport), '--turn-secret', SECRET] });
}

async function assertRelayed(person, transport) {
  const paths = await person.paths();
  assert.deepEqual(
    paths.map(({ local }) => [local.candidateType, local.relayProtocol]),
    [['relay', transport], ['relay', transport]],
  );
}

for (const transport of ['udp', 'tcp']) {
  step(`two people see and hear each other through TURN over ${transport}`, async () => {
    await openScene(transport);
    for (const name of ['Ada', 'Ben']) {
      await scene.join(name, { path: 'relay' });
    }
    await untilAllSeeAndHear(scene.people);
    await Promise.all(scene.people.map((person) => assertRelayed(person, transport)));
  });
}

step('ICE restarts on a new path through TURN', async () => {
  const [ada] = scene.people;
  const ports = async () => (await ada.paths()).map(({ local }) => local.port);
  const before = await ports();
  await ada.page.evaluate(() => globalThis.sluiceCall.restartIce());
  await until('both transports use new relayed ports', async () => {
    const now = await ports();
    return now.length === 2 && now.every((port) => !before.includes(port));
  });
  await untilAllSeeAndHear(scene.people);
  await assertRelayed(ada, 'tcp');
});

step('TURN takes only credentials that are signed and not expired', async () => {
  const { iceServersFor } = await demoModule('turn_service.js');
  const page = await scene.browser.newPage();
  const gather = (secret, nowMs) =>
    gatherRelayCandidate(page, iceServersFor({ urls: [turn.url('udp')], secret, ttlSeconds: TTL_SECONDS }, 'ada', nowMs));
  assert.deepEqual(await gather(SECRET, Date.now()), { relayed: true });
  assert.deepEqual(await gather('guessed', Date.now()), { errorCode: 401 });
  assert.deepEqual(await gather(SECRET, Date.now() - (TTL_SECONDS + 60) * 1000), { errorCode: 401 });

  await page.close();
});
