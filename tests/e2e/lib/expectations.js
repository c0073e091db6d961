// What is expected of calls, said once.
import assert from 'node:assert/strict';
import { until } from './until.js';

const MORE_FRAMES = 15;

/** Everyone decodes fresh pictures of everyone else, and (unless `audio` is false) hears them. */
export async function untilAllSeeAndHear(people, { audio = true, timeout = 60_000 } = {}) {
  await Promise.all(people.map((person) => untilSeesAndHears(person, namesBut(people, person), { audio, timeout })));
}

/** `person` decodes fresh pictures and hears sound of each of `names`. */
export async function untilSeesAndHears(person, names, { audio = true, timeout = 60_000 } = {}) {
  const before = await person.received();
  await until(
    `${person.name} sees and hears ${names.join(', ')}`,
    async () => {
      const now = await person.received();
      const missing = names.filter((name) => !progressed(before[name], now[name], audio));
      return missing.length === 0 || fail(missing, before, now);
    },
    { timeout, interval: 250 },
  );
}

function progressed(before, now, audio) {
  const frames = (now?.camera?.framesDecoded ?? 0) - (before?.camera?.framesDecoded ?? 0);
  const energy = (now?.microphone?.totalAudioEnergy ?? 0) - (before?.microphone?.totalAudioEnergy ?? 0);
  return frames >= MORE_FRAMES && (!audio || energy > 0);
}

function fail(missing, before, now) {
  const figures = (state, name) =>
    `${state[name]?.camera?.framesDecoded} frames, energy ${state[name]?.microphone?.totalAudioEnergy}`;
  throw new Error(missing.map((name) => `${name}: ${figures(before, name)} → ${figures(now, name)}`).join('; '));
}

function namesBut(people, person) {
  return people.filter((other) => other !== person).map(({ name }) => name);
}

/** Resolves once nothing more arrives of this medium of `name` for a second. */
export async function untilSilent(person, name, medium) {
  await until(
    `${person.name} receives no more ${medium} of ${name}`,
    async () => {
      const before = (await person.received())[name][medium].packetsReceived;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return (await person.received())[name][medium].packetsReceived === before;
    },
    { interval: 0 },
  );
}

/** The chat of `person` ends with these lines: [author, text] each. */
export function untilChatEnds(person, expected) {
  return until(`${person.name} reads ${JSON.stringify(expected)}`, async () => {
    const end = (await person.chat()).slice(-expected.length);
    assert.deepEqual(end, expected);
    return true;
  });
}

/** Everyone hears the chat and the files of everyone. */
export async function untilChannelsOpen(people) {
  for (const person of people) {
    await until(`${person.name} hears everyone`, () =>
      person.page.evaluate((others) => globalThis.sluiceCall.incomingChannels.openCount === 2 * others, people.length - 1),
    );
  }
}
