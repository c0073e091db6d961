/** DirectTransport: the application sends and receives media and data itself. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createWorker, errors, extras, type types } from 'sluice';
import { real } from './processes.js';
import { audioOptions, mediaCodecs, videoOptions } from './rtp_fixtures.js';
import { rtpPacket, UdpEndpoint } from './udp_endpoint.js';

const listenInfo = { protocol: 'udp' as const, ip: '127.0.0.1' };
let worker: types.Worker;
let router: types.Router;

if (!real.skip) {
  before(async () => {
    worker = await createWorker({ workers: 2 });
    router = await worker.createRouter({ mediaCodecs });
  });
  after(() => worker.close());
}

/** A data channel from the application to itself. */
async function dataLoop(): Promise<[types.DirectTransport, types.DataProducer, types.DataConsumer]> {
  const transport = await router.createDirectTransport();
  const producer = await transport.produceData({ label: 'foo', protocol: 'bar' });
  const consumer = await transport.consumeData({ dataProducerId: producer.id });

  return [transport, producer, consumer];
}

/** Consumers are created on other threads, some time after the answer; here they have been. */
async function consumersAreThere(to: types.Transport, from: types.Transport): Promise<void> {
  await to.getStats();
  await from.getStats();
}

function ssrcOf({ rtpParameters }: { rtpParameters: types.RtpParameters }): number {
  return rtpParameters.encodings?.[0]?.ssrc ?? 0;
}

test('a direct transport says what it is, and observers hear of it', real, async () => {
  const announced = extras.enhancedOnce<types.RouterObserverEvents>(router.observer, 'newtransport');
  const transport = await router.createDirectTransport({
    maxSendMessageSize: 1000,
    appData: { foo: 'bar' },
  });

  assert.deepEqual(await announced, [transport]);
  assert.equal(transport.type, 'direct');
  assert.equal(transport.closed, false);
  assert.deepEqual(transport.appData, { foo: 'bar' });
  await transport.connect();

  const dump = await transport.dump();
  const [stats, ...others] = await transport.getStats();

  assert.equal(dump.id, transport.id);
  assert.equal(dump.maxSendMessageSize, 1000);
  assert.equal(dump.maxReceiveMessageSize, 262144);
  assert.deepEqual(dump.dataProducerIds, []);
  assert.equal(dump.sctpParameters, undefined);
  assert.equal(stats?.type, 'direct-transport');
  assert.equal(stats.transportId, transport.id);
  assert.equal(stats.bytesReceived, 0);
  assert.deepEqual(others, []);
  await assert.rejects(transport.setMaxIncomingBitrate(100000), errors.UnsupportedError);
  transport.close();
});

test('wrong arguments reject with TypeError, and a closed one with NotFoundError', real, async () => {
  for (const options of [
    { maxSendMessageSize: 'foo' },
    { maxReceiveMessageSize: -2000 },
    { appData: 'NOT-AN-OBJECT' },
  ]) {
    await assert.rejects(router.createDirectTransport(options as never), TypeError);
  }

  const [transport, dataProducer, dataConsumer] = await dataLoop();
  const producer = await transport.produce(audioOptions());

  assert.throws(() => dataProducer.send(undefined as never), TypeError);
  assert.throws(() => producer.send('packet' as never), TypeError);
  assert.throws(() => transport.sendRtcp(undefined as never), TypeError);
  await assert.rejects(dataConsumer.send('to nobody'), TypeError);

  const closed = Promise.all([
    extras.enhancedOnce<types.DataProducerEvents>(dataProducer, 'transportclose'),
    extras.enhancedOnce<types.DataConsumerEvents>(dataConsumer, 'transportclose'),
  ]);
  transport.close();
  await closed;
  assert.throws(() => dataProducer.send('hello'), errors.NotFoundError);
  assert.throws(() => producer.send(Buffer.alloc(12)), errors.NotFoundError);
  assert.throws(() => transport.sendRtcp(Buffer.alloc(8)), errors.NotFoundError);
  await assert.rejects(transport.dump(), errors.NotFoundError);
  await assert.rejects(transport.getStats(), errors.NotFoundError);
});

test('messages arrive with their PPIDs, in order, whatever they are', real, async () => {
  const [transport, producer, consumer] = await dataLoop();
  const sent: [string | Buffer, number?][] = [
    ['hello'],
    [Buffer.from([0, 1, 0xff])],
    ['\u00e9\ud83d\ude00'],
    [''],
    [Buffer.alloc(0)],
    [Buffer.from('as a string'), 51],
    [Buffer.from('of no kind'), 1234],
  ];
  const received: [Buffer, number][] = [];
  const all = new Promise<void>(resolve => {
    consumer.on('message', (message, ppid) => {
      received.push([message, ppid]);
      if (received.length === sent.length) resolve();
    });
  });

  assert.equal(producer.type, 'direct');
  assert.equal(producer.sctpStreamParameters, undefined);
  assert.equal(consumer.type, 'direct');
  assert.equal(consumer.label, 'foo');
  assert.equal(consumer.protocol, 'bar');
  for (const [message, ppid] of sent) producer.send(message, ppid);
  await all;
  assert.deepEqual(
    received.map(([, ppid]) => ppid),
    [51, 53, 51, 56, 57, 51, 1234],
  );
  assert.deepEqual(
    received.map(([message]) => message),
    sent.map(([message]) => Buffer.from(message as string)),
  );

  const [producerStats] = await producer.getStats();
  const [consumerStats] = await consumer.getStats();
  assert.equal(producerStats?.messagesReceived, sent.length);
  assert.equal(consumerStats?.messagesSent, sent.length);
  assert.equal(consumerStats.bytesSent, producerStats.bytesReceived);
  transport.close();
});

test('messages go to those of their subchannels', real, async () => {
  const [transport, producer, first] = await dataLoop();
  const second = await transport.consumeData({ dataProducerId: producer.id, subchannels: [1, 666] });
  const received: string[] = [];
  const done = new Promise<void>(resolve => {
    second.on('message', message => {
      if (String(message) === 'end') resolve();
      else received.push(`second ${message}`);
    });
  });

  first.on('message', message => received.push(`first ${message}`));
  await first.setSubchannels([1, 2]);
  producer.send('both', undefined, [1]);
  producer.send('first', undefined, [2]);
  producer.send('second', undefined, [1, 2], 666);
  producer.send('not second', undefined, [1], undefined, 666);
  producer.send('nobody', undefined, [3]);
  producer.send('end', undefined, [666]);
  await done;
  assert.deepEqual(received.sort(), [
    'first both',
    'first first',
    'first not second',
    'second both',
    'second second',
  ]);
  transport.close();
});

test('paused ones pass nothing on', real, async () => {
  const [transport, producer, consumer] = await dataLoop();
  const received: string[] = [];
  const end = new Promise<void>(resolve => {
    consumer.on('message', message => {
      received.push(String(message));
      if (received.at(-1) === 'end') resolve();
    });
  });

  await producer.pause();
  producer.send('to nobody');
  await producer.resume();
  await consumer.pause();
  producer.send('past it');
  await consumer.resume();
  producer.send('end');
  await end;
  assert.deepEqual(received, ['end']);
  transport.close();
});

test('media of the application reaches an endpoint', real, async () => {
  const receiver = await UdpEndpoint.create();
  const from = await router.createDirectTransport();
  const to = await router.createPlainTransport({ listenInfo });
  const producer = await from.produce(audioOptions());

  await to.connect({ ip: '127.0.0.1', port: receiver.port });
  const { rtpCapabilities } = router;
  const consumer = await to.consume({ producerId: producer.id, rtpCapabilities });
  const received = receiver.receiveRtp();

  await consumersAreThere(to, from);
  producer.send(rtpPacket(ssrcOf(producer), 1));
  assert.equal((await received).readUInt32BE(8), ssrcOf(consumer));
  const [stats] = await producer.getStats();
  assert.equal(stats?.packetCount, 1);
  from.close();
  to.close();
  receiver.close();
});

test('media of an endpoint reaches the application', real, async () => {
  const sender = await UdpEndpoint.create();
  const from = await router.createPlainTransport({ listenInfo, comedia: true });
  const to = await router.createDirectTransport();
  const options = audioOptions();
  const producer = await from.produce(options);
  const { rtpCapabilities } = router;
  const consumer = await to.consume({ producerId: producer.id, rtpCapabilities });
  const received = extras.enhancedOnce<types.ConsumerEvents>(consumer, 'rtp') as Promise<[Buffer]>;
  const packet = rtpPacket(ssrcOf(options), 1);

  assert.equal(consumer.type, 'simple');
  await consumersAreThere(to, from);
  sender.send(from.tuple.localPort, packet);
  const [arrived] = await received;
  assert.equal(arrived.readUInt32BE(8), ssrcOf(consumer));
  assert.deepEqual(arrived.subarray(-1), packet.subarray(-1));
  from.close();
  to.close();
  sender.close();
});

test('key frames are asked for by RTCP, of the application and by it', real, async () => {
  const [near, far] = [await router.createDirectTransport(), await router.createDirectTransport()];
  const producer = await near.produce(videoOptions());
  const { rtpCapabilities } = router;
  const consumer = await far.consume({ producerId: producer.id, rtpCapabilities });
  const isPli = (packet: Buffer): boolean =>
    packet.readUInt16BE(0) === 0x81ce && packet.readUInt32BE(8) === ssrcOf(producer);
  const nextPli = (): Promise<void> =>
    new Promise(resolve => {
      const listen = (packet: Buffer): void => {
        if (!isPli(packet)) return;
        near.off('rtcp', listen);
        resolve();
      };
      near.on('rtcp', listen);
    });
  const observed = extras.enhancedOnce<types.DirectTransportObserverEvents>(near.observer, 'rtcp');

  await Promise.all([nextPli(), observed, consumer.requestKeyFrame()]);
  const pli = Buffer.from('81ce00020000000100000000', 'hex');
  pli.writeUInt32BE(ssrcOf(consumer), 8);
  far.sendRtcp(pli);
  const [stats] = await consumer.getStats();
  assert.equal(stats?.pliCount, 1);
  near.close();
  far.close();
});

test('what is no RTP is dropped and counted', real, async () => {
  const transport = await router.createDirectTransport();
  const producer = await transport.produce(audioOptions());

  producer.send(Buffer.from('hello'));
  producer.send(Buffer.alloc(1501));
  transport.sendRtcp(Buffer.from('hello'));
  const [stats] = (await transport.getStats()) as unknown as [
    { packetsDropped: Record<string, number> },
  ];
  assert.equal(stats.packetsDropped['rtpMalformed'], 1);
  assert.equal(stats.packetsDropped['rtcpMalformed'], 1);
  assert.equal((await worker.dump()).clients.notificationsRefused['invalid_value'], 1);
  transport.close();
});

test('10,000 messages of 1 kB arrive in order while requests are answered', real, async () => {
  const count = 10000;
  const [transport, producer, consumer] = await dataLoop();
  let [sent, received] = [0, 0];
  const all = new Promise<void>((resolve, reject) => {
    consumer.on('message', message => {
      if (message.length !== 1000 || message.readUInt32BE(0) !== received) {
        reject(new Error(`not message ${received}`));
      }
      if (++received === count) resolve();
    });
  });
  let answers = 0;

  for (; sent < count; ++sent) {
    const message = Buffer.alloc(1000, sent & 0xff);
    message.writeUInt32BE(sent);
    producer.send(message);
    if (sent % 500 !== 0) continue;
    // Each is answered while the messages around it are under way.
    const other = await worker.createRouter({ mediaCodecs });
    await transport.dump();
    other.close();
    ++answers;
    await nextTurn();
  }
  assert.equal(answers, count / 500);
  await all;
  const [stats] = await consumer.getStats();
  assert.equal(stats?.messagesSent, count);
  assert.deepEqual((await worker.dump()).clients.packetsMissed, 0);
  transport.close();
});

test('however many are sent at once, none is lost', real, async () => {
  const count = 30000; // 40 MB of lines, more than anybody buffers.
  const [transport, producer, consumer] = await dataLoop();
  const message = Buffer.alloc(1000);
  let received = 0;
  const all = new Promise<void>(resolve => {
    consumer.on('message', payload => {
      assert.equal(payload.readUInt32BE(0), received);
      if (++received === count) resolve();
    });
  });

  for (let i = 0; i < count; ++i) {
    message.writeUInt32BE(i);
    producer.send(message);
  }
  await all;
  transport.close();
});
