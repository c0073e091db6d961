/** AudioLevelObserver and ActiveSpeakerObserver, with the real process and, for what it tells, the fake one. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createWorker, errors, type types } from 'sluice';
import { fakeBin, real } from './processes.js';
import { audioOptions, mediaCodecs, videoOptions } from './rtp_fixtures.js';

const listenInfos = [{ protocol: 'udp' as const, ip: '127.0.0.1' }];
let worker: types.Worker;
let router: types.Router;
let transport: types.WebRtcTransport;

if (!real.skip) {
  before(async () => {
    worker = await createWorker();
    router = await worker.createRouter({ mediaCodecs });
    transport = await router.createWebRtcTransport({ listenInfos });
  });
  after(() => worker.close());
}

test('createAudioLevelObserver() makes one', real, async () => {
  const created: types.RtpObserver[] = [];
  router.observer.once('newrtpobserver', rtpObserver => created.push(rtpObserver));
  const options = { maxEntries: 8, threshold: -60.5, interval: 500, appData: { foo: 1 } };
  const observer = await router.createAudioLevelObserver(options);

  assert.deepEqual(created, [observer]);
  assert.match(observer.id, /^[0-9a-f-]{36}$/);
  assert.equal(observer.type, 'audiolevel');
  assert.equal(observer.closed, false);
  assert.equal(observer.paused, false);
  assert.deepEqual(observer.appData, { foo: 1 });
  assert.deepEqual((await router.dump()).rtpObserverIds, [observer.id]);
  observer.close();
  assert.deepEqual((await router.dump()).rtpObserverIds, []);
});

test('wrong options are rejected', real, async () => {
  await assert.rejects(router.createAudioLevelObserver({ maxEntries: 0 }), TypeError);
  await assert.rejects(router.createAudioLevelObserver({ threshold: 1 }), TypeError);
  await assert.rejects(router.createAudioLevelObserver({ interval: 'x' as never }), TypeError);
  await assert.rejects(router.createAudioLevelObserver({ appData: 'x' as never }), TypeError);
  await assert.rejects(router.createActiveSpeakerObserver({ interval: -1 }), TypeError);
  await assert.rejects(router.createActiveSpeakerObserver({ appData: 'x' as never }), TypeError);
});

test('producers are added and removed', real, async () => {
  const observer = await router.createAudioLevelObserver();
  const audio = await transport.produce(audioOptions());
  const video = await transport.produce(videoOptions());
  const events: unknown[] = [];
  observer.observer.on('addproducer', producer => events.push('add', producer));
  observer.observer.on('removeproducer', producer => events.push('remove', producer));

  await observer.addProducer({ producerId: audio.id });
  assert.deepEqual((await router.dump()).mapProducerIdObserverIds, [
    { key: audio.id, values: [observer.id] },
  ]);
  await observer.removeProducer({ producerId: audio.id });
  assert.deepEqual((await router.dump()).mapProducerIdObserverIds, []);
  assert.deepEqual(events, ['add', audio, 'remove', audio]);

  await assert.rejects(observer.addProducer({ producerId: video.id }), TypeError);
  await assert.rejects(observer.addProducer({ producerId: 'nobody' }), errors.NotFoundError);
  await assert.rejects(observer.removeProducer({ producerId: 'nobody' }), errors.NotFoundError);
  [audio, video, observer].forEach(object => object.close());
});

test('pause() and resume() are told once', real, async () => {
  const observer = await router.createActiveSpeakerObserver({ interval: 200 });
  const events: string[] = [];
  observer.observer.on('pause', () => events.push('pause'));
  observer.observer.on('resume', () => events.push('resume'));

  await observer.pause();
  await observer.pause();
  assert.equal(observer.paused, true);
  await observer.resume();
  await observer.resume();
  assert.equal(observer.paused, false);
  assert.deepEqual(events, ['pause', 'resume']);
  observer.close();
});

test('the only producer is the dominant speaker', real, async () => {
  const observer = await router.createActiveSpeakerObserver({ interval: 100 });
  const producer = await transport.produce(audioOptions());
  const dominant = new Promise(resolve => observer.once('dominantspeaker', resolve));

  assert.equal(observer.type, 'activespeaker');
  await observer.addProducer({ producerId: producer.id });
  assert.deepEqual(await dominant, { producer });
  observer.close();
  producer.close();
});

test('close() is told, and so is that of the router', real, async () => {
  const other = await worker.createRouter({ mediaCodecs });
  const closed = await other.createAudioLevelObserver();
  const left = await other.createActiveSpeakerObserver();
  const events: string[] = [];
  closed.observer.once('close', () => events.push('closed'));
  left.once('routerclose', () => events.push('routerclose'));
  left.observer.once('close', () => events.push('left'));

  closed.close();
  closed.close();
  assert.equal(closed.closed, true);
  await assert.rejects(closed.pause(), errors.NotFoundError);
  other.close();
  assert.equal(left.closed, true);
  assert.deepEqual(events, ['closed', 'routerclose', 'left']);
});

test('what the process tells is told with producers', async () => {
  const fake = await createWorker({ workerBin: fakeBin('notify') });
  const room = await fake.createRouter();
  const path = await room.createWebRtcTransport({ listenInfos });
  const ann = await path.produce({ ...audioOptions(), id: 'ann' });
  const levels = await room.createAudioLevelObserver();
  const speaker = await room.createActiveSpeakerObserver();
  const events: unknown[] = [];
  levels.on('volumes', volumes => events.push(volumes));
  levels.observer.on('volumes', volumes => events.push(volumes));
  levels.on('silence', () => events.push('silence'));
  levels.observer.on('silence', () => events.push('silence'));
  speaker.on('dominantspeaker', dominant => events.push(dominant));
  const told = new Promise(resolve => speaker.observer.on('dominantspeaker', resolve));

  await levels.addProducer({ producerId: 'ann' });
  await speaker.addProducer({ producerId: 'ann' });
  assert.deepEqual(await told, { producer: ann });
  const volumes = [{ producer: ann, volume: -20 }];
  assert.deepEqual(events, [volumes, volumes, 'silence', 'silence', { producer: ann }]);
  fake.close();
});

test('a router with maxSpeakers tells who is sent', real, async () => {
  const room = await worker.createRouter({ mediaCodecs, maxSpeakers: 1 });
  const told: string[][] = [];
  const changed = (count: number): Promise<void> =>
    new Promise(resolve => {
      const check = (): void => (told.length >= count ? resolve() : void setImmediate(check));
      check();
    });
  room.on('speakerschange', producers => told.push(producers.map(producer => producer.id)));
  const sending = await room.createWebRtcTransport({ listenInfos });
  const ann = await sending.produce(audioOptions());
  await changed(1);
  const bob = await sending.produce(audioOptions());
  await changed(2);
  ann.close();
  await changed(3);

  assert.deepEqual(told, [[ann.id], [ann.id, bob.id], [bob.id]]);
  assert.equal((await room.dump()).maxSpeakers, 1);
  await assert.rejects(worker.createRouter({ maxSpeakers: 0 }), TypeError);
  room.close();
});
