// What is expected of channels, said once.
import assert from 'node:assert/strict';
import { until } from '../until.js';

/** Everyone's channels, each subscribed to by everyone else. `channels` is by label: options of publish(). */
export async function connectAll(clients, channels) {
  for (const client of clients) {
    for (const [label, options] of Object.entries(channels)) {
      const id = await client.publish(labelOf(client, label), options);
      await Promise.all(others(clients, client).map((other) => other.subscribe(id, labelOf(client, label))));
    }
  }
}

/** The name of a channel in the room: those of one label differ by their sender. */
export function labelOf({ name }, label) {
  return `${name}/${label}`;
}

export function others(clients, client) {
  return clients.filter((other) => other !== client);
}

/** How many messages went into each channel so far; numbers go on where they stopped. */
const sentSoFar = new Map();

/** Sends `plan` ({count, bytes, text}) on one channel; resolves with how many went into it in all. */
export async function send(sender, label, plan) {
  const channel = labelOf(sender, label);
  const first = sentSoFar.get(channel) ?? 0;
  sentSoFar.set(channel, first + plan.count);
  await sender.send(channel, { ...plan, first });
  return first + plan.count;
}

/** Sends, and waits until each of `receivers` has everything that ever was sent there: whole, once and in order. */
export async function sendReliably(sender, label, plan, receivers) {
  const count = await send(sender, label, plan);
  for (const receiver of receivers) {
    const receipt = await untilReceived(receiver, sender, label, count);
    assert.equal(receipt.received, count);
    assertSound(receipt);
  }
}

/** Resolves with the receipt. */
export function untilReceived(receiver, sender, label, count) {
  return until(
    `${receiver.name} has ${count} messages of ${labelOf(sender, label)}`,
    async () => {
      const now = await receiver.receipt(labelOf(sender, label));
      if (now.received < count) {
        throw new Error(JSON.stringify(now));
      }
      return now;
    },
    { timeout: 60_000, interval: 50 },
  );
}

/** Whatever arrived arrived whole, once and (unless `ordered` is false) in order. */
export function assertSound({ duplicates, outOfOrder, corrupt }, { ordered = true } = {}) {
  assert.deepEqual({ duplicates, corrupt }, { duplicates: 0, corrupt: 0 });
  assert.ok(!ordered || outOfOrder === 0, `${outOfOrder} messages were out of order`);
}

/** Resolves with the receipt once nothing more arrives. */
export async function untilQuiet(receiver, sender, label) {
  let before = -1;
  return until(`nothing more arrives at ${receiver.name} of ${labelOf(sender, label)}`, async () => {
    const now = await receiver.receipt(labelOf(sender, label));
    const quiet = now.received === before;
    before = now.received;
    return quiet && now;
  }, { interval: 500 });
}
