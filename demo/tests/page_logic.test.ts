// The page's modules that need no browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EncodingSwitch } from '../page/call/encoding_switch.js';
import { cameraEncodings, layerFor, layersOf } from '../page/call/video_layers.js';
import { describeFigures, VideoStats } from '../page/media/video_stats.js';
import { bestGrid } from '../page/ui/grid_layout.js';
import { isRoomName, makeRoomName, toRoomName } from '../shared/room_name.js';

test('a grid uses the space it has', () => {
  assert.equal(bestGrid(1, 1600, 900, 10).tileWidth, 1600);
  assert.equal(bestGrid(4, 1600, 900, 10).columns, 2);
  assert.equal(bestGrid(2, 400, 900, 10).columns, 1);
  assert.equal(bestGrid(3, 2000, 300, 10).columns, 3);
  for (let tiles = 1; tiles <= 50; tiles += 1) {
    const { columns, tileWidth, tileHeight } = bestGrid(tiles, 1280, 640, 12);
    const rows = Math.ceil(tiles / columns);
    assert.ok(tileWidth > 0 && columns * tileWidth + (columns - 1) * 12 <= 1280);
    assert.ok(rows * tileHeight + (rows - 1) * 12 <= 640);
  }
});

test('room names are made, recognised and repaired', () => {
  assert.ok(isRoomName(makeRoomName(() => 0)));
  assert.ok(isRoomName(makeRoomName(() => 0.999)));
  assert.equal(toRoomName('  Grüße & Café! '), 'gru-e-cafe');
  assert.equal(toRoomName('???'), '');
  assert.ok(isRoomName(toRoomName(`${'x'.repeat(63)}-y`)));
  for (const name of ['', '-a', 'a-', 'A', 'a b', 'a/b', 'x'.repeat(65)]) {
    assert.equal(isRoomName(name), false);
  }
});

function report(entries: Record<string, unknown>[]): RTCStatsReport {
  return new Map(entries.map((entry) => [entry['id'], entry])) as unknown as RTCStatsReport;
}

const inbound = (timestamp: number, bytesReceived: number, packetsReceived: number, packetsLost: number) =>
  report([
    { id: 'i', type: 'inbound-rtp', kind: 'video', timestamp, bytesReceived, packetsReceived, packetsLost, codecId: 'c', frameWidth: 640, frameHeight: 360, framesPerSecond: 14.9 },
    { id: 'c', type: 'codec', mimeType: 'video/VP8' },
    { id: 'p', type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.0124 },
  ]);

test('figures of a received video come from the difference of two reports', () => {
  const stats = new VideoStats();
  assert.equal(stats.update(inbound(1000, 0, 0, 0))?.bitrate, undefined);
  const figures = stats.update(inbound(2000, 62_500, 95, 5));
  assert.deepEqual(figures, { width: 640, height: 360, framesPerSecond: 15, codec: 'VP8', bitrate: 500_000, loss: 0.05, roundTripMs: 12 });
  assert.deepEqual(describeFigures(figures!), ['640×360 · 15 fps', 'VP8 · 500 kbit/s', 'loss 5.0 % · RTT 12 ms']);
});

test('figures of a sent video take loss and delay from what the receiver reports', () => {
  const stats = new VideoStats();
  const figures = stats.update(
    report([
      { id: 'o', type: 'outbound-rtp', kind: 'video', timestamp: 0, bytesSent: 0, packetsSent: 0, frameWidth: 960, frameHeight: 540 },
      { id: 'r', type: 'remote-inbound-rtp', localId: 'o', fractionLost: 0.02, roundTripTime: 0.03 },
    ]),
  );
  assert.equal(figures?.loss, 0.02);
  assert.equal(figures?.roundTripMs, 30);
});

test('a report without a video has no figures', () => {
  assert.equal(new VideoStats().update(report([{ id: 'a', type: 'inbound-rtp', kind: 'audio' }])), undefined);
});

test('a camera is sent in sizes that are twice each other, as many as it has lines for', () => {
  const scales = (height: number) =>
    cameraEncodings(height, 900, undefined).map(({ scaleResolutionDownBy, maxBitrate }) => [scaleResolutionDownBy, maxBitrate]);
  assert.deepEqual(scales(720), [[4, 100], [2, 300], [1, 900]]);
  assert.deepEqual(scales(540), [[4, 100], [2, 300], [1, 900]]);
  assert.deepEqual(scales(360), [[2, 300], [1, 900]]);
  assert.deepEqual(scales(180), [[1, 900]]);
  assert.deepEqual(scales(0), [[1, 900]]);
  assert.deepEqual(cameraEncodings(720, 900, 'VP9'), [{ maxBitrate: 900, scalabilityMode: 'L3T3_KEY' }]);
  assert.deepEqual(cameraEncodings(100, 900, 'AV1'), [{ maxBitrate: 900, scalabilityMode: 'L1T3' }]);
});

test('a tile asks for the lowest layer that looks good in it', () => {
  assert.equal(layersOf('L3T3_KEY'), 3);
  assert.equal(layersOf('S2T1'), 2);
  assert.equal(layersOf(undefined), 1);
  assert.deepEqual([100, 225, 226, 450, 451, 5000, Infinity].map((lines) => layerFor(3, lines)), [0, 0, 1, 1, 2, 2, 2]);
  assert.equal(layerFor(2, 900), 1);
  assert.equal(layerFor(1, 900), 0);
});

test('encodings are turned off and on one change at a time, and the latest wins', async () => {
  let active = [true, true, true];
  const changes: boolean[][] = [];
  let finish: () => void = () => undefined;
  const sender = {
    getParameters: () => ({ encodings: active.map((value) => ({ active: value })) }),
    setParameters: async (parameters: { encodings: { active: boolean }[] }) => {
      active = parameters.encodings.map((encoding) => encoding.active);
      changes.push(active);
      await new Promise<void>((resolve) => (finish = resolve));
    },
  };
  const encodings = new EncodingSwitch(sender as unknown as RTCRtpSender);
  encodings.set([true, true, true]);
  assert.deepEqual(changes, []);
  await settled();
  encodings.set([true, false, false]);
  encodings.set([false, false, false]);
  encodings.set([false, true]);
  finish();
  await settled();
  assert.deepEqual(changes, [[true, false, false], [false, true, false]]);
});

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
