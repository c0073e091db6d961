import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ortc, type types } from 'sluice';

type Codec = { mimeType: string; clockRate: number; [field: string]: unknown };

function consumable(...codecs: Codec[]): types.RtpParameters {
  return { codecs: codecs.map((codec, i) => ({ payloadType: 100 + i, ...codec })) };
}

function canConsume(produced: Codec[], received: unknown[]): boolean {
  return ortc.canConsume(consumable(...produced), { codecs: received } as types.RtpCapabilities);
}

const opus = { mimeType: 'audio/opus', clockRate: 48000, channels: 2 };
const pcmu = { mimeType: 'audio/PCMU', clockRate: 8000 };
const vp8 = { mimeType: 'video/VP8', clockRate: 90000 };
const rtx = { mimeType: 'video/rtx', clockRate: 90000, parameters: { apt: 100 } };

function h264(profileLevelId?: unknown, packetizationMode?: unknown): Codec {
  const parameters = {
    ...(profileLevelId === undefined ? {} : { 'profile-level-id': profileLevelId }),
    ...(packetizationMode === undefined ? {} : { 'packetization-mode': packetizationMode }),
  };

  return { mimeType: 'video/H264', clockRate: 90000, parameters };
}

function h265(parameters: Record<string, unknown> = {}): Codec {
  return { mimeType: 'video/H265', clockRate: 90000, parameters };
}

function vp9(profileId?: unknown): Codec {
  return { mimeType: 'video/VP9', clockRate: 90000, parameters: { 'profile-id': profileId ?? 0 } };
}

test('the same codec can be consumed, in any case of its name', () => {
  assert.equal(canConsume([opus], [opus]), true);
  assert.equal(canConsume([vp8], [{ ...vp8, mimeType: 'VIDEO/vp8' }]), true);
});

test('another name, clock rate or number of channels cannot', () => {
  assert.equal(canConsume([opus], [vp8]), false);
  assert.equal(canConsume([opus], [{ ...opus, clockRate: 8000 }]), false);
  assert.equal(canConsume([opus], [{ ...opus, channels: 1 }]), false);
  assert.equal(canConsume([opus], []), false);
  assert.equal(ortc.canConsume(consumable(opus), {}), false);
});

test('audio without channels has one, video has none', () => {
  assert.equal(canConsume([{ ...pcmu, channels: 1 }], [pcmu]), true);
  assert.equal(canConsume([vp8], [{ ...vp8, channels: 7 }]), true);
});

test('one of several codecs is enough, RTX alone is not', () => {
  assert.equal(canConsume([vp8, rtx, h264()], [h264(), rtx]), true);
  assert.equal(canConsume([vp8, rtx], [rtx]), false);
});

test('H264 needs the same packetization mode', () => {
  assert.equal(canConsume([h264('42e01f', 1)], [h264('42e01f', 1)]), true);
  assert.equal(canConsume([h264('42e01f', 1)], [h264('42e01f', '1')]), true);
  assert.equal(canConsume([h264('42e01f', 1)], [h264('42e01f', 0)]), false);
  assert.equal(canConsume([h264('42e01f', 1)], [h264('42e01f')]), false);
  assert.equal(canConsume([h264('42e01f')], [h264('42e01f', 0)]), true);
  assert.equal(canConsume([h264('42e01f')], [h264('42e01f', 'x')]), false);
});

const profiles = {
  'constrained baseline': ['42e01f', '42C00B', '4d801f', '58c01f', '42f00b', undefined, ''],
  baseline: ['42001f', '42800d', '58801f', 420_032],
  main: ['4d001f', '4d4028'],
  high: ['640032', 640_032, '64000a'],
  'constrained high': ['640c1f'],
  'predictive high 4:4:4': ['f40028'],
};

test('H264 needs the same profile, not the same level', () => {
  const all = Object.entries(profiles).flatMap(([name, ids]) => ids.map(id => ({ name, id })));

  for (const a of all) {
    for (const b of all) {
      const message = `${a.name} ${a.id}, ${b.name} ${b.id}`;
      assert.equal(canConsume([h264(a.id)], [h264(b.id)]), a.name === b.name, message);
    }
  }
});

test('an H264 profile that is not one matches nothing, not even itself', () => {
  for (const id of ['42e0', '42e01f00', 'zze01f', '000000', '42e0ff', '64100a', 12.5, -1]) {
    assert.equal(canConsume([h264(id)], [h264(id)]), false, String(id));
  }
});

test('VP9 needs the same profile', () => {
  assert.equal(canConsume([vp9(2)], [vp9('2')]), true);
  assert.equal(canConsume([vp9(2)], [vp9(0)]), false);
  assert.equal(canConsume([vp9()], [{ ...vp9(), parameters: {} }]), true);
});

test('AV1 needs the same profile', () => {
  const av1 = { mimeType: 'video/AV1', clockRate: 90000 };

  assert.equal(canConsume([av1], [{ ...av1, parameters: { profile: 0 } }]), true);
  assert.equal(canConsume([av1], [{ ...av1, parameters: { profile: 1 } }]), false);
});

test('multiopus needs the same streams', () => {
  const multiopus = (num_streams: number, coupled_streams: number): Codec => ({
    mimeType: 'audio/multiopus',
    clockRate: 48000,
    channels: 6,
    parameters: { num_streams, coupled_streams },
  });

  assert.equal(canConsume([multiopus(4, 2)], [multiopus(4, 2)]), true);
  assert.equal(canConsume([multiopus(4, 2)], [multiopus(4, 3)]), false);
  assert.equal(canConsume([multiopus(4, 2)], [multiopus(5, 2)]), false);
});

const extension = { kind: 'audio', uri: 'urn:x', preferredId: 1 };

const invalid: [string, unknown][] = [
  ['null', null],
  ['an array', []],
  ['codecs no array', { codecs: {} }],
  ['a codec no object', { codecs: [null] }],
  ['no mimeType', { codecs: [{ clockRate: 8000 }] }],
  ['no such mimeType', { codecs: [{ ...opus, mimeType: 'text/opus' }] }],
  ['no clockRate', { codecs: [{ mimeType: 'audio/opus' }] }],
  ['a parameter no text or number', { codecs: [{ ...opus, parameters: { x: true } }] }],
  ['rtcpFeedback no array', { codecs: [{ ...opus, rtcpFeedback: {} }] }],
  ['feedback without a type', { codecs: [{ ...opus, rtcpFeedback: [{}] }] }],
  ['headerExtensions no array', { headerExtensions: {} }],
  ['an extension without kind', { headerExtensions: [{ ...extension, kind: undefined }] }],
  ['an extension without uri', { headerExtensions: [{ ...extension, uri: '' }] }],
  ['an extension without id', { headerExtensions: [{ ...extension, preferredId: '1' }] }],
];

for (const [name, caps] of invalid) {
  test(`invalid capabilities throw TypeError: ${name}`, () => {
    assert.throws(
      () => ortc.canConsume(consumable(opus), caps as types.RtpCapabilities),
      TypeError,
    );
  });
}

test('the capabilities are left as they are', () => {
  const caps = { codecs: [{ kind: 'audio' as const, preferredPayloadType: 0, ...opus }] };
  const before = structuredClone(caps);

  ortc.canConsume(consumable(opus), caps);
  assert.deepEqual(caps, before);
});

test('H265 is told apart by profile, tier and transmission mode', () => {
  assert.equal(canConsume([h265()], [h265({ 'profile-id': 1, 'tier-flag': '0' })]), true);
  assert.equal(canConsume([h265({ 'level-id': 93 })], [h265({ 'level-id': 156 })]), true);
  assert.equal(canConsume([h265()], [h265({ 'tx-mode': 'srst' })]), true);
  assert.equal(canConsume([h265()], [h265({ 'tx-mode': 'MRST' })]), false);
  assert.equal(canConsume([h265()], [h265({ 'tx-mode': 1 })]), false);
  assert.equal(canConsume([h265()], [h265({ 'profile-id': 2 })]), false);
  assert.equal(canConsume([h265()], [h265({ 'tier-flag': 1 })]), false);
});
