// A room that spans routers: what one page sends reaches pages in other rooms, of the same process and of another one.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { BrowserClient } from './lib/bare/browser_client.js';
import { labelOf, sendReliably } from './lib/bare/expectations.js';
import { BareRoom } from './lib/bare/room.js';
import { launchBrowser } from './lib/browser.js';
import { stepsOf } from './lib/steps.js';
import { until } from './lib/until.js';

const ENCODINGS = [
  { rid: 'l', scaleResolutionDownBy: 2, maxBitrate: 150_000 },
  { rid: 'h', maxBitrate: 500_000 },
];
const MORE_FRAMES = 20;
const MESSAGES = 1_000;

let browser;
let home;
let others;
let publisher;
let watchers;
const producers = {};
const piped = [];
const step = stepsOf(() => undefined);

before(async () => {
  const transportOptions = { enableSctp: true };
  home = await BareRoom.open({ transportOptions });
  others = [
    await BareRoom.open({ transportOptions, worker: home.worker }),
    await BareRoom.open({ transportOptions }),
  ];
  browser = await launchBrowser();
  publisher = await BrowserClient.join(home, 'publisher', browser);
  watchers = await Promise.all(others.map((room, index) => BrowserClient.join(room, `watcher ${index}`, browser)));
});

after(async () => {
  await browser?.close();
  await Promise.all((others ?? []).map((room) => room.close()));
  await home?.close();
});

step('all layers of a picture, and the voice, reach both', async () => {
  producers.video = await publisher.produce('video', 'video/VP8', ENCODINGS);
  producers.audio = await publisher.produce('audio');
  for (const { router } of others) {
    const pipes = await Promise.all(
      Object.values(producers).map((producerId) => home.router.pipeToRouter({ producerId, router, enableRtx: true })),
    );
    assert.deepEqual(pipes.map(({ pipeProducer }) => pipeProducer.id), Object.values(producers));
    piped.push(pipes[0].pipeProducer);
  }
  await Promise.all(watchers.flatMap((watcher) => Object.values(producers).map((id) => watcher.consume(id))));
  for (const watcher of watchers) {
    await until(`${watcher.name} sees`, async () => ((await watcher.received(producers.video))?.framesDecoded ?? 0) >= MORE_FRAMES);
    await until(`${watcher.name} hears`, async () => ((await watcher.received(producers.audio))?.totalAudioEnergy ?? 0) > 0);
  }
  for (const producer of piped) {
    await until('both layers arrive', async () => {
      const streams = (await producer.getStats()).filter(({ byteCount }) => byteCount > 0);
      return streams.length === ENCODINGS.length;
    });
  }
});

step('messages reach both, complete and in order', async () => {
  const label = labelOf(publisher, 'chat');
  const dataProducerId = await publisher.publish(label, { ordered: true });
  for (const [index, { router }] of others.entries()) {
    await home.router.pipeToRouter({ dataProducerId, router });
    await watchers[index].subscribe(dataProducerId, label);
  }
  await sendReliably(publisher, 'chat', { count: MESSAGES, bytes: 100 }, watchers);
});

step('what closes at home closes there', async () => {
  home.producers.get(producers.video).close();
  await until('the copies are closed', () => piped.every(({ closed }) => closed));
  for (const room of others) {
    await until('their consumers are closed', () => [...room.consumers.values()].some(({ closed }) => closed));
  }
});
