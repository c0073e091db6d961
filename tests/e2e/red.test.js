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

/** The MIME type of the next packet that the process receives (of a producer) or sends (of a consumer). */
async function nextCodec(object) {
  const traced = new Promise((resolve) => object.once('trace', ({ info }) => resolve(info.rtpPacket.payloadType)));
  await object.enableTraceEvent(['rtp']);
  const payloadType = await traced;
  await object.enableTraceEvent([]);
  return object.rtpParameters.codecs.find((codec) => codec.payloadType === payloadType)?.mimeType;
}

async function untilHears(listener) {
  await until(`${listener.name} hears`, async () => {
    const { totalAudioEnergy, packetsReceived } = (await listener.received(producerId)) ?? {};
    return totalAudioEnergy > 0 && packetsReceived >= MORE_PACKETS;
  });
}

step('Chromium sends RED', async () => {
  producerId = await speaker.produceRed();
  assert.equal(await nextCodec(room.producers.get(producerId)), 'audio/red');
  const [{ packetsDropped }] = await [...room.transports.values()][0].getStats();
  assert.equal(packetsDropped.rtpMalformedRed, 0);
});

step('who takes RED gets it, redundancy and all', async () => {
  const consumerId = await modern.consume(producerId);
  await untilHears(modern);
  assert.equal(await nextCodec(room.consumers.get(consumerId)), 'audio/red');
  // Of what was unpacked the repeated half is not needed.
  assert.ok((await modern.received(producerId)).packetsDiscarded >= MORE_PACKETS / 2);
});

step('who does not take it hears the Opus inside', async () => {
  const consumerId = await plain.consume(producerId, { without: 'audio/red' });
  await untilHears(plain);
  assert.equal(await nextCodec(room.consumers.get(consumerId)), 'audio/opus');
  const { packetsLost, packetsDiscarded } = await plain.received(producerId);
  assert.equal(packetsLost, 0);
  assert.ok(packetsDiscarded < MORE_PACKETS / 2);
});
