/** PipeTransport and pipeToRouter(), between two real processes and within one. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createWorker, errors, extras, type types } from 'sluice';
import { real } from './processes.js';
import { audioOptions, mediaCodecs, videoOptions } from './rtp_fixtures.js';
import { rtpPacket, UdpEndpoint } from './udp_endpoint.js';

const listenInfo = { protocol: 'udp' as const, ip: '127.0.0.1' };
const workers: types.Worker[] = [];
let [near, far]: types.Router[] = [];

if (!real.skip) {
  before(async () => {
    for (let i = 0; i < 2; ++i) workers.push(await createWorker({ workers: 1 }));
    [near, far] = await Promise.all(workers.map(worker => worker.createRouter({ mediaCodecs })));
  });
  after(() => workers.forEach(worker => worker.close()));
}

async function produce(router: types.Router, options = audioOptions()): Promise<types.Producer> {
  const transport = await router.createPlainTransport({ listenInfo, comedia: true });

  return transport.produce(options);
}

test('a pipe transport says where it listens, and connects once', real, async () => {
  const transport = await near!.createPipeTransport({ listenInfo, appData: { foo: 'bar' } });
  const dump = await transport.dump();
  const [stats] = await transport.getStats();

  assert.equal(transport.type, 'pipe');
  assert.deepEqual(transport.appData, { foo: 'bar' });
  assert.equal(transport.tuple.localAddress, '127.0.0.1');
  assert.equal(transport.srtpParameters, undefined);
  assert.equal(dump.rtx, false);
  assert.deepEqual(dump.tuple, transport.tuple);
  assert.equal(stats?.type, 'pipe-transport');
  assert.deepEqual(stats.tuple, transport.tuple);
  await assert.rejects(transport.connect({ ip: '127.0.0.1' } as never), TypeError);
  await assert.rejects(
    transport.connect({ ip: '127.0.0.1', port: 9, srtpParameters: 'invalid' as never }),
    TypeError,
  );
  await transport.connect({ ip: '127.0.0.1', port: 9 });
  assert.equal(transport.tuple.remotePort, 9);
  await assert.rejects(transport.connect({ ip: '127.0.0.1', port: 9 }), {
    reason: 'invalid_state',
  });
  transport.close();
});

test('wrong arguments reject with TypeError', real, async () => {
  for (const options of [
    {},
    { listenIp: '123' },
    { listenIp: '127.0.0.1', listenInfo },
    { listenInfo: { protocol: 'tcp', ip: '127.0.0.1' } },
    { listenInfo, appData: 'NOT-AN-OBJECT' },
  ]) {
    await assert.rejects(near!.createPipeTransport(options as never), TypeError);
  }

  const { id: producerId } = await produce(near!);

  for (const options of [{ router: far }, { producerId }, { producerId, router: near }]) {
    await assert.rejects(near!.pipeToRouter(options as never), TypeError);
  }
  await assert.rejects(
    near!.pipeToRouter({ producerId: 'nobody', router: far! }),
    errors.NotFoundError,
  );
});

/** Sends a packet to a producer of `a`, and sees it arrive at a consumer of its copy in `b`. */
async function sendThroughPipe(a: types.Router, b: types.Router, options = {}): Promise<void> {
  const [sender, receiver] = [await UdpEndpoint.create(), await UdpEndpoint.create()];
  const from = await a.createPlainTransport({ listenInfo, comedia: true });
  const to = await b.createPlainTransport({ listenInfo });
  const producerOptions = audioOptions();
  const producer = await from.produce(producerOptions);
  const { pipeProducer } = await a.pipeToRouter({ producerId: producer.id, router: b, ...options });

  assert.equal(pipeProducer?.id, producer.id);
  await to.connect({ ip: '127.0.0.1', port: receiver.port });
  const consumer = await to.consume({ producerId: producer.id, rtpCapabilities: b.rtpCapabilities });
  const received = receiver.receiveRtp();

  await to.getStats();
  const ssrc = producerOptions.rtpParameters.encodings?.[0]?.ssrc ?? 0;
  sender.send(from.tuple.localPort, rtpPacket(ssrc, 1));
  const packet = await received;
  assert.equal(packet.readUInt32BE(8), consumer.rtpParameters.encodings?.[0]?.ssrc);
  sender.close();
  receiver.close();
}

test('media goes through a pipe to another process, with SRTP and RTX', real, async () => {
  const [a, b] = await Promise.all(workers.map(worker => worker.createRouter({ mediaCodecs })));

  await sendThroughPipe(a!, b!, { enableSrtp: true, enableRtx: true });
  a!.close();
  b!.close();
});

test('media goes to another router of the process without a socket', real, async () => {
  const worker = await createWorker({ workers: 2 });
  const [a, b] = [await worker.createRouter({ mediaCodecs }), await worker.createRouter({ mediaCodecs })];
  const ends: types.Transport[] = [];

  for (const router of [a, b]) router.observer.on('newtransport', end => ends.push(end));
  // More of them than there are threads: some pipes stay on one.
  for (let i = 0; i < 4; ++i) await sendThroughPipe(a, b);
  const pipes = ends.filter(end => end.type === 'pipe') as types.PipeTransport[];

  assert.equal(pipes.length, 2);
  for (const pipe of pipes) {
    assert.equal(pipe.tuple.localPort, 0);
    assert.equal(pipe.sctpState, 'connected');
    await assert.rejects(pipe.connect({ ip: '127.0.0.1', port: 9 }), { reason: 'invalid_state' });
  }
  // What has the same id is told apart by its router.
  const [producerId] = (await a.dump()).mapProducerIdConsumerIds.map(({ key }) => key);
  const { pipeProducer } = await b.pipeToRouter({
    producerId: producerId!,
    router: await worker.createRouter({ mediaCodecs }),
  });

  await pipeProducer!.pause();
  assert.equal((await pipeProducer!.dump()).paused, true);
  worker.close();
});

test('concurrent and mutual calls share one pair of transports', real, async () => {
  const [a, b] = await Promise.all(workers.map(worker => worker.createRouter({ mediaCodecs })));
  const fromA = [await produce(a!), await produce(a!, videoOptions())];
  const fromB = await produce(b!);

  await Promise.all([
    ...fromA.map(({ id }) => a!.pipeToRouter({ producerId: id, router: b! })),
    b!.pipeToRouter({ producerId: fromB.id, router: a! }),
  ]);
  assert.equal((await a!.dump()).transportIds.length, 3);
  assert.equal((await b!.dump()).transportIds.length, 2);
  a!.close();
  b!.close();
});

test('pausing, resuming and closing go through', real, async () => {
  const producer = await produce(near!, videoOptions('r0', 'r1'));

  await producer.pause();
  const { pipeConsumer, pipeProducer } = await near!.pipeToRouter({
    producerId: producer.id,
    router: far!,
  });

  assert.equal(pipeConsumer?.type, 'pipe');
  assert.equal(pipeConsumer.rtpParameters.encodings?.length, 2);
  assert.equal(pipeProducer?.type, 'simulcast');
  assert.equal(pipeProducer.paused, true);
  const resumed = extras.enhancedOnce(pipeProducer.observer, 'resume');
  await producer.resume();
  await resumed;
  assert.equal(pipeProducer.paused, false);
  const closed = extras.enhancedOnce(pipeProducer.observer, 'close');
  producer.close();
  await closed;
  assert.equal(pipeConsumer.closed, true);
});

test('closing the copy closes the pipe consumer, closing an end closes the other', real, async () => {
  const [a, b] = await Promise.all(workers.map(worker => worker.createRouter({ mediaCodecs })));
  const ends: types.Transport[] = [];

  for (const router of [a!, b!]) router.observer.on('newtransport', end => ends.push(end));
  const producer = await produce(a!);
  const first = await a!.pipeToRouter({ producerId: producer.id, router: b! });

  first.pipeProducer?.close();
  assert.equal(first.pipeConsumer?.closed, true);
  assert.equal(producer.closed, false);
  const again = await a!.pipeToRouter({ producerId: producer.id, router: b! });
  const pipes = ends.filter(({ type }) => type === 'pipe');

  assert.equal(pipes.length, 2);
  pipes[0]?.close();
  assert.equal(pipes[1]?.closed, true);
  assert.equal(again.pipeProducer?.closed, true);
  a!.close();
  b!.close();
});

test('data producers go through a pipe too', real, async () => {
  const [a, b] = await Promise.all(workers.map(worker => worker.createRouter({ mediaCodecs })));
  const transport = await a!.createPlainTransport({ listenInfo, enableSctp: true });
  const dataProducer = await transport.produceData({
    sctpStreamParameters: { streamId: 1, ordered: false, maxPacketLifeTime: 5000 },
    label: 'foo',
    protocol: 'bar',
  });
  const { pipeDataConsumer, pipeDataProducer } = await a!.pipeToRouter({
    dataProducerId: dataProducer.id,
    router: b!,
  });

  assert.equal(pipeDataProducer?.id, dataProducer.id);
  assert.equal(pipeDataProducer.label, 'foo');
  assert.equal(pipeDataConsumer?.sctpStreamParameters?.maxPacketLifeTime, 5000);
  const closed = extras.enhancedOnce(pipeDataProducer.observer, 'close');
  dataProducer.close();
  await closed;
  a!.close();
  b!.close();
});

for (const [where, to] of [
  ['to another process', () => far!],
  ['within a process', () => workers[0]!.createRouter({ mediaCodecs })],
] as const) {
  test(`what is wanted at the far end of a pipe ${where} is wanted here`, real, async () => {
    const producer = await produce(near!, videoOptions('q', 'h', 'f'));
    const router = await to();
    const transport = await router.createDirectTransport();
    const nothing = extras.enhancedOnce<types.ProducerEvents>(producer, 'wantedlayerschange');
    const { pipeProducer } = await near!.pipeToRouter({ producerId: producer.id, router });
    const encodings = (layers: types.ProducerWantedLayers | undefined): boolean[] =>
      layers?.encodings.map(({ wanted }) => wanted) ?? [];

    assert.deepEqual(await nothing, [undefined]);
    assert.equal(pipeProducer!.wantedLayers, undefined);

    const some = extras.enhancedOnce<types.ProducerEvents>(producer, 'wantedlayerschange');
    await transport.consume({
      producerId: producer.id,
      rtpCapabilities: router.rtpCapabilities,
      preferredLayers: { spatialLayer: 1, temporalLayer: 1 },
    });
    const [wanted] = await some;
    assert.deepEqual(encodings(wanted), [false, true, false]);
    assert.equal(wanted?.temporalLayer, 1);
    assert.deepEqual(encodings(pipeProducer!.wantedLayers), [false, true, false]);
    producer.close();
  });
}
