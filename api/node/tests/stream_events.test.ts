/** Scores, orientation, traces and priority, with the real process and media of the application. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createWorker, extras, type types } from 'sluice';
import { real } from './processes.js';
import { audioOptions, mediaCodecs, videoOptions } from './rtp_fixtures.js';
import { rtpPacket } from './udp_endpoint.js';

let worker: types.Worker;
let router: types.Router;
let transport: types.DirectTransport;

if (!real.skip) {
  before(async () => {
    worker = await createWorker({ workers: 1 });
    router = await worker.createRouter({ mediaCodecs });
    transport = await router.createDirectTransport();
  });
  after(() => worker.close());
}

async function audioStream(): Promise<[types.Producer, types.Consumer, number]> {
  const producer = await transport.produce(audioOptions());
  const { rtpCapabilities } = router;
  const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities });

  return [producer, consumer, producer.rtpParameters.encodings?.[0]?.ssrc ?? 0];
}

/** A packet with one octet of video orientation, as the extension `id`. */
function turnedPacket(ssrc: number, sequenceNumber: number, id: number, orientation: number): Buffer {
  const plain = rtpPacket(ssrc, sequenceNumber, 96);
  const extension = Buffer.from([0xbe, 0xde, 0, 1, id << 4, orientation, 0, 0]);

  plain[0]! |= 0x10;

  return Buffer.concat([plain.subarray(0, 12), extension, plain.subarray(12)]);
}

test('a stream that arrives is scored, for its producer and its consumers', real, async () => {
  const [producer, consumer, ssrc] = await audioStream();
  const scored = extras.enhancedOnce<types.ProducerEvents>(producer, 'score');
  const observed = extras.enhancedOnce<types.ProducerObserverEvents>(producer.observer, 'score');
  const consumerScored = extras.enhancedOnce<types.ConsumerEvents>(consumer, 'score');
  const expected = [{ encodingIdx: 0, ssrc, score: 10 }];

  assert.deepEqual(producer.score, []);
  assert.deepEqual(consumer.score, { score: 10, producerScore: 0, producerScores: [0] });
  producer.send(rtpPacket(ssrc, 1));
  assert.deepEqual(await scored, [expected]);
  assert.deepEqual(await observed, [expected]);
  assert.deepEqual(await consumerScored, [{ score: 10, producerScore: 10, producerScores: [10] }]);
  assert.deepEqual(producer.score, expected);
  assert.equal(consumer.score.producerScore, 10);

  const [stats] = await producer.getStats();
  const [own] = await consumer.getStats();
  assert.equal(stats?.score, 10);
  assert.equal(own?.score, 10);
  producer.close();
});

test('packets are traced while that is asked for', real, async () => {
  const [producer, consumer, ssrc] = await audioStream();
  const traced = extras.enhancedOnce<types.ProducerEvents>(producer, 'trace');
  const forwarded = extras.enhancedOnce<types.ConsumerEvents>(consumer, 'trace');

  await producer.enableTraceEvent(['rtp', 'sr']);
  await consumer.enableTraceEvent(['rtp']);
  assert.deepEqual((await producer.dump()).traceEventTypes, ['rtp', 'sr']);
  producer.send(rtpPacket(ssrc, 7));

  const [incoming] = (await traced) as [types.ProducerTraceEventData];
  const [outgoing] = (await forwarded) as [types.ConsumerTraceEventData];
  const packet = incoming.info['rtpPacket'] as Record<string, unknown>;
  assert.equal(incoming.type, 'rtp');
  assert.equal(incoming.direction, 'in');
  assert.ok(Math.abs(incoming.timestamp - Date.now()) < 60_000);
  assert.equal(packet['ssrc'], ssrc);
  assert.equal(packet['sequenceNumber'], 7);
  assert.equal(outgoing.direction, 'out');

  let traces = 0;
  producer.on('trace', () => ++traces);
  await producer.enableTraceEvent();
  assert.deepEqual((await producer.dump()).traceEventTypes, []);
  const again = extras.enhancedOnce<types.ConsumerEvents>(consumer, 'trace');
  producer.send(rtpPacket(ssrc, 8));
  await again;
  assert.equal(traces, 0);
  await assert.rejects(producer.enableTraceEvent(['foo'] as never), TypeError);
  await assert.rejects(consumer.enableTraceEvent(['sr'] as never), TypeError);
  await assert.rejects(producer.enableTraceEvent('rtp' as never), TypeError);
  await assert.rejects(producer.enableTraceEvent([1] as never), TypeError);
  producer.close();
});

test('a camera that is turned is told', real, async () => {
  const options = videoOptions();
  const producer = await transport.produce({
    ...options,
    rtpParameters: {
      ...options.rtpParameters,
      headerExtensions: [{ uri: 'urn:3gpp:video-orientation', id: 9 }],
    },
  });
  const turned = extras.enhancedOnce<types.ProducerEvents>(producer, 'videoorientationchange');
  const { ssrc } = producer.rtpParameters.encodings![0]!;

  producer.send(turnedPacket(ssrc!, 1, 9, 0b1001));
  assert.deepEqual(await turned, [{ camera: true, flip: false, rotation: 90 }]);
  producer.close();
});

test('a consumer has a priority from 1 to 255', real, async () => {
  const [producer, consumer] = await audioStream();

  await consumer.setPriority(200);
  assert.equal(consumer.priority, 200);
  assert.equal((await consumer.dump()).priority, 200);
  await assert.rejects(consumer.setPriority('2' as never), TypeError);
  await assert.rejects(consumer.setPriority(-1), TypeError);
  await assert.rejects(consumer.setPriority(256), TypeError);
  await consumer.unsetPriority();
  assert.equal(consumer.priority, 1);
  producer.close();
});

test('dumps tell of streams', real, async () => {
  const [producer, consumer, ssrc] = await audioStream();
  const scored = extras.enhancedOnce<types.ProducerEvents>(producer, 'score');

  producer.send(rtpPacket(ssrc, 1));
  await scored;
  const [stream] = (await producer.dump()).rtpStreams as types.RtpStreamDump[];
  assert.equal(stream?.score, 10);
  assert.equal(stream.params.ssrc, ssrc);
  assert.equal(stream.params.mimeType, 'audio/opus');

  const dump = (await consumer.dump()) as types.SimpleConsumerDump;
  assert.equal(dump.rtpStream.params.ssrc, consumer.rtpParameters.encodings?.[0]?.ssrc);
  producer.close();
});

test('a pipe consumer has all its streams in its dump, and passes no judgement', real, async () => {
  const producer = await transport.produce(videoOptions('l', 'm', 'h'));
  const pipe = await router.createPipeTransport({ listenInfo: { protocol: 'udp', ip: '127.0.0.1' } });
  const consumer = await pipe.consume({ producerId: producer.id });
  const dump = (await consumer.dump()) as types.PipeConsumerDump;

  assert.equal(dump.rtpStreams.length, 3);
  assert.deepEqual(
    dump.rtpStreams.map(stream => stream.params.ssrc),
    consumer.rtpParameters.encodings?.map(encoding => encoding.ssrc),
  );
  assert.deepEqual(consumer.score, { score: 10, producerScore: 10, producerScores: [0, 0, 0] });
  await consumer.enableTraceEvent(['rtp']);
  pipe.close();
  producer.close();
});

test('preferred layers are held to those that there are', real, async () => {
  const producer = await transport.produce(videoOptions('l', 'm', 'h'));
  const { rtpCapabilities } = router;
  const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities });
  const [audio, audioConsumer] = await audioStream();

  assert.deepEqual(consumer.preferredLayers, { spatialLayer: 2, temporalLayer: 2 });
  await consumer.setPreferredLayers({ spatialLayer: 1, temporalLayer: 0 });
  assert.deepEqual(consumer.preferredLayers, { spatialLayer: 1, temporalLayer: 0 });
  const dump = (await consumer.dump()) as types.SimulcastConsumerDump;
  assert.deepEqual([dump.preferredSpatialLayer, dump.preferredTemporalLayer], [1, 0]);
  assert.deepEqual([dump.targetSpatialLayer, dump.targetTemporalLayer], [1, 0]);
  assert.deepEqual([dump.currentSpatialLayer, dump.currentTemporalLayer], [-1, -1]);
  await consumer.setPreferredLayers({ spatialLayer: 66 });
  assert.deepEqual(consumer.preferredLayers, { spatialLayer: 2, temporalLayer: 2 });
  await audioConsumer.setPreferredLayers({ spatialLayer: 1 });
  assert.equal(audioConsumer.preferredLayers, undefined);
  await assert.rejects(consumer.setPreferredLayers({} as never), TypeError);
  await assert.rejects(consumer.setPreferredLayers({ spatialLayer: '1' } as never), TypeError);
  await assert.rejects(
    consumer.setPreferredLayers({ spatialLayer: 1, temporalLayer: '1' } as never),
    TypeError,
  );
  audio.close();
  producer.close();
});

test('what consumers want is told: more at once, less after some seconds', real, async () => {
  const producer = await transport.produce(videoOptions('q', 'h', 'f'));
  const encodings = ['q', 'h', 'f'].map(
    (rid, encodingIdx): types.ProducerWantedEncoding => ({ encodingIdx, rid, wanted: false }),
  );
  const wanted = { wanted: true, temporalLayer: 2 };
  const next = async () =>
    (await extras.enhancedOnce<types.ProducerEvents>(producer, 'wantedlayerschange'))[0];

  assert.deepEqual(producer.wantedLayers?.encodings, encodings.map(entry => ({ ...entry, ...wanted })));
  assert.equal(await next(), undefined);
  assert.equal(producer.wantedLayers, undefined);

  const observed = extras.enhancedOnce<types.ProducerObserverEvents>(
    producer.observer,
    'wantedlayerschange',
  );
  const more = next();
  const { rtpCapabilities } = router;
  const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities });

  encodings[2] = { ...encodings[2]!, ...wanted };
  assert.deepEqual(await more, { spatialLayer: 2, temporalLayer: 2, encodings });
  assert.deepEqual(await observed, [producer.wantedLayers]);

  const evenMore = next();
  await consumer.setPreferredLayers({ spatialLayer: 0, temporalLayer: 1 });
  encodings[0] = { ...encodings[0]!, ...wanted, temporalLayer: 1 };
  assert.deepEqual(await evenMore, { spatialLayer: 2, temporalLayer: 2, encodings });
  encodings[2] = { encodingIdx: 2, rid: 'f', wanted: false };
  assert.deepEqual(await next(), { spatialLayer: 0, temporalLayer: 1, encodings });
  await assert.rejects(consumer.setWantedLayers(undefined), { reason: 'invalid_state' });
  producer.close();
});
