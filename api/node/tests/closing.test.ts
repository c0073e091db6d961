/** Closing one object closes what is below it, with mediasoup's events in its order. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createWorker, errors, extras, type types } from 'sluice';
import { fakeBin } from './processes.js';

const listenInfos = [{ protocol: 'udp' as const, ip: '127.0.0.1' }];
const rtpParameters = { codecs: [] };
const rtpCapabilities = { codecs: [] };

let worker: types.Worker;

before(async () => {
  worker = await createWorker({ workerBin: fakeBin('good') });
});

after(() => worker.close());

/** One of each, and what they emit, in order. */
class Scene {
  readonly events: string[] = [];

  private constructor(
    readonly worker: types.Worker,
    readonly router: types.Router,
    readonly transport: types.WebRtcTransport,
    readonly producer: types.Producer,
    readonly consumer: types.Consumer,
  ) {
    this.#record('router', router, ['@close', 'workerclose']);
    this.#record('transport', transport, ['@close', '@producerclose', 'routerclose']);
    this.#record('producer', producer, ['@close', 'transportclose']);
    this.#record('consumer', consumer, ['@close', 'transportclose', 'producerclose']);
  }

  static async create(worker: types.Worker): Promise<Scene> {
    const router = await worker.createRouter();
    const transport = await router.createWebRtcTransport({ listenInfos });
    const producer = await transport.produce({ kind: 'audio', rtpParameters });
    const { id: producerId } = producer;
    const consumer = await transport.consume({ producerId, rtpCapabilities });

    return new Scene(worker, router, transport, producer, consumer);
  }

  get closed(): boolean[] {
    return [this.router, this.transport, this.producer, this.consumer].map(({ closed }) => closed);
  }

  #record(
    name: string,
    object: { on: unknown; observer: { on: unknown } },
    eventNames: string[],
  ): void {
    const on = (emitter: unknown, eventName: string, text: string): unknown =>
      (emitter as NodeJS.EventEmitter).on(eventName, () => this.events.push(text));

    eventNames.forEach(eventName => on(object, eventName, `${name} ${eventName}`));
    on(object.observer, 'close', `${name} observer close`);
  }
}

test('consumer.close()', async () => {
  const scene = await Scene.create(worker);

  scene.consumer.close();
  scene.consumer.close();
  assert.deepEqual(scene.closed, [false, false, false, true]);
  assert.deepEqual(scene.events, ['consumer @close', 'consumer observer close']);
});

test('producer.close()', async () => {
  const scene = await Scene.create(worker);

  scene.producer.close();
  scene.producer.close();
  assert.deepEqual(scene.closed, [false, false, true, false]);
  assert.deepEqual(scene.events, [
    'transport @producerclose',
    'producer @close',
    'producer observer close',
  ]);
});

test('transport.close()', async () => {
  const scene = await Scene.create(worker);

  scene.transport.close();
  scene.transport.close();
  assert.deepEqual(scene.closed, [false, true, true, true]);
  assert.deepEqual(scene.events, [
    'producer transportclose',
    'producer observer close',
    'transport @producerclose',
    'consumer transportclose',
    'consumer observer close',
    'transport @close',
    'transport observer close',
  ]);
  assert.equal(scene.transport.iceState, 'closed');
  assert.equal(scene.transport.dtlsState, 'closed');
  assert.equal(scene.transport.iceSelectedTuple, undefined);
});

const belowRouter = [
  'producer transportclose',
  'producer observer close',
  'transport @producerclose',
  'consumer transportclose',
  'consumer observer close',
  'transport routerclose',
  'transport observer close',
];

test('router.close()', async () => {
  const scene = await Scene.create(worker);

  scene.router.close();
  scene.router.close();
  assert.deepEqual(scene.closed, [true, true, true, true]);
  assert.deepEqual(scene.events, [...belowRouter, 'router @close', 'router observer close']);
});

test('worker.close()', async () => {
  const own = await createWorker({ workerBin: fakeBin('good') });
  const scene = await Scene.create(own);

  own.observer.on('close', () => scene.events.push('worker observer close'));
  own.close();
  assert.deepEqual(scene.closed, [true, true, true, true]);
  assert.deepEqual(scene.events, [
    ...belowRouter,
    'router workerclose',
    'router observer close',
    'worker observer close',
  ]);
  await assert.rejects(scene.router.dump(), errors.WorkerClosedError);
  await extras.enhancedOnce(own, 'subprocessclose');
});

test('the death of the process', async () => {
  const own = await createWorker({ workerBin: fakeBin('good') });
  const scene = await Scene.create(own);

  own.on('died', () => scene.events.push('worker died'));
  process.kill(own.pid, 'SIGTERM');
  await extras.enhancedOnce(own, 'died');
  assert.deepEqual(scene.closed, [true, true, true, true]);
  assert.deepEqual(scene.events, [
    ...belowRouter,
    'router workerclose',
    'router observer close',
    'worker died',
  ]);
});

test('what a notification closes emits after the call that created it returned', async () => {
  const own = await createWorker({ workerBin: fakeBin('notify') });
  const scene = await Scene.create(own);
  const { id: producerId } = scene.producer;
  const consumer = await scene.transport.consume({ producerId, rtpCapabilities });
  const events: string[] = [];

  // The process paused, resumed and closed it in the same write that answered.
  assert.equal(consumer.closed, false);
  assert.equal(consumer.producerPaused, false);
  consumer.on('producerpause', () => events.push(`producerpause ${consumer.producerPaused}`));
  consumer.on('producerresume', () => events.push(`producerresume ${consumer.producerPaused}`));
  consumer.on('producerclose', () => events.push(`producerclose ${consumer.closed}`));
  consumer.observer.on('pause', () => events.push('observer pause'));
  consumer.observer.on('resume', () => events.push('observer resume'));
  consumer.observer.on('close', () => events.push('observer close'));
  await extras.enhancedOnce(consumer, 'producerclose');

  assert.deepEqual(events, [
    'producerpause true',
    'observer pause',
    'producerresume false',
    'observer resume',
    'producerclose true',
    'observer close',
  ]);
  own.close();
});

test('what a transport is notified of is told and kept', async () => {
  const own = await createWorker({ workerBin: fakeBin('notify') });
  const router = await own.createRouter();
  const transport = await router.createWebRtcTransport({ listenInfos });
  const events: string[] = [];

  transport.on('dtlsstatechange', state => events.push(`${state} ${transport.dtlsState}`));
  transport.on('icestatechange', state => events.push(`${state} ${transport.iceState}`));
  transport.observer.on('dtlsstatechange', state => events.push(`observer ${state}`));
  transport.observer.on('icestatechange', state => events.push(`observer ${state}`));
  await transport.connect({ dtlsParameters: { fingerprints: [] } });
  assert.equal(transport.dtlsParameters.role, 'client');
  assert.deepEqual(events, [], 'the answer comes first');
  while (transport.dtlsState !== 'closed') await extras.enhancedOnce(transport, 'dtlsstatechange');

  assert.equal(transport.dtlsRemoteCert, 'PEM');
  assert.deepEqual(events, [
    'connecting connecting',
    'observer connecting',
    'completed completed',
    'observer completed',
    'connected connected',
    'observer connected',
    'closed closed',
    'observer closed',
  ]);
  own.close();
});

test('a listener that throws disturbs nobody', async () => {
  const scene = await Scene.create(worker);
  const errors: string[] = [];

  scene.producer.on('transportclose', () => {
    throw new Error('listener');
  });
  scene.producer.on('listenererror', (eventName, error) =>
    errors.push(`${eventName} ${error.message}`),
  );
  scene.router.close();
  assert.deepEqual(errors, ['transportclose listener']);
  assert.deepEqual(scene.closed, [true, true, true, true]);
});

test('what is created while its parent closes is refused', async () => {
  const scene = await Scene.create(worker);
  const produced = scene.transport.produce({ kind: 'audio', rtpParameters });
  const created = scene.router.createWebRtcTransport({ listenInfos });

  scene.router.close();
  await assert.rejects(produced, errors.NotFoundError);
  await assert.rejects(created, errors.NotFoundError);
});

test('observers tell what is created', async () => {
  const own = await createWorker({ workerBin: fakeBin('good') });
  const created: unknown[] = [];

  own.observer.on('newrouter', router => {
    created.push(router);
    router.observer.on('newtransport', transport => {
      created.push(transport);
      transport.observer.on('newproducer', producer => created.push(producer));
      transport.observer.on('newconsumer', consumer => created.push(consumer));
    });
  });

  const { router, transport, producer, consumer } = await Scene.create(own);
  assert.deepEqual(created, [router, transport, producer, consumer]);
  own.close();
});
