/** Data channels over plain and pipe transports: SCTP straight in UDP, and pipes within the process. */
import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';
import { after, before, test } from 'node:test';
import { createWorker, extras, type types } from 'sluice';
import { real } from './processes.js';

/** What we use of the npm package `sctp`, another implementation of RFC 9260. */
type SctpPackage = {
  setLogLevel?: (level: string) => void;
  connect(options: object): SctpSocket;
  PPID: { WEBRTC_STRING: number; WEBRTC_BINARY: number };
};
type SctpSocket = NodeJS.EventEmitter & {
  createStream(id: number): Duplex;
  end(): void;
};
type SctpBuffer = Buffer & { ppid?: number };

const sctp = createRequire(import.meta.url)('sctp') as SctpPackage;
const listenInfo = { protocol: 'udp' as const, ip: '127.0.0.1' };
const LARGEST = 262_144;
const workers: types.Worker[] = [];

if (!real.skip) {
  before(async () => {
    for (let i = 0; i < 2; ++i) workers.push(await createWorker({ workers: 2 }));
  });
  after(() => workers.forEach(worker => worker.close()));
}

/** An SCTP endpoint on a UDP port of its own, associated with a plain transport. */
async function connectPeer(
  transport: types.PlainTransport,
): Promise<{ peer: SctpSocket; udp: Socket }> {
  const udp = createSocket('udp4').bind(0, '127.0.0.1');

  await once(udp, 'listening');
  udp.connect(transport.tuple.localPort, '127.0.0.1');
  await once(udp, 'connect');
  await transport.connect({ ip: '127.0.0.1', port: udp.address().port });

  const { port, OS, MIS } = transport.sctpParameters!;
  const peer = sctp.connect({ localPort: port, port, OS, MIS, passive: false, udpTransport: udp });

  await once(peer, 'connect');

  return { peer, udp };
}

function writeTo(stream: Duplex, message: Buffer, ppid: number): void {
  const buffer: SctpBuffer = message;

  buffer.ppid = ppid;
  stream.write(buffer);
}

test('another implementation of SCTP sends and receives through a plain transport', real, async () => {
  const router = await workers[0]!.createRouter();
  const transport = await router.createPlainTransport({ listenInfo, enableSctp: true });
  const { peer, udp } = await connectPeer(transport);
  const dataProducer = await transport.produceData({
    sctpStreamParameters: { streamId: 123, ordered: true },
  });
  const dataConsumer = await transport.consumeData({ dataProducerId: dataProducer.id });

  assert.equal(transport.sctpState, 'connected');
  const received: SctpBuffer[] = [];
  const all = new Promise<void>(resolve => {
    peer.on('stream', (stream: Duplex, streamId: number) => {
      assert.equal(streamId, dataConsumer.sctpStreamParameters?.streamId);
      stream.on('data', (buffer: SctpBuffer) => {
        received.push(buffer);
        if (received.length === 200) resolve();
      });
    });
  });
  const stream = peer.createStream(123);

  for (let i = 0; i < 200; ++i) {
    const { WEBRTC_STRING, WEBRTC_BINARY } = sctp.PPID;
    writeTo(stream, Buffer.from(`message ${i}`), i % 2 ? WEBRTC_BINARY : WEBRTC_STRING);
  }
  await all;
  received.forEach((buffer, i) => {
    assert.equal(buffer.toString(), `message ${i}`);
    assert.equal(buffer.ppid, i % 2 ? sctp.PPID.WEBRTC_BINARY : sctp.PPID.WEBRTC_STRING);
  });
  const [producerStats] = await dataProducer.getStats();
  const [consumerStats] = await dataConsumer.getStats();

  assert.equal(producerStats?.messagesReceived, 200);
  assert.equal(consumerStats?.messagesSent, 200);
  peer.end();
  udp.close();
  router.close();
});

/** What a consumer of the application gets of `messages`, sent by the application through a pipe. */
async function throughPipe(a: types.Router, b: types.Router, messages: Buffer[]): Promise<Buffer[]> {
  const dataProducer = await (await a.createDirectTransport()).produceData();
  const { pipeDataConsumer, pipeDataProducer } = await a.pipeToRouter({
    dataProducerId: dataProducer.id,
    router: b,
  });
  const far = await b.createDirectTransport();
  const dataConsumer = await far.consumeData({ dataProducerId: pipeDataProducer!.id });
  const received: Buffer[] = [];
  const all = new Promise<void>(resolve => {
    dataConsumer.on('message', message => {
      if (message.length > 0) received.push(message);
      if (received.length === messages.length) resolve();
    });
  });

  await untilConnected(pipeDataConsumer!);
  // It was created on another thread some time after the answer; by now it has been.
  await far.getStats();
  messages.forEach(message => dataProducer.send(message));
  await all;

  return received;
}

/** Until an empty message may leave: through UDP the two ends must find each other first. */
async function untilConnected(consumer: types.DataConsumer): Promise<void> {
  for (;;) {
    try {
      return await consumer.send('').then(() => undefined);
    } catch (error) {
      if ((error as { reason?: string }).reason !== 'invalid_state') throw error;
    }
  }
}

for (const [where, index] of [['another process', 1], ['the same process', 0]] as const) {
  test(`messages go through a pipe to a router of ${where}, complete and in order`, real, async () => {
    const a = await workers[0]!.createRouter();
    const b = await workers[index]!.createRouter();
    const messages = Array.from({ length: 500 }, (_, i) => Buffer.from(`message ${i}`));

    messages.push(Buffer.alloc(LARGEST, 7), Buffer.from('the last one'));
    const received = await throughPipe(a, b, messages);

    assert.ok(Buffer.concat(received).equals(Buffer.concat(messages)));
    assert.deepEqual(received.map(({ length }) => length), messages.map(({ length }) => length));
    a.close();
    b.close();
  });
}

for (const [where, index] of [['another process', 1], ['the same process', 0]] as const) {
  test(`subchannels go through a pipe to ${where}`, real, async () => {
    const a = await workers[0]!.createRouter();
    const b = await workers[index]!.createRouter();
    const dataProducer = await (await a.createDirectTransport()).produceData();
    const piped = await a.pipeToRouter({ dataProducerId: dataProducer.id, router: b });
    const far = await b.createDirectTransport();
    const received: [string, string][] = [];

    for (const [name, subchannels] of [['one', [1]], ['two', [2]]] as const) {
      const dataConsumer = await far.consumeData({
        dataProducerId: piped.pipeDataProducer!.id,
        subchannels: [...subchannels],
      });
      dataConsumer.on('message', message => {
        if (message.length > 0) received.push([name, message.toString()]);
      });
    }
    await untilConnected(piped.pipeDataConsumer!);
    await far.getStats();
    dataProducer.send('to one', undefined, [1]);
    dataProducer.send('to two', undefined, [2]);
    dataProducer.send('not to one', undefined, [1, 2], undefined, 1);
    dataProducer.send('to all');
    while (received.filter(([, text]) => text === 'to all').length < 2) await far.getStats();
    assert.deepEqual(
      received.filter(([name]) => name === 'one').map(([, text]) => text),
      ['to one', 'to all'],
    );
    assert.deepEqual(
      received.filter(([name]) => name === 'two').map(([, text]) => text),
      ['to two', 'not to one', 'to all'],
    );
    a.close();
    b.close();
  });
}

test('closing one of a pair of pipes leaves nothing of it in either router', real, async () => {
  const a = await workers[0]!.createRouter();
  const b = await workers[0]!.createRouter();

  await throughPipe(a, b, [Buffer.from('hello')]);
  const [pipe] = await Promise.all([
    extras.enhancedOnce<types.RouterObserverEvents>(a.observer, 'newtransport'),
    a.createPipeTransport({ listenInfo }),
  ]);
  pipe[0]!.close();
  const before = (await b.dump()).transportIds.length;
  const { transportIds } = await a.dump();

  a.close();
  assert.equal((await b.dump()).transportIds.length, before - 1);
  assert.equal(transportIds.length, 2);
  b.close();
});
