/** WebRtcTransport, with the real process. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { after, before, test } from 'node:test';
import { once } from 'node:events';
import { createWorker, errors, extras, type types } from 'sluice';
import { real } from './processes.js';
import { dtlsParameters, mediaCodecs } from './rtp_fixtures.js';
import { selectPath } from './stun.js';

const loopback = { protocol: 'udp' as const, ip: '127.0.0.1' };
let worker: types.Worker;
let router: types.Router;

if (!real.skip) {
  before(async () => {
    worker = await createWorker({ rtcMinPort: 20000, rtcMaxPort: 29999 });
    router = await worker.createRouter({ mediaCodecs });
  });
  after(() => worker.close());
}

async function create(
  options: Partial<types.WebRtcTransportOptions> = {},
): Promise<types.WebRtcTransport> {
  return router.createWebRtcTransport({ listenInfos: [loopback], ...options } as never);
}

test('a new transport has all that the endpoint needs', real, async () => {
  const transport = await create({ appData: { foo: 'bar' } });

  assert.match(transport.id, /^[0-9a-f-]{36}$/);
  assert.equal(transport.type, 'webrtc');
  assert.equal(transport.closed, false);
  assert.deepEqual(transport.appData, { foo: 'bar' });
  assert.equal(transport.iceRole, 'controlled');
  assert.equal(transport.iceParameters.iceLite, true);
  assert.equal(transport.iceParameters.usernameFragment.length, 32);
  assert.equal(transport.iceParameters.password.length, 32);
  assert.equal(transport.iceState, 'new');
  assert.equal(transport.iceSelectedTuple, undefined);
  assert.equal(transport.dtlsState, 'new');
  assert.equal(transport.dtlsParameters.role, 'auto');
  assert.equal(transport.dtlsRemoteCert, undefined);
  assert.equal(transport.sctpParameters, undefined);
  assert.equal(transport.sctpState, undefined);

  const algorithms = transport.dtlsParameters.fingerprints.map(({ algorithm }) => algorithm);
  assert.ok(algorithms.includes('sha-256'));
  const [candidate] = transport.iceCandidates;
  assert.ok(candidate && candidate.port >= 20000 && candidate.port <= 29999);
  assert.deepEqual(candidate, {
    foundation: 'udpcandidate',
    priority: candidate.priority,
    ip: '127.0.0.1',
    address: '127.0.0.1',
    protocol: 'udp',
    port: candidate.port,
    type: 'host',
  });
  transport.close();
});

test('listenIps are still understood', real, async () => {
  const transport = await router.createWebRtcTransport({
    listenIps: ['127.0.0.1', { ip: '127.0.0.1', announcedIp: '9.9.9.1' }],
  });
  const [first, second] = transport.iceCandidates;

  assert.equal(transport.iceCandidates.length, 2);
  assert.equal(first?.address, '127.0.0.1');
  assert.equal(second?.address, '9.9.9.1');
  assert.ok(first.priority > second.priority);
  transport.close();
});

test('TCP candidates are passive', real, async () => {
  const transport = await create({
    listenInfos: [loopback, { protocol: 'tcp', ip: '127.0.0.1' }],
  });
  const [udp, tcp] = transport.iceCandidates;

  assert.equal(udp?.protocol, 'udp');
  assert.equal(udp.tcpType, undefined);
  assert.equal(tcp?.protocol, 'tcp');
  assert.equal(tcp.tcpType, 'passive');
  assert.equal(tcp.foundation, 'tcpcandidate');
  assert.ok(udp.priority > tcp.priority);
  transport.close();
});

test('listenIps listen on the enabled protocols, the preferred one first', real, async () => {
  const protocols = async (options: object): Promise<string[]> => {
    const transport = await router.createWebRtcTransport({ listenIps: ['127.0.0.1'], ...options });

    transport.close();
    return transport.iceCandidates.map(({ protocol }) => protocol);
  };

  assert.deepEqual(await protocols({}), ['udp']);
  assert.deepEqual(await protocols({ enableTcp: true }), ['udp', 'tcp']);
  assert.deepEqual(await protocols({ enableTcp: true, preferTcp: true }), ['tcp', 'udp']);
  assert.deepEqual(await protocols({ enableTcp: true, enableUdp: false }), ['tcp']);
});

test('announced addresses are told instead of the own one, or besides it', real, async () => {
  const transport = await create({
    listenInfos: [
      { ...loopback, announcedAddress: 'media.example.org' },
      { ...loopback, announcedIp: '9.9.9.9', exposeInternalIp: true },
    ],
  });

  assert.deepEqual(transport.iceCandidates.map(({ address }) => address).sort(), [
    '127.0.0.1',
    '9.9.9.9',
    'media.example.org',
  ]);
  transport.close();
});

test('a port is taken as given, a range is kept to', real, async () => {
  const min = await freePort();
  const max = Math.min(min + 20, 65535);
  const ranged = await create({ listenInfos: [{ ...loopback, portRange: { min, max } }] });
  const port = portOf(ranged);

  assert.ok(port >= min && port <= max);
  ranged.close();
  await portIsFree(port);

  const listenInfos = [{ ...loopback, port }];
  const fixed = await create({ listenInfos });
  assert.equal(portOf(fixed), port);
  await assert.rejects(create({ listenInfos }), { name: 'Error', reason: 'resource_unavailable' });
  fixed.close();
});

test('wrong arguments reject with TypeError', real, async () => {
  const wrong: object[] = [
    {},
    { listenInfos: '127.0.0.1' },
    { listenIps: '127.0.0.1' },
    { listenInfos: [] },
    { listenInfos: [{ ip: '127.0.0.1' }] },
    { listenInfos: [{ protocol: 'udp' }] },
    { listenInfos: [{ protocol: 'sctp', ip: '127.0.0.1' }] },
    { listenInfos: [{ protocol: 'udp', ip: 'chicken' }] },
    { listenIps: [123] },
    { listenInfos: [loopback], listenIps: ['127.0.0.1'] },
    { listenInfos: [loopback], appData: 'NOT-AN-OBJECT' },
    { listenInfos: [loopback], initialAvailableOutgoingBitrate: 'a lot' },
    { listenInfos: [loopback], iceConsentTimeout: -1 },
  ];

  for (const options of wrong) {
    await assert.rejects(
      router.createWebRtcTransport(options as types.WebRtcTransportOptions),
      TypeError,
      JSON.stringify(options),
    );
  }
});

test('an address that is not ours rejects with Error', real, async () => {
  await assert.rejects(create({ listenInfos: [{ protocol: 'udp', ip: '8.8.8.8' }] }), {
    name: 'Error',
    reason: 'resource_unavailable',
  });
});

test('null means absent', real, async () => {
  const options = { iceConsentTimeout: null, preferUdp: null, appData: null } as object;
  const transport = await create(options);

  assert.deepEqual(transport.appData, {});
  transport.close();
});

test('connect() settles the DTLS role, once', real, async () => {
  const transport = await create();

  assert.equal(await transport.connect({ dtlsParameters }), undefined);
  assert.equal(transport.dtlsParameters.role, 'server');
  await assert.rejects(transport.connect({ dtlsParameters }), {
    name: 'Error',
    reason: 'invalid_state',
  });
  assert.equal(transport.dtlsParameters.role, 'server');
  transport.close();
});

test('connect() as client when the endpoint is server or leaves it open', real, async () => {
  for (const role of ['server', 'auto', undefined] as const) {
    const transport = await create();

    await transport.connect({ dtlsParameters: { ...dtlsParameters, role } });
    assert.equal(transport.dtlsParameters.role, 'client');
    transport.close();
  }
});

test(
  'connect() with wrong arguments rejects with TypeError and can be repeated',
  real,
  async () => {
    const transport = await create();
    const [fingerprint] = dtlsParameters.fingerprints;
    const wrong: unknown[] = [
      {},
      { dtlsParameters: {} },
      { dtlsParameters: { role: 'chicken', fingerprints: [fingerprint] } },
      { dtlsParameters: { role: 'client', fingerprints: [] } },
      { dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value: 'zz' }] } },
      { dtlsParameters: { fingerprints: [{ algorithm: 'sha-256' }] } },
    ];

    await assert.rejects((transport.connect as () => Promise<void>)(), TypeError);
    for (const argument of wrong) {
      await assert.rejects(
        transport.connect(argument as { dtlsParameters: types.DtlsParameters }),
        TypeError,
        JSON.stringify(argument),
      );
    }
    await transport.connect({ dtlsParameters });
    transport.close();
  },
);

test('restartIce() changes the ICE parameters', real, async () => {
  const transport = await create();
  const before = transport.iceParameters;
  const restarted = await transport.restartIce();

  assert.deepEqual(transport.iceParameters, restarted);
  assert.notEqual(restarted.usernameFragment, before.usernameFragment);
  assert.notEqual(restarted.password, before.password);
  assert.equal(restarted.iceLite, true);
  transport.close();
});

test('setMaxIncomingBitrate() takes a bitrate', real, async () => {
  const transport = await create();

  assert.equal(await transport.setMaxIncomingBitrate(1_000_000), undefined);
  assert.equal((await transport.getStats())[0]?.maxIncomingBitrate, 1_000_000);
  await transport.setMaxIncomingBitrate(0);
  await assert.rejects(transport.setMaxIncomingBitrate(-1), TypeError);
  await assert.rejects(transport.setMaxIncomingBitrate('fast' as never), TypeError);
  transport.close();
});

test('dump() has what its type says', real, async () => {
  const transport = await create();
  const dump = await transport.dump();

  assert.equal(dump.id, transport.id);
  assert.deepEqual(dump.producerIds, []);
  assert.deepEqual(dump.consumerIds, []);
  assert.deepEqual(dump.mapSsrcConsumerId, []);
  assert.deepEqual(dump.mapRtxSsrcConsumerId, []);
  assert.deepEqual(dump.rtpListener, { ssrcTable: [], midTable: [], ridTable: [] });
  assert.deepEqual(dump.recvRtpHeaderExtensions, {});
  assert.deepEqual(dump.dataProducerIds, []);
  assert.deepEqual(dump.dataConsumerIds, []);
  assert.deepEqual(dump.iceParameters, transport.iceParameters);
  assert.deepEqual(dump.iceCandidates, transport.iceCandidates);
  assert.deepEqual(dump.dtlsParameters, transport.dtlsParameters);
  assert.equal(dump.iceRole, 'controlled');
  assert.equal(dump.iceState, 'new');
  assert.equal(dump.dtlsState, 'new');
  transport.close();
});

test('getStats() has what its type says', real, async () => {
  const transport = await create();
  const [stats, ...others] = await transport.getStats();

  assert.deepEqual(others, []);
  assert.equal(stats?.type, 'webrtc-transport');
  assert.equal(stats.transportId, transport.id);
  assert.ok(Math.abs(stats.timestamp - Date.now()) < 3_600_000);
  assert.equal(stats.iceRole, 'controlled');
  assert.equal(stats.iceState, 'new');
  assert.equal(stats.dtlsState, 'new');
  for (const name of [
    'bytesReceived',
    'recvBitrate',
    'bytesSent',
    'sendBitrate',
    'rtpBytesReceived',
    'rtpRecvBitrate',
    'rtpBytesSent',
    'rtpSendBitrate',
  ] as const) {
    assert.equal(stats[name], 0, name);
  }
  transport.close();
});

test('a path that the endpoint selects is told by events, and kept', real, async () => {
  const transport = await create();
  const events: unknown[] = [];
  const selected = extras.enhancedOnce(transport, 'iceselectedtuplechange');
  const changed = extras.enhancedOnce(transport, 'icestatechange');

  for (const emitter of [transport, transport.observer]) {
    emitter.on('icestatechange', state => events.push(state));
    emitter.on('iceselectedtuplechange', tuple => events.push(tuple));
  }

  const remotePort = await selectPath(transport);
  await Promise.all([selected, changed]);
  const tuple = {
    localIp: '127.0.0.1',
    localAddress: '127.0.0.1',
    localPort: portOf(transport),
    remoteIp: '127.0.0.1',
    remotePort,
    protocol: 'udp',
  };

  assert.deepEqual(transport.iceSelectedTuple, tuple);
  assert.ok(['connected', 'completed'].includes(transport.iceState));
  assert.equal((await transport.dump()).iceState, transport.iceState);
  assert.deepEqual((await transport.dump()).iceSelectedTuple, tuple);
  assert.deepEqual((await transport.getStats())[0]?.iceSelectedTuple, tuple);
  assert.deepEqual(
    events.filter(event => typeof event === 'object'),
    [tuple, tuple],
  );
  assert.equal(events.filter(event => event === transport.iceState).length, 2);
  transport.close();
  assert.equal(transport.iceSelectedTuple, undefined);
});

test('close() closes it in the process too and frees its port', real, async () => {
  const transport = await create();
  const { iceState, dtlsState } = transport;

  assert.deepEqual([iceState, dtlsState], ['new', 'new']);
  transport.close();
  assert.deepEqual([transport.iceState, transport.dtlsState], ['closed', 'closed']);
  await assert.rejects(transport.dump(), errors.NotFoundError);
  await assert.rejects(transport.getStats(), errors.NotFoundError);
  await assert.rejects(transport.restartIce(), errors.NotFoundError);
  await assert.rejects(transport.setMaxIncomingBitrate(1), errors.NotFoundError);
  await assert.rejects(transport.connect({ dtlsParameters }), errors.NotFoundError);
  await assert.rejects(transport.connect({} as never), TypeError);
  await portIsFree(portOf(transport));
});

function portOf(transport: types.WebRtcTransport): number {
  return transport.iceCandidates[0]?.port ?? 0;
}

/** A port that the process just used and no longer does. */
async function freePort(): Promise<number> {
  const transport = await create();

  transport.close();
  await portIsFree(portOf(transport));

  return portOf(transport);
}

/** The socket is closed by a media thread, some time after the answer. */
async function portIsFree(port: number): Promise<void> {
  for (;;) {
    const socket = createSocket('udp4').bind(port, '127.0.0.1');
    const isFree = await Promise.race([
      once(socket, 'listening').then(() => true),
      new Promise<boolean>(resolve => socket.once('error', () => resolve(false))),
    ]);

    if (isFree) {
      socket.close();
      return;
    }
  }
}
