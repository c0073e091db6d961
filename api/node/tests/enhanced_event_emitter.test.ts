import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extras } from 'sluice';

type TestEvents = { tick: [number]; done: [] };

test('there is no limit of listeners', () => {
  assert.equal(new extras.EnhancedEventEmitter().getMaxListeners(), Infinity);
});

test('safeEmit() delivers and says whether there were listeners', () => {
  const emitter = new extras.EnhancedEventEmitter<TestEvents>();
  const ticks: number[] = [];

  assert.equal(emitter.safeEmit('tick', 1), false);
  emitter.on('tick', tick => ticks.push(tick));
  assert.equal(emitter.safeEmit('tick', 2), true);
  assert.deepEqual(ticks, [2]);
});

test('safeEmit() turns what a listener throws into listenererror', () => {
  const emitter = new extras.EnhancedEventEmitter<TestEvents>();
  const thrown = new Error('thrown by a listener');
  const heard: unknown[] = [];

  emitter.on('tick', () => {
    throw thrown;
  });
  emitter.on('listenererror', (eventName, error) => heard.push(eventName, error));
  assert.equal(emitter.safeEmit('tick', 1), true);
  assert.deepEqual(heard, ['tick', thrown]);
});

test('safeEmit() survives a listener of listenererror that throws', () => {
  const emitter = new extras.EnhancedEventEmitter<TestEvents>();
  const fail = (): never => {
    throw new Error('again');
  };

  emitter.on('tick', fail);
  emitter.on('listenererror', fail);
  assert.equal(emitter.safeEmit('tick', 1), true);
});

test('emit() lets what a listener throws through', () => {
  const emitter = new extras.EnhancedEventEmitter<TestEvents>();

  emitter.on('done', () => {
    throw new RangeError('out');
  });
  assert.throws(() => emitter.emit('done'), RangeError);
});

test('enhancedOnce() resolves with the arguments of the next event', async () => {
  const emitter = new extras.EnhancedEventEmitter<TestEvents>();
  const next = extras.enhancedOnce<TestEvents>(emitter, 'tick');

  emitter.emit('tick', 7);
  assert.deepEqual(await next, [7]);
});

test('enhancedOnce() stops waiting when its signal aborts', async () => {
  const emitter = new extras.EnhancedEventEmitter<TestEvents>();
  const aborter = new AbortController();
  const next = extras.enhancedOnce<TestEvents>(emitter, 'done', { signal: aborter.signal });

  aborter.abort();
  await assert.rejects(next, { name: 'AbortError' });
  assert.equal(emitter.listenerCount('done'), 0);
});
