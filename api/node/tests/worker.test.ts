/** Worker, with the real process. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWorker, errors, extras, setLogEventListeners, version, workerBin } from 'sluice';
import { real } from './processes.js';

test('limits are those of the process', real, async () => {
  for (const limits of [{ transports: 1.5 }, { transports: '1' }, { unknown: 1 }, { icePaths: 1 }]) {
    await assert.rejects(createWorker({ limits: limits as never }), TypeError);
  }

  const worker = await createWorker({ workers: 1, limits: { transports: 1, historyBytes: 4_000_000 } });
  const [thread] = (await worker.dump()).workers;

  assert.equal(thread?.history.packets, 0);
  assert.ok(Math.abs(thread.history.maxBytes - 4_000_000) < 4_000);

  const router = await worker.createRouter();
  const options = { listenInfo: { protocol: 'udp' as const, ip: '127.0.0.1' } };

  await router.createPlainTransport(options);
  await assert.rejects(router.createPlainTransport(options), { reason: 'resource_unavailable' });
  worker.close();
});

test('createWorker() starts a process that dump() describes', real, async () => {
  const worker = await createWorker({ workers: 2, appData: { room: 7 } });
  const dump = await worker.dump();

  assert.equal(dump.pid, worker.pid);
  assert.equal(dump.version, version);
  assert.equal(dump.workers.length, 2);
  assert.deepEqual(dump.routerIds, []);
  assert.deepEqual(dump.webRtcServerIds, []);
  assert.deepEqual(worker.appData, { room: 7 });
  worker.close();
  await extras.enhancedOnce(worker, 'subprocessclose');
});

test('createWorker() takes all of mediasoup settings', real, async () => {
  const worker = await createWorker({
    logLevel: 'debug',
    logTags: ['info', 'ice', 'dtls', 'rtp', 'srtp', 'rtcp', 'rtx', 'bwe', 'score', 'simulcast'],
    rtcMinPort: 0,
    rtcMaxPort: 9999,
    workerBin,
    libwebrtcFieldTrials: 'WebRTC-Bwe-AlrLimitedBackoff/Disabled/',
    appData: { bar: 456 },
  });

  assert.equal(worker.closed, false);
  worker.close();
  await extras.enhancedOnce(worker, 'subprocessclose');
});

test('createWorker() rejects wrong settings with TypeError', real, async () => {
  const wrong: object[] = [
    { logLevel: 'chicken' },
    { logTags: ['egg'] },
    { dtlsCertificateFile: '/notfound/cert.pem' },
    { dtlsPrivateKeyFile: '/notfound/priv.pem' },
    { dtlsCertificateFile: '/notfound/cert.pem', dtlsPrivateKeyFile: '/notfound/priv.pem' },
    { workers: 100_000 },
  ];

  for (const settings of wrong) {
    await assert.rejects(createWorker(settings), TypeError, JSON.stringify(settings));
  }
});

test('several workers are several processes', real, async () => {
  const workers = await Promise.all([1, 2, 3, 4].map(() => createWorker({ workers: 1 })));

  assert.equal(new Set(workers.map(({ pid }) => pid)).size, 4);
  await Promise.all(workers.map(worker => worker.createRouter()));
  workers.forEach(worker => worker.close());
  await Promise.all(workers.map(worker => extras.enhancedOnce(worker, 'subprocessclose')));
});

test('getResourceUsage() has the 16 numbers', real, async () => {
  const worker = await createWorker();
  const usage = await worker.getResourceUsage();

  assert.deepEqual(Object.keys(usage).sort(), [
    'ru_idrss',
    'ru_inblock',
    'ru_isrss',
    'ru_ixrss',
    'ru_majflt',
    'ru_maxrss',
    'ru_minflt',
    'ru_msgrcv',
    'ru_msgsnd',
    'ru_nivcsw',
    'ru_nsignals',
    'ru_nswap',
    'ru_nvcsw',
    'ru_oublock',
    'ru_stime',
    'ru_utime',
  ]);
  assert.ok(Object.values(usage).every(value => typeof value === 'number'));
  worker.close();
});

test('updateSettings() changes what is logged', real, async () => {
  const logged: string[] = [];
  const worker = await createWorker();

  await worker.updateSettings({ logLevel: 'debug', logTags: ['ice', 'dtls'] });
  await worker.updateSettings({});
  await worker.updateSettings();
  await assert.rejects(worker.updateSettings({ logLevel: 'chicken' as 'debug' }), TypeError);
  worker.close();
  await assert.rejects(worker.updateSettings({ logLevel: 'error' }), errors.WorkerClosedError);

  setLogEventListeners({ ondebug: (_namespace, log) => logged.push(log) });
  const verbose = await createWorker({ logLevel: 'debug', logTags: ['info'] });
  verbose.close();
  await extras.enhancedOnce(verbose, 'subprocessclose');
  setLogEventListeners();
  assert.ok(
    logged.some(log => log.startsWith(`[pid:${verbose.pid}]`)),
    'the process logs to the listeners',
  );
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
  test(`a process that gets ${signal} has died`, real, async () => {
    const worker = await createWorker();
    const events: string[] = [];

    worker.on('died', () => events.push('died'));
    worker.on('subprocessclose', () => events.push('subprocessclose'));
    worker.observer.on('close', () => events.push('close'));
    const router = await worker.createRouter();
    router.on('workerclose', () => events.push('workerclose'));

    process.kill(worker.pid, signal);
    await extras.enhancedOnce(worker, 'died');
    assert.deepEqual(events, ['workerclose', 'died', 'subprocessclose', 'close']);
    assert.deepEqual([worker.closed, worker.died, worker.subprocessClosed], [true, true, true]);
    assert.equal(router.closed, true);
    await assert.rejects(worker.dump(), errors.WorkerClosedError);
  });
}

test('the process ignores PIPE, HUP, ALRM, USR1 and USR2', real, async () => {
  const worker = await createWorker();

  for (const signal of ['SIGPIPE', 'SIGHUP', 'SIGALRM', 'SIGUSR1', 'SIGUSR2'] as const) {
    process.kill(worker.pid, signal);
  }

  // Signals come before what is asked after them; it answers, so it lives.
  await sleep(100);
  assert.equal((await worker.dump()).pid, worker.pid);
  assert.equal(worker.died, false);
  worker.close();
});

test('close() ends the process, also with everything open', real, async () => {
  const worker = await createWorker();
  const router = await worker.createRouter();

  await router.createWebRtcTransport({ listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }] });
  worker.close();
  await extras.enhancedOnce(worker, 'subprocessclose');
  assert.equal(worker.died, false);
  assert.throws(() => process.kill(worker.pid, 0), { code: 'ESRCH' });
});
