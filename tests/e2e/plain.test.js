// Programs that speak plain RTP, with Chromium at the other end: ffmpeg and GStreamer, both ways.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { BrowserClient } from './lib/bare/browser_client.js';
import { consumeTo, createPlain, freePorts, produceOpus, produceVp8, sdpFor } from './lib/bare/plain.js';
import { BareRoom } from './lib/bare/room.js';
import { launchBrowser } from './lib/browser.js';
import { FfmpegReceiver, sendVp8AndOpus } from './lib/ffmpeg.js';
import { pictures, receiveVp8, sendVp8 } from './lib/gstreamer.js';
import { stepsOf } from './lib/steps.js';
import { until } from './lib/until.js';

const VP8 = { ssrc: 1111, payloadType: 101 };
const OPUS = { ssrc: 2222, payloadType: 102 };
const MORE_FRAMES = 20;

let room;
let browser;
let page;
const peers = [];
const step = stepsOf(() => undefined);

before(async () => {
  room = await BareRoom.open();
  browser = await launchBrowser();
  page = await BrowserClient.join(room, 'Chromium', browser);
});

after(async () => {
  await Promise.all(peers.map((peer) => peer.stop()));
  await browser?.close();
  await room?.close();
});

function started(peer) {
  peers.push(peer);
  return peer;
}

async function untilPlayed(producer, peer) {
  await page.consume(producer.id);
  await until(`Chromium plays ${producer.kind}`, async () => {
    peer.check();
    const { framesDecoded, totalAudioEnergy } = (await page.received(producer.id)) ?? {};
    return producer.kind === 'video' ? framesDecoded >= MORE_FRAMES : totalAudioEnergy > 0;
  });
}

/** One who comes late gets a key frame when it asks, as often as it takes. */
async function untilDecodes(what, consumer, count) {
  await consumer.resume();
  await until(what, async () => {
    await consumer.requestKeyFrame();
    return (await count()) >= MORE_FRAMES;
  }, { interval: 500 });
}

step('ffmpeg sends VP8 and opus', async () => {
  const [video, audio] = await Promise.all([createPlain(room, { comedia: true }), createPlain(room, { comedia: true })]);
  const producers = [await produceVp8(video, VP8), await produceOpus(audio, OPUS)];
  const target = ({ tuple, rtcpTuple }) => ({ port: tuple.localPort, rtcpPort: rtcpTuple.localPort });
  const ffmpeg = started(sendVp8AndOpus({ video: { ...target(video), ...VP8 }, audio: { ...target(audio), ...OPUS } }));
  for (const producer of producers) {
    await untilPlayed(producer, ffmpeg);
  }
  assert.equal(video.tuple.remoteIp, '127.0.0.1');
  await ffmpeg.stop();
});

step('ffmpeg receives H264 and opus', async () => {
  const producers = [await page.produce('video', 'video/H264'), await page.produce('audio')];
  const free = await freePorts(4);
  const ports = [{ port: free[0], rtcpPort: free[1] }, { port: free[2], rtcpPort: free[3] }];
  const consumers = await Promise.all(producers.map((id, index) => consumeTo(room, id, ports[index])));
  assert.equal(consumers[0].rtpParameters.codecs[0].mimeType, 'video/H264');
  const ffmpeg = started(new FfmpegReceiver(sdpFor(consumers, ports)));
  await consumers[1].resume();
  await untilDecodes('ffmpeg decodes H264', consumers[0], () => ffmpeg.decoded().video);
  await until('ffmpeg decodes opus', () => ffmpeg.decoded().audio >= MORE_FRAMES);
  await ffmpeg.stop();
});

for (const secured of [false, true]) {
  const how = secured ? 'over SRTP' : 'in the clear';

  step(`GStreamer sends VP8 ${how}`, async () => {
    const transport = await createPlain(room, { comedia: true, enableSrtp: secured });
    const srtp = secured ? await exchangeKeys(transport, {}) : undefined;
    const producer = await produceVp8(transport, VP8);
    const { tuple, rtcpTuple } = transport;
    const [localRtcpPort] = await freePorts(1);
    const gstreamer = started(sendVp8({ port: tuple.localPort, rtcpPort: rtcpTuple.localPort, localRtcpPort, srtp, ...VP8 }));
    await until('it arrives', async () => (await producer.getStats()).some(({ packetCount }) => packetCount > MORE_FRAMES));
    await untilPlayed(producer, gstreamer);
    await gstreamer.stop();
    transport.close();
  });

  step(`GStreamer receives VP8 ${how}`, async () => {
    const producerId = await page.produce('video', 'video/VP8');
    const [localPort, localRtcpPort] = await freePorts(2);
    const transport = await createPlain(room, { enableSrtp: secured });
    const address = { ip: '127.0.0.1', port: localPort, rtcpPort: localRtcpPort };
    const srtp = secured ? await exchangeKeys(transport, address) : void (await transport.connect(address));
    const consumer = await transport.consume({ producerId, rtpCapabilities: room.capabilities(), paused: true });
    const { payloadType } = consumer.rtpParameters.codecs[0];
    const { ssrc } = consumer.rtpParameters.encodings[0];
    const gstreamer = started(receiveVp8({ localPort, localRtcpPort, rtcpPort: transport.rtcpTuple.localPort, payloadType, ssrc, srtp }));
    await untilDecodes('GStreamer decodes VP8', consumer, () => pictures(gstreamer));
    await until('GStreamer reports what it received', async () => {
      const [{ roundTripTime }] = await consumer.getStats();
      return roundTripTime !== undefined;
    });
    await gstreamer.stop();
    transport.close();
  });
}

/** Connects with a key of the peer's; resolves with both keys, from the peer's side. */
async function exchangeKeys(transport, address) {
  const { cryptoSuite, keyBase64: remote } = transport.srtpParameters;
  assert.equal(cryptoSuite, 'AES_CM_128_HMAC_SHA1_80');
  const local = Buffer.from('a key of thirty bytes, no less').toString('base64');
  await transport.connect({ ...address, srtpParameters: { cryptoSuite, keyBase64: local } });
  return { local, remote };
}
