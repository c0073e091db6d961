// Data channels between unlike clients: Chromium, Firefox, node-datachannel (libdatachannel) and werift.
import { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { launchBrowser } from './lib/browser.js';
import { BrowserClient } from './lib/bare/browser_client.js';
import { assertSound, connectAll, labelOf, others, send, sendReliably, untilQuiet, untilReceived } from './lib/bare/expectations.js';
import { NodeClient } from './lib/bare/node_client.js';
import { connectNodeDatachannel, endWithoutWaiting } from './lib/bare/node_datachannel.js';
import { BareRoom } from './lib/bare/room.js';
import { connectWerift } from './lib/bare/werift.js';
import { Firefox } from './lib/firefox.js';
import { losePackets, stopLosingPackets } from './lib/loss.js';
import { addAddress, hasOwnNetwork } from './lib/network.js';
import { endStall, stallPorts } from './lib/stall.js';
import { stepsOf } from './lib/steps.js';

const CHANNELS = {
  ordered: { ordered: true },
  large: { ordered: true },
  retransmits: { ordered: false, maxRetransmits: 0 },
};
const LARGEST = 262_144;
const LOSS_PERCENT = 5;

let room;
let browsers = [];
let clients;
const step = stepsOf(() => undefined);
const needsLoss = { skip: hasOwnNetwork ? false : 'needs a network namespace of its own' };

before(async () => {
  // Firefox takes part only where it can be given an address besides loopback.
  room = await BareRoom.open({ transportOptions: { enableSctp: true }, address: hasOwnNetwork ? addAddress() : '127.0.0.1' });
  browsers = await Promise.all([launchBrowser(), ...(hasOwnNetwork ? [Firefox.launch()] : [])]);
});

after(async () => {
  await Promise.all((clients ?? []).map((client) => client.close()));
  await Promise.all(browsers.map((browser) => browser.close()));
  await room?.close();
  endWithoutWaiting();
});

step('clients of every kind open channels to each other', async () => {
  const [chromium, firefox] = browsers;
  clients = await Promise.all([
    BrowserClient.join(room, 'Chromium', chromium),
    ...(firefox === undefined ? [] : [BrowserClient.join(room, 'Firefox', firefox)]),
    NodeClient.join(room, 'node-datachannel', connectNodeDatachannel),
    // werift: of an association with several streams it keeps messages to itself for ever once a packet was lost, and an
    // empty message takes a sequence number but is not sent, so that what follows is never delivered.
    NodeClient.join(room, 'werift', connectWerift, { apart: true, sendsEmpty: false }),
  ]);
  await connectAll(clients, CHANNELS);
});

step('10,000 messages in all arrive at everyone, whole, once and in order', async () => {
  await Promise.all(clients.map((client) => sendReliably(client, 'ordered', { count: 2_500, bytes: 100 }, others(clients, client))));
});

step('messages of 256 KiB arrive at everyone', async () => {
  for (const client of clients) {
    await sendReliably(client, 'large', { count: 2, bytes: LARGEST }, others(clients, client));
  }
});

step('one who stalls holds up nobody, and gets everything afterwards', needsLoss, async () => {
  const [sender, ...receivers] = clients;
  for (const stalled of receivers.filter((client) => client instanceof NodeClient)) {
    const before = await stalled.receipt(labelOf(sender, 'large'));
    stallPorts((await stalled.transportIds()).slice(1).map((id) => room.remotePort(id)));
    for (let count = 0; count < 3; count += 1) {
      await sendReliably(sender, 'large', { count: 1, bytes: LARGEST }, others(receivers, stalled));
    }
    assert.deepEqual(await stalled.receipt(labelOf(sender, 'large')), before);
    endStall();
    assertSound(await untilReceived(stalled, sender, 'large', before.received + 3));
  }
  assert.deepEqual(room.overflows, []);
});

step('text, bytes and empty messages stay what they are', async () => {
  for (const client of clients) {
    const channel = labelOf(client, 'ordered');
    await sendReliably(client, 'ordered', { count: 50, bytes: 50, text: true }, others(clients, client));
    await client.sendEmpty(channel);
    await sendReliably(client, 'ordered', { count: 50, bytes: 50 }, others(clients, client));
    for (const other of others(clients, client)) {
      const { texts, empty } = await other.receipt(channel);
      const expected = client.sendsEmpty === false ? { texts: 50, empty: 0 } : { texts: 51, empty: 2 };
      assert.deepEqual({ texts, empty }, expected, `from ${client.name} to ${other.name}`);
    }
  }
});

step('while packets get lost, reliable channels lose nothing and the others only whole messages', needsLoss, async () => {
  losePackets(LOSS_PERCENT);
  for (const client of clients) {
    const sent = await send(client, 'retransmits', { count: 500, bytes: 100 });
    await sendReliably(client, 'ordered', { count: 500, bytes: 100 }, others(clients, client));
    for (const other of others(clients, client)) {
      const receipt = await untilQuiet(other, client, 'retransmits');
      assertSound(receipt, { ordered: false });
      assert.ok(receipt.received > 0 && receipt.received <= sent, `${receipt.received} of ${sent} from ${client.name} to ${other.name}`);
    }
  }
  assert.ok(stopLosingPackets() > 0, 'packets were lost at all');
});
