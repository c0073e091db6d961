import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { errors } from 'sluice';
import { Channel } from '../dist/channel.js';

type Sent = { id: number; jsonrpc: string; method: string; params: unknown };

class Peer {
  readonly #input = new PassThrough();
  readonly #output = new PassThrough();
  readonly channel = new Channel(this.#input, this.#output);

  /** What the channel wrote since the last call. */
  sent(): Sent[] {
    const text = String(this.#input.read() ?? '');

    return text
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as Sent);
  }

  get inputEnded(): boolean {
    return this.#input.writableEnded;
  }

  write(...messages: object[]): void {
    this.#output.write(messages.map(message => `${JSON.stringify(message)}\n`).join(''));
  }
}

test('a request is one line of JSON-RPC 2.0 and resolves with the result', async () => {
  const peer = new Peer();
  const answer = peer.channel.request('router.dump', { routerId: 'r', a: undefined, b: null });

  const [request] = peer.sent();
  assert.deepEqual(request, {
    jsonrpc: '2.0',
    id: request?.id,
    method: 'router.dump',
    params: { routerId: 'r' },
  });
  peer.write({ jsonrpc: '2.0', id: request?.id, result: { id: 'r' } });
  assert.deepEqual(await answer, { id: 'r' });
});

test('answers may come in any order', async () => {
  const peer = new Peer();
  const answers = [1, 2, 3].map(i => peer.channel.request('worker.dump', { i }));
  const requests = peer.sent();

  peer.write(...requests.reverse().map(({ id, params }) => ({ id, result: params })));
  assert.deepEqual(await Promise.all(answers), [{ i: 1 }, { i: 2 }, { i: 3 }]);
});

test('an error rejects the request with the class of its reason', async () => {
  const peer = new Peer();
  const answer = peer.channel.request('router.dump', { routerId: 'r' });
  const error = { code: -32001, message: 'no such router', data: { reason: 'not_found' } };

  peer.write({ id: peer.sent()[0]?.id, error });
  await assert.rejects(answer, errors.NotFoundError);
});

test('a notification that follows a response is delivered after it', async () => {
  const peer = new Peer();
  const events: string[] = [];

  async function create(): Promise<void> {
    const { id } = await peer.channel.request<{ id: string }>('webRtcTransport.create');
    peer.channel.subscribe(id, method => events.push(method));
    await Promise.resolve();
    events.push('created');
  }

  const created = create();
  const [request] = peer.sent();
  peer.write(
    { id: request?.id, result: { id: 't' } },
    { method: 'webRtcTransport.iceStateChange', params: { transportId: 't' } },
    { method: 'webRtcTransport.dtlsStateChange', params: { transportId: 't' } },
  );
  await created;
  await nextTurn();
  await nextTurn();
  assert.deepEqual(events, [
    'created',
    'webRtcTransport.iceStateChange',
    'webRtcTransport.dtlsStateChange',
  ]);
});

test('a notification goes to the most specific object that it names', async () => {
  const peer = new Peer();
  const heard: string[] = [];

  for (const id of ['t', 'p', 'c']) peer.channel.subscribe(id, () => heard.push(id));

  peer.write({
    method: 'consumer.producerPause',
    params: { transportId: 't', producerId: 'p', consumerId: 'c' },
  });
  await nextTurn();
  await nextTurn();
  assert.deepEqual(heard, ['c']);
});

test('what is told goes before what is asked for later, and has no id', async () => {
  const peer = new Peer();

  peer.channel.notify('producer.send', { producerId: 'p', payload: 'AAAA', more: undefined });
  peer.channel.notify('producer.send', { producerId: 'p', payload: 'BBBB' });
  const answer = peer.channel.request('worker.dump');
  await nextTurn();
  const [first, second, request] = peer.sent();

  assert.deepEqual(first, {
    jsonrpc: '2.0',
    method: 'producer.send',
    params: { producerId: 'p', payload: 'AAAA' },
  });
  assert.equal((second?.params as { payload: string }).payload, 'BBBB');
  assert.equal(request?.method, 'worker.dump');
  peer.write({ id: request?.id, result: {} });
  await answer;
});

test('what is told in one go is written before the input ends, and not afterwards', async () => {
  const peer = new Peer();

  peer.channel.notify('producer.send', { producerId: 'p', payload: 'AAAA' });
  peer.channel.close();
  assert.throws(() => peer.channel.notify('producer.send', {}), errors.WorkerClosedError);
  await nextTurn();
  assert.equal(peer.sent().length, 1);
});

test('close() ends the input, rejects what is pending and what comes later', async () => {
  const peer = new Peer();
  const pending = peer.channel.request('worker.dump');

  peer.channel.close();
  peer.channel.close();
  await assert.rejects(pending, errors.WorkerClosedError);
  await assert.rejects(peer.channel.request('worker.dump'), errors.WorkerClosedError);
  assert.equal(peer.inputEnded, true);
});

test('nothing is delivered after close(), not even what had arrived before', async () => {
  const peer = new Peer();
  const heard: string[] = [];

  peer.channel.subscribe('t', method => heard.push(method));
  peer.write({ method: 'webRtcTransport.iceStateChange', params: { transportId: 't' } });
  await Promise.resolve();
  peer.channel.close();
  await nextTurn();
  await nextTurn();
  assert.deepEqual(heard, []);
});

test('params that JSON cannot hold reject the request and leave the channel usable', async () => {
  const peer = new Peer();

  await assert.rejects(peer.channel.request('x', { big: 1n }), TypeError);
  assert.deepEqual(peer.sent(), []);
  const answer = peer.channel.request('y');
  peer.write({ id: peer.sent()[0]?.id, result: { ok: true } });
  assert.deepEqual(await answer, { ok: true });
});
