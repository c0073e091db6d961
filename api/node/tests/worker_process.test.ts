/** What the SDK does about a process that does not do what it should. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWorker, errors, extras, observer, setLogEventListeners, type types } from 'sluice';
import { fakeBin } from './processes.js';

const timeout = 20_000;
const listenInfos = [{ protocol: 'udp' as const, ip: '127.0.0.1' }];

async function closed(worker: types.Worker): Promise<void> {
  worker.close();

  if (!worker.subprocessClosed) await extras.enhancedOnce(worker, 'subprocessclose');
}

test('exit code 42 is a TypeError that says what the process said', { timeout }, async () => {
  const started = createWorker({ workerBin: fakeBin('wrong-settings') });

  await assert.rejects(started, { name: 'TypeError', message: /the flag --workers is wrong/ });
});

test('a process that fails at the start is an Error with its last words', { timeout }, async () => {
  const crash = createWorker({ workerBin: fakeBin('crash') });
  await assert.rejects(crash, { name: 'Error', message: /code:3.*something terrible/s });

  const exit = createWorker({ workerBin: fakeBin('exit') });
  await assert.rejects(exit, { name: 'Error', message: /code:0/ });
});

test('a binary that is not there is an Error', { timeout }, async () => {
  await assert.rejects(createWorker({ workerBin: '/nonexistent/sluice' }), /ENOENT/);
});

test('a program that is not sluice is an Error', { timeout }, async () => {
  await assert.rejects(createWorker({ workerBin: '/bin/true' }), Error);
});

test('wrong settings are a TypeError before anything starts', { timeout }, async () => {
  const wrong: [string, object][] = [
    ['appData', { appData: 'NOT-AN-OBJECT' }],
    ['min > max', { rtcMinPort: 1000, rtcMaxPort: 999 }],
    ['max > 65535', { rtcMinPort: 1000, rtcMaxPort: 65536 }],
    ['port', { rtcMinPort: 'a' }],
    ['workers 0', { workers: 0 }],
    ['workers 1.5', { workers: 1.5 }],
    ['logTags', { logTags: 'ice' }],
  ];

  for (const [name, settings] of wrong) {
    await assert.rejects(createWorker({ ...settings, workerBin: '/bin/true' }), TypeError, name);
  }
});

test('the settings become flags', { timeout }, async () => {
  const worker = await createWorker({
    workerBin: fakeBin('good'),
    logLevel: 'warn',
    logTags: ['ice', 'dtls'],
    dtlsCertificateFile: '/cert.pem',
    dtlsPrivateKeyFile: '/key.pem',
    libwebrtcFieldTrials: 'ignored',
    workers: 3,
  });

  assert.deepEqual(((await worker.dump()) as unknown as { flags: string[] }).flags, [
    '--workers=3',
    '--log_level=warn',
    '--log_tags=ice,dtls',
    '--dtls_certificate_file=/cert.pem',
    '--dtls_private_key_file=/key.pem',
  ]);
  await closed(worker);
});

test('the module observer tells about every worker', { timeout }, async () => {
  const announced = extras.enhancedOnce(observer, 'newworker');
  const worker = await createWorker({ workerBin: fakeBin('good') });

  assert.equal((await announced)[0], worker);
  await closed(worker);
});

test('close() closes at once; subprocessclose follows', { timeout }, async () => {
  const worker = await createWorker({ workerBin: fakeBin('good'), appData: { room: 1 } });
  const events: string[] = [];

  worker.on('died', () => events.push('died'));
  worker.observer.on('close', () => events.push('close'));
  worker.on('subprocessclose', () => events.push('subprocessclose'));
  assert.ok(worker.pid > 0);
  assert.deepEqual(worker.appData, { room: 1 });

  worker.close();
  worker.close();
  assert.deepEqual([worker.closed, worker.died, worker.subprocessClosed], [true, false, false]);
  await extras.enhancedOnce(worker, 'subprocessclose');
  assert.deepEqual([worker.closed, worker.died, worker.subprocessClosed], [true, false, true]);
  assert.deepEqual(events, ['close', 'subprocessclose']);
  await assert.rejects(worker.dump(), errors.WorkerClosedError);
  await assert.rejects(worker.createRouter(), errors.WorkerClosedError);
});

test('a killed process rejects all that is pending and closes all', { timeout }, async () => {
  const worker = await createWorker({ workerBin: fakeBin('deaf') });
  const events: string[] = [];
  const pending = [
    worker.dump(),
    worker.getResourceUsage(),
    worker.updateSettings({ logLevel: 'warn' }),
    worker.createRouter(),
  ];

  worker.on('died', error => {
    assert.ok(error instanceof Error);
    assert.match(error.message, /SIGKILL/);
    assert.deepEqual([worker.closed, worker.died, worker.subprocessClosed], [true, true, true]);
    events.push('died');
  });
  worker.on('subprocessclose', () => events.push('subprocessclose'));
  worker.observer.on('close', () => events.push('close'));

  process.kill(worker.pid, 'SIGKILL');
  for (const call of await Promise.allSettled(pending)) {
    assert.equal(call.status, 'rejected');
    assert.ok(call.status === 'rejected' && call.reason instanceof errors.WorkerClosedError);
  }
  assert.deepEqual(events, ['died', 'subprocessclose', 'close']);
  worker.close();
  assert.deepEqual(events, ['died', 'subprocessclose', 'close']);
});

test('a process that closes its output but lives on counts as dead', { timeout }, async () => {
  const worker = await createWorker({ workerBin: fakeBin('mute') });
  const died = extras.enhancedOnce(worker, 'died');

  await assert.rejects(worker.createRouter(), errors.WorkerClosedError);
  await died;
});

test('garbage between the answers is logged and skipped', { timeout }, async () => {
  const logged: string[] = [];

  setLogEventListeners({ onerror: (_namespace, log) => logged.push(log) });
  const worker = await createWorker({ workerBin: fakeBin('garbage') });
  const router = await worker.createRouter();
  assert.equal((await router.createWebRtcTransport({ listenInfos })).iceState, 'new');
  await closed(worker);
  setLogEventListeners();

  assert.ok(logged.some(log => log.includes('this is not JSON')));
  assert.ok(logged.some(log => log.includes('999999')));
});

test('answers that arrive byte by byte are whole', { timeout }, async () => {
  const worker = await createWorker({ workerBin: fakeBin('bytes') });
  const router = await worker.createRouter();
  const { iceParameters } = await router.createWebRtcTransport({ listenInfos });

  assert.deepEqual(iceParameters, { usernameFragment: 'ü', password: '\u{1f512}', iceLite: true });
  await closed(worker);
});

test('slow answers in the wrong order find their callers', { timeout }, async () => {
  const worker = await createWorker({ workerBin: fakeBin('backwards') });
  const router = await worker.createRouter();
  const transport = await router.createWebRtcTransport({ listenInfos });
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const rtpParameters = { codecs: [] };
  const produced = ids.map(id => transport.produce({ id, kind: 'audio', rtpParameters }));

  assert.deepEqual(
    (await Promise.all(produced)).map(producer => producer.id),
    ids,
  );
  await closed(worker);
});
