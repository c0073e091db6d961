// Chromium sends Opus in RED (RFC 2198) to one page that takes RED and to one that does not: both hear.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { BrowserClient } from './lib/bare/browser_client.js';
import { BareRoom } from './lib/bare/room.js';
import { launchBrowser } from './lib/browser.js';
import { stepsOf } from './lib/steps.js';
import { until } from './lib/until.js';

const MORE_PACKETS = 100;

let room;
let browser;
let speaker;
let modern;
let plain;
let producerId;
const step = stepsOf(() => undefined);

before(async () => {
  room = await BareRoom.open({ moreCodecs: [{ kind: 'audio', mimeType: 'audio/red', clockRate: 48000, channels: 2 }] });
  browser = await launchBrowser();
  speaker = await BrowserClient.join(room, 'speaker', browser);
  modern = await BrowserClient.join(room, 'with RED', browser);
  plain = await BrowserClient.join(room, 'without RED', browser);
});

after(async () => {
  await browser?.close();
  await room?.close();
});

async function untilHears(listener) {
  await until(`${listener.name} hears`, async () => {
    const { totalAudioEnergy, packetsReceived } = (await listener.received(producerId)) ?? {};
    return totalAudioEnergy > 0 && packetsReceived >= MORE_PACKETS;
  });
}

step('Chromium sends RED', async () => {
  producerId = await speaker.produceRed();
  await until('RED is sent', async () => (await speaker.sentCodec(producerId)) === 'audio/red');
});

step('who takes RED gets it, redundancy and all', async () => {
  await modern.consume(producerId);
  await untilHears(modern);
  assert.equal(await modern.receivedCodec(producerId), 'audio/red');
});

step('who does not take it hears the Opus inside', async () => {
  await plain.consume(producerId, { without: 'audio/red' });
  await untilHears(plain);
  assert.equal(await plain.receivedCodec(producerId), 'audio/opus');
  const { packetsLost, packetsDiscarded } = await plain.received(producerId);
  assert.deepEqual([packetsLost, packetsDiscarded], [0, 0]);
});
