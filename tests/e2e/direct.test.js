// The application as a peer of Chromium's: data messages between them, by DirectTransport.
import { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { launchBrowser } from './lib/browser.js';
import { BrowserClient } from './lib/bare/browser_client.js';
import { assertSound } from './lib/bare/expectations.js';
import { BareRoom } from './lib/bare/room.js';
import { makeBinary, makeText, Receipt } from './lib/bare/traffic.js';
import { stepsOf } from './lib/steps.js';
import { until } from './lib/until.js';

const LARGEST = 262_144;
const STRING_PPIDS = new Set([51, 56]);

let room;
let browser;
let client;
let direct;
const step = stepsOf(() => undefined);

before(async () => {
  room = await BareRoom.open({ transportOptions: { enableSctp: true } });
  browser = await launchBrowser();
  client = await BrowserClient.join(room, 'Chromium', browser);
  direct = await room.router.createDirectTransport();
});

after(async () => {
  await client?.close();
  await browser?.close();
  await room?.close();
});

/** Resolves with the receipt once `count` messages are there, which are whole, there once and in order. */
async function untilAllArrived(report, count) {
  const receipt = await until(
    `${count} messages`,
    async () => {
      const now = await report();
      assert.ok(now.received + now.empty >= count, JSON.stringify(now));
      return now;
    },
    { timeout: 60_000, interval: 50 },
  );
  assert.equal(receipt.received + receipt.empty, count);
  assertSound(receipt);
  return receipt;
}

step('everything that a client sends reaches the application', async () => {
  const dataProducerId = await client.publish('up', { ordered: true });
  const consumer = await direct.consumeData({ dataProducerId });
  const receipt = new Receipt();

  assert.equal(consumer.type, 'direct');
  consumer.on('message', (message, ppid) => receipt.add(STRING_PPIDS.has(ppid) ? String(message) : message));
  await client.send('up', { count: 20_000, bytes: 1000 });
  await client.send('up', { first: 20_000, count: 4, bytes: LARGEST });
  await client.send('up', { first: 20_004, count: 100, bytes: 50, text: true });
  await client.sendEmpty('up');
  const { texts, empty } = await untilAllArrived(() => receipt.report(), 20_106);
  assert.deepEqual({ texts, empty }, { texts: 101, empty: 2 });
  const [stats] = await consumer.getStats();
  assert.equal(stats.messagesSent, 20_106);
});

step('what the application sends reaches a client', async () => {
  const producer = await direct.produceData({ label: 'down' });
  await client.subscribe(producer.id, 'down', { ordered: true });

  for (let number = 0; number < 500; ++number) {
    producer.send(Buffer.from(makeBinary(number, 1000)));
  }
  producer.send(Buffer.from(makeBinary(500, LARGEST)));
  producer.send(makeText(501, 100));
  producer.send('');
  producer.send(Buffer.alloc(0));
  const { texts, empty } = await untilAllArrived(() => client.receipt('down'), 504);
  assert.deepEqual({ texts, empty }, { texts: 2, empty: 2 });
});

step('closing one end closes the other', async () => {
  const dataProducerId = await client.publish('short');
  const consumer = await direct.consumeData({ dataProducerId });
  const closed = new Promise((resolve) => consumer.on('dataproducerclose', resolve));

  room.dataProducers.get(dataProducerId).close();
  await closed;
  assert.ok(consumer.closed);
});
