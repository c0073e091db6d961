/** Producer, with the real process. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createWorker, errors, type types } from 'sluice';
import { real } from './processes.js';
import { audioOptions, mediaCodecs, videoOptions } from './rtp_fixtures.js';

let worker: types.Worker;
let router: types.Router;
let transport: types.WebRtcTransport;

if (!real.skip) {
  before(async () => {
    worker = await createWorker();
    router = await worker.createRouter({ mediaCodecs });
    const listenInfos = [{ protocol: 'udp' as const, ip: '127.0.0.1' }];
    transport = await router.createWebRtcTransport({ listenInfos });
  });
  after(() => worker.close());
}

test('produce() makes an audio producer', real, async () => {
  const options = { ...audioOptions(), appData: { foo: 1 } };
  const before = structuredClone(options);
  const producer = await transport.produce(options);

  assert.deepEqual(options, before, 'the options are left as they are');
  assert.match(producer.id, /^[0-9a-f-]{36}$/);
  assert.equal(producer.closed, false);
  assert.equal(producer.kind, 'audio');
  assert.equal(producer.type, 'simple');
  assert.equal(producer.paused, false);
  assert.deepEqual(producer.score, []);
  assert.deepEqual(producer.appData, { foo: 1 });
  assert.equal(producer.rtpParameters.codecs[0]?.payloadType, 111);
  assert.equal(producer.consumableRtpParameters.codecs[0]?.payloadType, 100);
  assert.deepEqual((await transport.dump()).producerIds, [producer.id]);
  producer.close();
});

test('the type tells how the media is layered', real, async () => {
  const single = await transport.produce(videoOptions());
  const simulcast = await transport.produce(videoOptions('l', 'm', 'h'));
  const svcOptions = videoOptions();
  svcOptions.rtpParameters.encodings = [{ ssrc: 77, scalabilityMode: 'L1T3' }];
  const svc = await transport.produce(svcOptions);

  assert.deepEqual([single.type, simulcast.type, svc.type], ['simple', 'simulcast', 'svc']);
  assert.equal(simulcast.consumableRtpParameters.encodings?.length, 3);
  [single, simulcast, svc].forEach(producer => producer.close());
});

test('producers of a transport share one CNAME', real, async () => {
  const first = await transport.produce(audioOptions());
  const second = await transport.produce(videoOptions());

  assert.ok(first.rtpParameters.rtcp?.cname);
  assert.equal(second.rtpParameters.rtcp?.cname, first.rtpParameters.rtcp.cname);
  first.close();
  second.close();
});

test('an id can be given, once', real, async () => {
  const producer = await transport.produce({ ...audioOptions(), id: 'my-producer' });

  assert.equal(producer.id, 'my-producer');
  await assert.rejects(transport.produce({ ...audioOptions(), id: 'my-producer' }), {
    name: 'TypeError',
    reason: 'duplicate_id',
  });
  producer.close();
  const again = await transport.produce({ ...audioOptions(), id: 'my-producer' });
  again.close();
});

test('wrong arguments reject with TypeError and its path', real, async () => {
  const { rtpParameters } = audioOptions();
  const wrong: [object, string][] = [
    [{ rtpParameters }, 'params.kind'],
    [{ kind: 'chicken', rtpParameters }, 'params.kind'],
    [{ kind: 'audio' }, 'params.rtpParameters'],
    [{ kind: 'audio', rtpParameters: {} }, 'params.rtpParameters.codecs'],
    [{ kind: 'audio', rtpParameters, paused: 'yes' }, 'params.paused'],
    [{ kind: 'audio', rtpParameters, keyFrameRequestDelay: -1 }, 'params.keyFrameRequestDelay'],
    [
      { kind: 'audio', rtpParameters: { ...rtpParameters, codecs: [{}] } },
      'params.rtpParameters.codecs[0].mimeType',
    ],
  ];

  for (const [options, path] of wrong) {
    await assert.rejects(
      transport.produce(options as types.ProducerOptions),
      { name: 'TypeError', path },
      JSON.stringify(options),
    );
  }
  await assert.rejects(transport.produce({ ...audioOptions(), appData: 1 as never }), TypeError);
});

test('a codec that the router does not have is unsupported', real, async () => {
  const options = audioOptions();
  options.rtpParameters.codecs[0]!.mimeType = 'audio/ISAC';
  options.rtpParameters.codecs[0]!.clockRate = 32000;
  delete options.rtpParameters.codecs[0]!.channels;

  await assert.rejects(transport.produce(options), errors.UnsupportedError);
});

test('a MID or an SSRC that is in use rejects', real, async () => {
  const options = audioOptions();
  const producer = await transport.produce(options);
  const { mid, ...withoutMid } = options.rtpParameters;

  await assert.rejects(transport.produce(options), Error);
  await assert.rejects(transport.produce({ ...options, rtpParameters: withoutMid }), Error);
  producer.close();
  (await transport.produce(options)).close();
});

test('pause() and resume() change what they say and tell the observer', real, async () => {
  const producer = await transport.produce({ ...audioOptions(), paused: true });
  const events: string[] = [];

  producer.observer.on('pause', () => events.push('pause'));
  producer.observer.on('resume', () => events.push('resume'));
  assert.equal(producer.paused, true);
  await producer.pause();
  assert.deepEqual(events, []);
  await producer.resume();
  assert.equal(producer.paused, false);
  await producer.resume();
  await producer.pause();
  assert.equal(producer.paused, true);
  assert.equal((await producer.dump()).paused, true);
  assert.deepEqual(events, ['resume', 'pause']);
  producer.close();
});

test('dump() has what its type says', real, async () => {
  const producer = await transport.produce(videoOptions());
  const dump = await producer.dump();

  assert.equal(dump.id, producer.id);
  assert.equal(dump.kind, 'video');
  assert.equal(dump.type, 'simple');
  assert.equal(dump.paused, false);
  assert.deepEqual(dump.rtpParameters, producer.rtpParameters);
  assert.deepEqual(dump.traceEventTypes, []);
  assert.ok(dump.rtpMapping);
  producer.close();
});

test('getStats() is empty as long as nothing arrives', real, async () => {
  const producer = await transport.produce(videoOptions('a', 'b'));

  assert.deepEqual(await producer.getStats(), []);
  producer.close();
});

test('close() closes it in the process too', real, async () => {
  const producer = await transport.produce(audioOptions());

  producer.close();
  assert.equal(producer.closed, true);
  await assert.rejects(producer.dump(), errors.NotFoundError);
  await assert.rejects(producer.getStats(), errors.NotFoundError);
  await assert.rejects(producer.pause(), errors.NotFoundError);
  await assert.rejects(producer.resume(), errors.NotFoundError);
  assert.deepEqual((await transport.dump()).producerIds, []);
});
