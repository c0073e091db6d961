/** Consumer, with the real process. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createWorker, errors, extras, type types } from 'sluice';
import { real } from './processes.js';
import { audioOptions, mediaCodecs, uselessCapabilities, videoOptions } from './rtp_fixtures.js';

const listenInfos = [{ protocol: 'udp' as const, ip: '127.0.0.1' }];
let worker: types.Worker;
let router: types.Router;
let sender: types.WebRtcTransport;
let receiver: types.WebRtcTransport;
let rtpCapabilities: types.RtpCapabilities;

if (!real.skip) {
  before(async () => {
    worker = await createWorker();
    router = await worker.createRouter({ mediaCodecs });
    sender = await router.createWebRtcTransport({ listenInfos });
    receiver = await router.createWebRtcTransport({ listenInfos });
    rtpCapabilities = router.rtpCapabilities;
  });
  after(() => worker.close());
}

test('consume() makes a consumer of an audio producer', real, async () => {
  const producer = await sender.produce(audioOptions());
  const before = structuredClone(rtpCapabilities);
  const consumer = await receiver.consume({
    producerId: producer.id,
    rtpCapabilities,
    appData: { baz: 'LOL' },
  });
  const { rtpParameters } = consumer;

  assert.deepEqual(rtpCapabilities, before, 'the capabilities are left as they are');
  assert.match(consumer.id, /^[0-9a-f-]{36}$/);
  assert.equal(consumer.producerId, producer.id);
  assert.equal(consumer.closed, false);
  assert.equal(consumer.kind, 'audio');
  assert.equal(consumer.type, 'simple');
  assert.equal(consumer.paused, false);
  assert.equal(consumer.producerPaused, false);
  assert.equal(consumer.priority, 1);
  assert.equal(consumer.score.score, 10);
  assert.equal(consumer.preferredLayers, undefined);
  assert.equal(consumer.currentLayers, undefined);
  assert.deepEqual(consumer.appData, { baz: 'LOL' });
  assert.equal(rtpParameters.codecs[0]?.mimeType, 'audio/opus');
  assert.equal(rtpParameters.codecs[0].payloadType, 100);
  assert.equal(rtpParameters.encodings?.length, 1);
  assert.ok(rtpParameters.encodings[0]?.ssrc);
  assert.equal(rtpParameters.rtcp?.cname, producer.rtpParameters.rtcp?.cname);
  producer.close();
});

test('MIDs count up on a transport, and can be given', real, async () => {
  const transport = await router.createWebRtcTransport({ listenInfos });
  const producer = await sender.produce(audioOptions());
  const consume = async (mid?: string): Promise<string | undefined> =>
    (await transport.consume({ producerId: producer.id, rtpCapabilities, mid })).rtpParameters.mid;

  assert.deepEqual(await Promise.all([consume(), consume(), consume('my-mid'), consume()]), [
    '0',
    '1',
    'my-mid',
    '2',
  ]);
  transport.close();
  producer.close();
});

test('RTX is enabled for video unless told otherwise, and not for audio', real, async () => {
  const video = await sender.produce(videoOptions());
  const audio = await sender.produce(audioOptions());
  const repaired = async (producerId: string, enableRtx?: boolean): Promise<[boolean, boolean]> => {
    const consumer = await receiver.consume({
      producerId,
      rtpCapabilities,
      ...(enableRtx !== undefined && { enableRtx }),
    });
    const { codecs, encodings } = consumer.rtpParameters;
    const nack = codecs[0]!.rtcpFeedback!.some(({ type, parameter }) => type === 'nack' && !parameter);

    consumer.close();

    return [nack, encodings?.[0]?.rtx !== undefined];
  };

  assert.deepEqual(await repaired(video.id), [true, true]);
  assert.deepEqual(await repaired(video.id, false), [false, false]);
  assert.deepEqual(await repaired(audio.id), [false, false]);
  video.close();
  audio.close();
});

test('a simulcast producer is consumed as one stream', real, async () => {
  const producer = await sender.produce(videoOptions('l', 'm', 'h'));
  const consumer = await receiver.consume({
    producerId: producer.id,
    rtpCapabilities,
    paused: true,
    preferredLayers: { spatialLayer: 1, temporalLayer: 2 },
  });
  const [encoding, ...others] = consumer.rtpParameters.encodings ?? [];

  assert.equal(consumer.type, 'simulcast');
  assert.equal(consumer.paused, true);
  assert.deepEqual(consumer.preferredLayers, { spatialLayer: 1, temporalLayer: 2 });
  assert.deepEqual(others, []);
  assert.equal(encoding?.scalabilityMode, 'L3T3');
  assert.equal(encoding.rtx?.ssrc, (encoding.ssrc ?? 0) + 1);
  assert.equal(encoding.rid, undefined);
  producer.close();
});

test('enableRtx is the default for video only', real, async () => {
  const audio = await sender.produce(audioOptions());
  const video = await sender.produce(videoOptions());
  const rtx = async (producerId: string, enableRtx?: boolean): Promise<boolean> => {
    const consumer = await receiver.consume({ producerId, rtpCapabilities, enableRtx });
    const { codecs } = consumer.rtpParameters;

    return codecs.some(({ rtcpFeedback }) =>
      rtcpFeedback?.some(({ type, parameter }) => type === 'nack' && !parameter),
    );
  };

  assert.equal(await rtx(video.id), true);
  assert.equal(await rtx(video.id, false), false);
  assert.equal(await rtx(audio.id), false);
  assert.equal(await rtx(audio.id, true), true);
  audio.close();
  video.close();
});

test('what cannot be consumed rejects', real, async () => {
  const producer = await sender.produce(audioOptions());
  const { id: producerId } = producer;
  const otherRouter = await worker.createRouter({ mediaCodecs });
  const elsewhere = await otherRouter.createWebRtcTransport({ listenInfos });

  await assert.rejects(
    receiver.consume({ producerId, rtpCapabilities: uselessCapabilities }),
    errors.UnsupportedError,
  );
  await assert.rejects(
    receiver.consume({ producerId: 'nobody', rtpCapabilities }),
    errors.NotFoundError,
  );
  await assert.rejects(elsewhere.consume({ producerId, rtpCapabilities }), errors.NotFoundError);
  await assert.rejects(receiver.consume({ rtpCapabilities } as never), TypeError);
  await assert.rejects(receiver.consume({ producerId } as never), TypeError);
  await assert.rejects(receiver.consume({ producerId, rtpCapabilities, mid: '' }), TypeError);
  await assert.rejects(
    receiver.consume({ producerId, rtpCapabilities, appData: 'x' as never }),
    TypeError,
  );
  otherRouter.close();
  producer.close();
  await assert.rejects(receiver.consume({ producerId, rtpCapabilities }), errors.NotFoundError);
});

test('pause() and resume() change what they say and tell the observer', real, async () => {
  const producer = await sender.produce(audioOptions());
  const consumer = await receiver.consume({ producerId: producer.id, rtpCapabilities });
  const events: string[] = [];

  consumer.observer.on('pause', () => events.push('pause'));
  consumer.observer.on('resume', () => events.push('resume'));
  await consumer.pause();
  await consumer.pause();
  assert.equal(consumer.paused, true);
  assert.equal((await consumer.dump()).paused, true);
  await consumer.resume();
  assert.equal(consumer.paused, false);
  assert.deepEqual(events, ['pause', 'resume']);
  producer.close();
});

test('a consumer follows the pauses of its producer', real, async () => {
  const producer = await sender.produce({ ...audioOptions(), paused: true });
  const consumer = await receiver.consume({ producerId: producer.id, rtpCapabilities });
  const events: string[] = [];

  consumer.on('producerpause', () => events.push('producerpause'));
  consumer.on('producerresume', () => events.push('producerresume'));
  consumer.observer.on('pause', () => events.push('pause'));
  consumer.observer.on('resume', () => events.push('resume'));
  assert.equal(consumer.producerPaused, true);
  assert.equal(consumer.paused, false);

  const resumed = extras.enhancedOnce(consumer, 'producerresume');
  await producer.resume();
  await resumed;
  assert.equal(consumer.producerPaused, false);

  await consumer.pause();
  const paused = extras.enhancedOnce(consumer, 'producerpause');
  await producer.pause();
  await paused;
  assert.equal(consumer.producerPaused, true);

  // The observer tells when media stops and goes on, for whichever reason.
  assert.deepEqual(events, ['producerresume', 'resume', 'pause', 'producerpause']);
  producer.close();
});

test('a consumer closes with its producer, on any transport', real, async () => {
  const producer = await sender.produce(videoOptions());
  const options = { producerId: producer.id, rtpCapabilities };
  const consumers = [await receiver.consume(options), await sender.consume(options)];
  const events: string[] = [];
  const closed = consumers.map(consumer => {
    consumer.on('producerclose', () => events.push('producerclose'));
    consumer.observer.on('close', () => events.push('close'));

    return extras.enhancedOnce(consumer, 'producerclose');
  });

  producer.close();
  await Promise.all(closed);
  assert.deepEqual(events, ['producerclose', 'close', 'producerclose', 'close']);
  assert.ok(consumers.every(consumer => consumer.closed));
  await assert.rejects(consumers[0]!.dump(), errors.NotFoundError);
});

test('a consumer closes with the transport of its producer', real, async () => {
  const transport = await router.createWebRtcTransport({ listenInfos });
  const producer = await transport.produce(audioOptions());
  const consumer = await receiver.consume({ producerId: producer.id, rtpCapabilities });
  const closed = extras.enhancedOnce(consumer, 'producerclose');

  transport.close();
  assert.equal(producer.closed, true);
  await closed;
  assert.equal(consumer.closed, true);
  assert.ok(!(await receiver.dump()).consumerIds.includes(consumer.id));
});

test('a consumer closes with its own transport, silently for its producer', real, async () => {
  const transport = await router.createWebRtcTransport({ listenInfos });
  const producer = await sender.produce(audioOptions());
  const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities });
  const events: string[] = [];

  consumer.on('transportclose', () => events.push('transportclose'));
  consumer.on('producerclose', () => events.push('producerclose'));
  transport.close();
  assert.deepEqual(events, ['transportclose']);
  assert.equal((await producer.dump()).id, producer.id);
  producer.close();
});

test('router.dump() maps producers and consumers', real, async () => {
  const own = await worker.createRouter({ mediaCodecs });
  const transport = await own.createWebRtcTransport({ listenInfos });
  const producer = await transport.produce(audioOptions());
  const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities });
  const { mapProducerIdConsumerIds, mapConsumerIdProducerId } = await own.dump();

  assert.deepEqual(mapProducerIdConsumerIds, [{ key: producer.id, values: [consumer.id] }]);
  assert.deepEqual(mapConsumerIdProducerId, [{ key: consumer.id, value: producer.id }]);
  own.close();
});

test('dump(), getStats() and requestKeyFrame() answer', real, async () => {
  const producer = await sender.produce(videoOptions());
  const consumer = await receiver.consume({ producerId: producer.id, rtpCapabilities });
  const dump = await consumer.dump();
  const [own, ...others] = await consumer.getStats();

  assert.equal(dump.id, consumer.id);
  assert.equal(dump.producerId, producer.id);
  assert.equal(dump.kind, 'video');
  assert.equal(dump.priority, 1);
  assert.deepEqual(dump.rtpParameters, consumer.rtpParameters);
  assert.deepEqual(dump.traceEventTypes, []);
  assert.ok(dump.supportedCodecPayloadTypes.length > 0);
  assert.equal(own?.type, 'outbound-rtp');
  assert.equal(own.ssrc, consumer.rtpParameters.encodings?.[0]?.ssrc);
  assert.equal(own.kind, 'video');
  assert.equal(own.mimeType, 'video/VP8');
  assert.equal(own.packetCount, 0);
  assert.deepEqual(others, [], 'nothing arrives from the producer');
  assert.equal(await consumer.requestKeyFrame(), undefined);
  producer.close();
});

test('close() closes it in the process too', real, async () => {
  const producer = await sender.produce(audioOptions());
  const consumer = await receiver.consume({ producerId: producer.id, rtpCapabilities });

  consumer.close();
  assert.equal(consumer.closed, true);
  await assert.rejects(consumer.dump(), errors.NotFoundError);
  await assert.rejects(consumer.getStats(), errors.NotFoundError);
  await assert.rejects(consumer.pause(), errors.NotFoundError);
  await assert.rejects(consumer.resume(), errors.NotFoundError);
  await assert.rejects(consumer.requestKeyFrame(), errors.NotFoundError);
  producer.close();
});

test('many producers and consumers can be created at once', real, async () => {
  const own = await worker.createRouter({ mediaCodecs });
  const transports = await Promise.all(
    Array.from({ length: 10 }, () => own.createWebRtcTransport({ listenInfos })),
  );
  const producers = await Promise.all(
    transports.flatMap(transport => [
      transport.produce(audioOptions()),
      transport.produce(videoOptions()),
    ]),
  );
  const consumers = await Promise.all(
    transports.flatMap(transport =>
      producers.map(({ id }) => transport.consume({ producerId: id, rtpCapabilities })),
    ),
  );
  const closed = consumers.map(consumer => extras.enhancedOnce(consumer, 'producerclose'));

  assert.equal(new Set(consumers.map(({ id }) => id)).size, 200);
  producers.forEach(producer => producer.close());
  await Promise.all(closed);
  assert.deepEqual((await own.dump()).mapConsumerIdProducerId, []);
  own.close();
});
