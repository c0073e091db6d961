// Who is shown as speaking, from what the observer of levels tells.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { types } from 'sluice';
import { Speakers } from '../server/speakers.js';

type FakeProducer = types.Producer & { observer: EventEmitter };

function producer(id: string): FakeProducer {
  return { id, observer: new EventEmitter() } as unknown as FakeProducer;
}

async function meeting(...names: string[]) {
  const observer = Object.assign(new EventEmitter(), { addProducer: async () => undefined });
  const shown: string[] = [];
  const speakers = new Speakers(observer as unknown as types.AudioLevelObserver, (ids) => shown.push(ids.join()));
  const producers = names.map((name) => producer(`microphone of ${name}`));
  for (const [index, name] of names.entries()) {
    await speakers.add(producers[index]!, name);
  }
  const hear = (...loud: FakeProducer[]) => observer.emit('volumes', loud.map((each) => ({ producer: each, volume: -30 })));
  return { observer, shown, producers, hear };
}

test('who is loud is shown until an interval without them has passed', async () => {
  const { shown, producers, hear } = await meeting('ada', 'ben');
  const [ada, ben] = producers as [FakeProducer, FakeProducer];
  hear(ben);
  hear(ben, ada);
  hear(ada);
  hear(ada);
  assert.deepEqual(shown, ['ben', 'ada,ben', 'ada']);
});

test('silence ends it at once', async () => {
  const { observer, shown, producers, hear } = await meeting('ada');
  hear(producers[0]!);
  observer.emit('silence');
  observer.emit('silence');
  assert.deepEqual(shown, ['ada', '']);
});

test('a closed microphone is nobody', async () => {
  const { shown, producers, hear } = await meeting('ada');
  producers[0]!.observer.emit('close');
  hear(producers[0]!);
  assert.deepEqual(shown, []);
});
