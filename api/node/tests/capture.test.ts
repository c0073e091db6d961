/** Captures: packets of a transport in a file. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createWorker, extras, type types } from 'sluice';
import { real } from './processes.js';
import { audioOptions, mediaCodecs } from './rtp_fixtures.js';
import { rtpPacket } from './udp_endpoint.js';

let worker: types.Worker;
let router: types.Router;
let directory: string;

if (!real.skip) {
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-captures-'));
    worker = await createWorker({
      workers: 1,
      captureDirectory: directory,
      limits: { captures: 2, captureBytes: 10_000, captureSeconds: 60 },
    });
    router = await worker.createRouter({ mediaCodecs });
  });
  after(async () => {
    worker.close();
    await rm(directory, { recursive: true });
  });
}

test('a capture has the packets and says what became of it', real, async () => {
  const transport = await router.createDirectTransport();
  const producer = await transport.produce(audioOptions());
  const ended = extras.enhancedOnce<types.TransportEvents>(transport, 'captureend');

  assert.equal(await transport.startCapture({ fileName: 'call.pcapng' }), 'call.pcapng');
  producer.send(rtpPacket(producer.rtpParameters.encodings?.[0]?.ssrc ?? 0, 1));
  await producer.getStats();

  const end = await transport.stopCapture();
  const file = await readFile(join(directory, 'call.pcapng'));

  assert.equal(end.reason, 'stopped');
  assert.equal(end.bytes, file.length);
  assert.equal(end.packetsDropped, 0);
  assert.ok(end.packets >= 1);
  assert.equal(file.readUInt32LE(0), 0x0a0d0d0a);
  assert.deepEqual(await ended, [end]);
  await assert.rejects(transport.stopCapture(), { reason: 'invalid_state' });
});

test('limits end a capture, names stay in the directory', real, async () => {
  const transport = await router.createDirectTransport();

  await assert.rejects(transport.startCapture({ fileName: '../call' }), TypeError);
  await assert.rejects(transport.startCapture({ maxBytes: 10_001 }), TypeError);
  await assert.rejects(transport.startCapture({ fileName: 'call.pcapng' }), /exists/);

  const ended = extras.enhancedOnce<types.TransportEvents>(transport, 'captureend');
  const fileName = await transport.startCapture({ maxDuration: 1, snapLength: 64, direction: 'in' });
  const [end] = await ended;

  assert.equal(end?.fileName, fileName);
  assert.equal(end?.reason, 'duration');
});
