/** The answer that the SDK gives by itself is the one that the process gives. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createWorker, type types } from 'sluice';
import { real } from './processes.js';

type Codec = Record<string, unknown> & { mimeType: string; clockRate: number };
type Mutation = (codec: Codec) => unknown;

const audio = (name: string, clockRate: number, more: object = {}): Codec => ({
  mimeType: `audio/${name}`,
  clockRate,
  ...more,
});
const video = (name: string, parameters: object = {}): Codec => ({
  mimeType: `video/${name}`,
  clockRate: 90000,
  parameters,
});
const h264 = (profileLevelId?: unknown, packetizationMode?: unknown): Codec =>
  video('H264', {
    ...(profileLevelId === undefined ? {} : { 'profile-level-id': profileLevelId }),
    ...(packetizationMode === undefined ? {} : { 'packetization-mode': packetizationMode }),
  });

const multiopus = { num_streams: 4, coupled_streams: 2, channel_mapping: '0,4,1,2,3,5' };

/** What is produced, one codec each. */
const produced: Codec[] = [
  audio('opus', 48000, { channels: 2 }),
  audio('PCMU', 8000),
  audio('G722', 8000, { channels: 1 }),
  audio('multiopus', 48000, { channels: 6, parameters: multiopus }),
  video('VP8'),
  video('VP9', { 'profile-id': 0 }),
  video('VP9', { 'profile-id': 2 }),
  video('AV1'),
  h264('42e01f', 1),
  h264('42e01f', 0),
  h264('42001f', 1),
  h264('4d001f', 1),
  h264('640032', 1),
  h264('640c1f', 1),
  h264(),
];

/** What of it, and of other codecs, the endpoint's capabilities say. */
const mutations: [string, Mutation][] = [
  ['as it is', codec => codec],
  ['lower case', codec => ({ ...codec, mimeType: codec.mimeType.toLowerCase() })],
  ['upper case', codec => ({ ...codec, mimeType: codec.mimeType.toUpperCase() })],
  ['other kind', codec => ({ ...codec, kind: 'video' })],
  ['no kind', ({ kind, ...codec }) => codec],
  ['other clock rate', codec => ({ ...codec, clockRate: codec.clockRate + 1 })],
  ['great clock rate', codec => ({ ...codec, clockRate: 2 ** 32 })],
  ['broken clock rate', codec => ({ ...codec, clockRate: codec.clockRate + 0.5 })],
  ['clock rate 0', codec => ({ ...codec, clockRate: 0 })],
  ['no clock rate', ({ clockRate, ...codec }) => codec],
  ['text clock rate', codec => ({ ...codec, clockRate: String(codec.clockRate) })],
  ['1 channel', codec => ({ ...codec, channels: 1 })],
  ['2 channels', codec => ({ ...codec, channels: 2 })],
  ['no channels', ({ channels, ...codec }) => codec],
  ['0 channels', codec => ({ ...codec, channels: 0 })],
  ['256 channels', codec => ({ ...codec, channels: 256 })],
  ['text channels', codec => ({ ...codec, channels: '2' })],
  ['null channels', codec => ({ ...codec, channels: null })],
  ['no parameters', ({ parameters, ...codec }) => codec],
  ['null parameters', codec => ({ ...codec, parameters: null })],
  ['array parameters', codec => ({ ...codec, parameters: [] })],
  ['text parameters', codec => ({ ...codec, parameters: 'x' })],
  ['other parameters', codec => withParameters(codec, { 'x-google': 1, note: 'two' })],
  ['boolean parameter', codec => withParameters(codec, { note: true })],
  ['null parameter', codec => withParameters(codec, { note: null })],
  ['object parameter', codec => withParameters(codec, { note: {} })],
  ['apt', codec => withParameters(codec, { apt: 96 })],
  ['apt too great', codec => withParameters(codec, { apt: 128 })],
  ['text apt', codec => withParameters(codec, { apt: '96' })],
  ['no payload type', ({ preferredPayloadType, ...codec }) => codec],
  ['payload type 128', codec => ({ ...codec, preferredPayloadType: 128 })],
  ['text payload type', codec => ({ ...codec, preferredPayloadType: '96' })],
  ['text parameters', codec => withParameters(codec, textOf(codec))],
  ['no mimeType', ({ mimeType, ...codec }) => codec],
  ['mimeType text/x', codec => ({ ...codec, mimeType: 'text/x' })],
  ['mimeType audio/', codec => ({ ...codec, mimeType: 'audio/' })],
  ['mimeType number', codec => ({ ...codec, mimeType: 1 })],
  ['long mimeType', codec => ({ ...codec, mimeType: codec.mimeType + 'x'.repeat(200) })],
  ['feedback', codec => ({ ...codec, rtcpFeedback: [{ type: 'nack' }] })],
  ['null feedback', codec => ({ ...codec, rtcpFeedback: null })],
  ['feedback no array', codec => ({ ...codec, rtcpFeedback: 'nack' })],
  ['null parameter of feedback', codec => withFeedback(codec, { type: 'a', parameter: null })],
  ['feedback with empty type', codec => withFeedback(codec, { type: '' })],
  ['long feedback', codec => withFeedback(codec, { type: 'x'.repeat(65) })],
  ['feedback of 64', codec => withFeedback(codec, { type: 'x'.repeat(64) })],
  ['feedback without type', codec => ({ ...codec, rtcpFeedback: [{}] })],
  ['feedback with number', codec => ({ ...codec, rtcpFeedback: [{ type: 'a', parameter: 1 }] })],
  ['null', () => null],
  ['array', () => []],
  ['text', () => 'audio/opus'],
];

const extension = { kind: 'video', uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', preferredId: 1 };

/** Capabilities that are wrong, or not, beside their codecs. */
const surroundings: [string, object][] = [
  ['no extensions', {}],
  ['null extensions', { headerExtensions: null }],
  ['extensions no array', { headerExtensions: {} }],
  ['an extension', { headerExtensions: [extension] }],
  ['unknown extension', { headerExtensions: [{ ...extension, uri: 'urn:x' }] }],
  ['extension without kind', { headerExtensions: [{ ...extension, kind: undefined }] }],
  ['extension without uri', { headerExtensions: [{ ...extension, uri: undefined }] }],
  ['extension with empty uri', { headerExtensions: [{ ...extension, uri: '' }] }],
  ['extension without id', { headerExtensions: [{ ...extension, preferredId: undefined }] }],
  ['extension with id 0', { headerExtensions: [{ ...extension, preferredId: 0 }] }],
  ['extension with id 256', { headerExtensions: [{ ...extension, preferredId: 256 }] }],
  ['encrypted', { headerExtensions: [{ ...extension, preferredEncrypt: true }] }],
  ['text encrypted', { headerExtensions: [{ ...extension, preferredEncrypt: 'x' }] }],
  ['direction', { headerExtensions: [{ ...extension, direction: 'inactive' }] }],
  ['wrong direction', { headerExtensions: [{ ...extension, direction: 'up' }] }],
  ['long uri', { headerExtensions: [{ ...extension, uri: 'u'.repeat(257) }] }],
  ['uri of 256', { headerExtensions: [{ ...extension, uri: 'u'.repeat(256) }] }],
  ['many extensions', { headerExtensions: Array(257).fill(extension) }],
  ['null encrypted', { headerExtensions: [{ ...extension, preferredEncrypt: null }] }],
  ['null extension', { headerExtensions: [null] }],
  ['unknown field', { foo: 'bar' }],
];

const h264Ids: unknown[] = [
  ...['42e01f', '42E01F', '42c00b', '42f00b', '42001f', '42800d', '4d001f', '4d801f', '4d4028'],
  ...['58801f', '58c01f', '58001f', '640032', '64001f', '640c1f', '64081f', 'f40028', '6400ff'],
  ...['000000', '42e0', '42e01f0', 'xyzxyz', '', ' 42e01f', '0x42e0'],
  ...[640032, 420032, 0, -1, 1.5, 1e20, undefined],
];

function withFeedback(codec: Codec, feedback: object): Codec {
  return { ...codec, rtcpFeedback: [feedback] };
}

function withParameters(codec: Codec, parameters: object): Codec {
  return { ...codec, parameters: { ...(codec['parameters'] as object), ...parameters } };
}

/** The codec's parameters, the numbers as text. */
function textOf(codec: Codec): object {
  const entries = Object.entries((codec['parameters'] ?? {}) as object);

  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

function capability(codec: Codec): Codec {
  return { kind: codec.mimeType.split('/')[0], preferredPayloadType: 101, ...codec };
}

let worker: types.Worker;
let router: types.Router;
let producers: types.Producer[];

if (!real.skip) {
  before(async () => {
    worker = await createWorker();
    router = await worker.createRouter({
      mediaCodecs: produced.map(capability).map(codec => ({
        ...codec,
        preferredPayloadType: undefined,
      })) as unknown as types.RouterRtpCodecCapability[],
    });
    const transport = await router.createWebRtcTransport({
      listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }],
    });
    producers = await Promise.all(
      produced.map((codec, i) =>
        transport.produce({
          kind: codec.mimeType.split('/')[0] as types.MediaKind,
          rtpParameters: {
            codecs: [{ payloadType: 96, ...codec }],
            encodings: [{ ssrc: 5000 + i }],
          },
        }),
      ),
    );
  });
  after(() => worker.close());
}

/** Asks both, for every producer; an error of the process counts as no. */
async function compare(name: string, caps: unknown): Promise<boolean[]> {
  const rtpCapabilities = caps as types.RtpCapabilities;
  const ours = producers.map(({ id }) => router.canConsume({ producerId: id, rtpCapabilities }));
  const theirs = await Promise.all(
    producers.map(({ id }) =>
      router['channel']
        .request<{ canConsume: boolean }>('router.canConsume', {
          routerId: router.id,
          producerId: id,
          rtpCapabilities,
        })
        .then(({ canConsume }) => canConsume)
        .catch((error: Error) => (error instanceof TypeError ? false : Promise.reject(error))),
    ),
  );

  assert.deepEqual(ours, theirs, `${name}: ${JSON.stringify(caps)}`);

  return ours;
}

test('for every codec and each way to describe it', real, async () => {
  const answers = { true: 0, false: 0 };

  for (const codec of produced) {
    for (const [name, mutate] of mutations) {
      const results = await compare(name, { codecs: [mutate(capability(codec))] });
      results.forEach(result => answers[`${result}`]++);
    }
  }

  // Otherwise it would be easy to agree.
  assert.ok(answers.true > 300 && answers.false > 3000, JSON.stringify(answers));
});

test('for every H264 profile and packetization mode', real, async () => {
  for (const id of h264Ids) {
    for (const mode of [undefined, 0, 1, 2, '0', '1', '', 'x', 1.5, -1]) {
      await compare(`${id} ${mode}`, { codecs: [capability(h264(id, mode))] });
    }
  }
});

test('for every VP9 and AV1 profile and multiopus stream', real, async () => {
  for (const value of [undefined, 0, 1, 2, '0', '2', '02', '+2', '', 'x', 2.5]) {
    const isAbsent = value === undefined;

    await compare(`VP9 ${value}`, {
      codecs: [capability(video('VP9', isAbsent ? {} : { 'profile-id': value }))],
    });
    await compare(`AV1 ${value}`, {
      codecs: [capability(video('AV1', isAbsent ? {} : { profile: value }))],
    });
    for (const name of ['num_streams', 'coupled_streams']) {
      const { [name as 'num_streams']: _, ...parameters } = multiopus;
      const given = isAbsent ? parameters : { ...parameters, [name]: value };

      await compare(`multiopus ${name} ${value}`, {
        codecs: [capability(audio('multiopus', 48000, { channels: 6, parameters: given }))],
      });
    }
  }
});

test('whatever surrounds the codecs', real, async () => {
  const codecs = produced.map(capability);

  for (const [name, surrounding] of surroundings) {
    await compare(name, { codecs, ...surrounding });
  }
});

test('without codecs, and with RTX alone', real, async () => {
  const rtx = capability(video('rtx', { apt: 101 }));

  for (const caps of [{}, { codecs: [] }, { codecs: null }, { codecs: {} }, { codecs: [rtx] }]) {
    assert.ok((await compare('none', caps)).every(answer => !answer));
  }
});

test('a producer that is not there, or no longer, cannot be consumed', real, async () => {
  const rtpCapabilities = router.rtpCapabilities;
  const producerId = producers[0]!.id;

  assert.equal(router.canConsume({ producerId, rtpCapabilities }), true);
  assert.equal(router.canConsume({ producerId: 'nobody', rtpCapabilities }), false);
  producers[0]!.close();
  assert.equal(router.canConsume({ producerId, rtpCapabilities }), false);
});
