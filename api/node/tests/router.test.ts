/** Router, with the real process. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createWorker, errors, getSupportedRtpCapabilities, type types } from 'sluice';
import { real } from './processes.js';
import { mediaCodecs } from './rtp_fixtures.js';

const listenInfos = [{ protocol: 'udp' as const, ip: '127.0.0.1' }];
let worker: types.Worker;

if (!real.skip) {
  before(async () => {
    worker = await createWorker();
  });
  after(() => worker.close());
}

test('createRouter() makes capabilities of the codecs', real, async () => {
  const router = await worker.createRouter({ mediaCodecs, appData: { a: 1 } });
  const codecs = router.rtpCapabilities.codecs?.map(codec => codec.mimeType);

  assert.match(router.id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(router.appData, { a: 1 });
  assert.deepEqual(codecs, [
    'audio/opus',
    'video/VP8',
    'video/rtx',
    'video/VP9',
    'video/rtx',
    'video/H264',
    'video/rtx',
  ]);
  assert.ok((await worker.dump()).routerIds.includes(router.id));
  router.close();
});

test('createRouter() rejects codecs that are not supported or not valid', real, async () => {
  const chicken = { kind: 'audio' as const, mimeType: 'audio/chicken', clockRate: 8000 };
  const nothing = {} as types.RouterRtpCodecCapability;

  await assert.rejects(worker.createRouter({ mediaCodecs: [chicken] }), errors.UnsupportedError);
  await assert.rejects(worker.createRouter({ mediaCodecs: {} as [] }), TypeError);
  await assert.rejects(worker.createRouter({ appData: 'text' as never }), TypeError);
  await assert.rejects(worker.createRouter({ mediaCodecs: [nothing] }), {
    name: 'TypeError',
    reason: 'missing_field',
    path: 'params.mediaCodecs[0].mimeType',
  });
});

test('getSupportedRtpCapabilities() is what the process supports', real, async () => {
  const supported = getSupportedRtpCapabilities();
  const codecs = supported.codecs ?? [];

  // One router for each codec: static payload types collide, and there are not enough others.
  for (const codec of codecs) {
    const isRed = codec.mimeType === 'audio/red';
    const mediaCodecs = isRed ? [codec, ...codecs.slice(0, 1)] : [codec];
    const router = await worker.createRouter({ mediaCodecs });
    const [announced] = router.rtpCapabilities.codecs ?? [];
    const rtcpFeedback = codec.rtcpFeedback?.map(feedback => ({ parameter: '', ...feedback }));

    const channels = codec.kind === 'audio' ? { channels: 1 } : {};

    assert.deepEqual(announced, {
      ...channels,
      parameters: isRed ? { '': '101/101' } : {},
      preferredPayloadType: 100,
      ...codec,
      rtcpFeedback,
    });
    assert.deepEqual(router.rtpCapabilities.headerExtensions, supported.headerExtensions);
    router.close();
  }
});

test('getSupportedRtpCapabilities() leaves nothing out', real, async () => {
  const given = new Set(getSupportedRtpCapabilities().codecs?.map(codec => codec.mimeType));
  const names = [
    ...['opus', 'multiopus', 'PCMU', 'PCMA', 'ISAC', 'G722', 'iLBC', 'SILK', 'CN', 'red'],
    ...['telephone-event', 'AC3', 'L16', 'PCM', 'EVS', 'AMR', 'AMR-WB', 'CELT', 'speex'],
  ].map(name => `audio/${name}`);
  const videos = ['VP8', 'VP9', 'H264', 'H265', 'AV1', 'ulpfec', 'flexfec-03', 'red', 'H263'];

  for (const mimeType of [...names, ...videos.map(name => `video/${name}`)]) {
    const isSupported = await isAnySupported(mimeType);
    assert.equal(isSupported, given.has(mimeType), mimeType);
  }
});

async function isAnySupported(mimeType: string): Promise<boolean> {
  const clockRates = [8000, 12000, 16000, 24000, 32000, 48000, 90000];
  const kind = mimeType.startsWith('audio') ? 'audio' : 'video';
  const multiopus = { num_streams: 4, coupled_streams: 2 };
  // RED needs something to carry.
  const others: types.RouterRtpCodecCapability[] =
    mimeType === 'audio/red'
      ? [{ kind, mimeType: 'audio/opus', clockRate: 48000, channels: 2 }]
      : [];
  const attempts = clockRates.flatMap(clockRate =>
    [1, 2, 6].map(channels =>
      worker
        .createRouter({
          mediaCodecs: [
            { kind, mimeType, clockRate, channels, parameters: multiopus },
            ...others,
          ],
        })
        .then(router => router.close()),
    ),
  );

  return (await Promise.allSettled(attempts)).some(({ status }) => status === 'fulfilled');
}

test('getSupportedRtpCapabilities() returns a copy', () => {
  getSupportedRtpCapabilities().codecs?.splice(0);
  assert.notEqual(getSupportedRtpCapabilities().codecs?.length, 0);
});

test('getters return copies', real, async () => {
  const router = await worker.createRouter({ mediaCodecs });
  const { length } = router.rtpCapabilities.codecs ?? [];

  router.rtpCapabilities.codecs?.splice(0);
  assert.equal(router.rtpCapabilities.codecs?.length, length);
  router.close();
});

test('dump() names what the router has', real, async () => {
  const router = await worker.createRouter({ mediaCodecs });
  const transport = await router.createWebRtcTransport({ listenInfos });

  assert.deepEqual(await router.dump(), {
    id: router.id,
    transportIds: [transport.id],
    rtpObserverIds: [],
    mapProducerIdConsumerIds: [],
    mapConsumerIdProducerId: [],
    mapProducerIdObserverIds: [],
    mapDataProducerIdDataConsumerIds: [],
    mapDataConsumerIdDataProducerId: [],
  });
  router.close();
});

test('close() closes it in the process too', real, async () => {
  const router = await worker.createRouter();
  const transport = await router.createWebRtcTransport({ listenInfos });

  router.close();
  assert.equal(transport.closed, true);
  await assert.rejects(router.dump(), errors.NotFoundError);
  await assert.rejects(transport.dump(), errors.NotFoundError);
  await assert.rejects(router.createWebRtcTransport({ listenInfos }), errors.NotFoundError);
  assert.ok(!(await worker.dump()).routerIds.includes(router.id));
});

test('many routers and transports can be created at once', real, async () => {
  const routers = await Promise.all(
    Array.from({ length: 20 }, () => worker.createRouter({ mediaCodecs })),
  );
  const transports = await Promise.all(
    routers.flatMap(router =>
      Array.from({ length: 5 }, () => router.createWebRtcTransport({ listenInfos })),
    ),
  );

  assert.equal(new Set(routers.map(({ id }) => id)).size, 20);
  assert.equal(new Set(transports.map(({ id }) => id)).size, 100);
  assert.equal(new Set(transports.map(({ iceCandidates }) => iceCandidates[0]?.port)).size, 100);
  const dumps = await Promise.all(routers.map(router => router.dump()));
  assert.ok(dumps.every(({ transportIds }) => transportIds.length === 5));
  routers.forEach(router => router.close());
});
