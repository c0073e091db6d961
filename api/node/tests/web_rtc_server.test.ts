/** WebRtcServer, with the real process. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { createWorker, errors, type types } from 'sluice';
import { real } from './processes.js';
import { mediaCodecs } from './rtp_fixtures.js';
import { selectPath } from './stun.js';

const udp = { protocol: 'udp' as const, ip: '127.0.0.1' };
const tcp = { protocol: 'tcp' as const, ip: '127.0.0.1' };
let worker: types.Worker;
let router: types.Router;

if (!real.skip) {
  before(async () => {
    worker = await createWorker({ workers: 2, rtcMinPort: 20000, rtcMaxPort: 29999 });
    router = await worker.createRouter({ mediaCodecs });
  });
  after(() => worker.close());
}

async function create(listenInfos = [udp, tcp] as types.TransportListenInfo[]) {
  return worker.createWebRtcServer({ listenInfos });
}

test('a server listens on both protocols', real, async () => {
  const created = once(worker.observer, 'newwebrtcserver');
  const server = await worker.createWebRtcServer({
    listenInfos: [udp, tcp],
    appData: { foo: 'bar' },
  });

  assert.deepEqual(await created, [server]);
  assert.match(server.id, /^[0-9a-f-]{36}$/);
  assert.equal(server.closed, false);
  assert.deepEqual(server.appData, { foo: 'bar' });

  const dump = await server.dump();
  assert.equal(dump.id, server.id);
  assert.equal(dump.udpSockets.length, 1);
  assert.equal(dump.tcpServers.length, 1);
  assert.equal(dump.udpSockets[0]?.ip, '127.0.0.1');
  assert.ok(dump.udpSockets[0].port >= 20000 && dump.udpSockets[0].port <= 29999);
  assert.deepEqual(dump.webRtcTransportIds, []);
  assert.deepEqual(dump.localIceUsernameFragments, []);
  assert.deepEqual((await worker.dump()).webRtcServerIds, [server.id]);
  server.close();
  assert.deepEqual((await worker.dump()).webRtcServerIds, []);
});

test('its transports are told its ports, UDP and TCP', real, async () => {
  const webRtcServer = await create();
  const handled = once(webRtcServer.observer, 'webrtctransporthandled');
  const first = await router.createWebRtcTransport({ webRtcServer });
  const second = await router.createWebRtcTransport({ webRtcServer });
  const dump = await webRtcServer.dump();

  assert.deepEqual(await handled, [first]);
  for (const transport of [first, second]) {
    assert.deepEqual(
      transport.iceCandidates.map(({ protocol, port, tcpType }) => ({ protocol, port, tcpType })),
      [
        { protocol: 'udp', port: dump.udpSockets[0]?.port, tcpType: undefined },
        { protocol: 'tcp', port: dump.tcpServers[0]?.port, tcpType: 'passive' },
      ],
    );
  }
  assert.deepEqual(new Set(dump.webRtcTransportIds), new Set([first.id, second.id]));
  assert.deepEqual(
    dump.localIceUsernameFragments.find(({ webRtcTransportId }) => webRtcTransportId === first.id),
    {
      localIceUsernameFragment: first.iceParameters.usernameFragment,
      webRtcTransportId: first.id,
    },
  );
  webRtcServer.close();
});

test('protocols can be preferred and switched off', real, async () => {
  const webRtcServer = await create();
  const told = async (options: object): Promise<string[]> => {
    const transport = await router.createWebRtcTransport({ webRtcServer, ...options });

    return transport.iceCandidates
      .sort((a, b) => b.priority - a.priority)
      .map(({ protocol }) => protocol);
  };

  assert.deepEqual(await told({}), ['udp', 'tcp']);
  assert.deepEqual(await told({ preferTcp: true }), ['tcp', 'udp']);
  assert.deepEqual(await told({ enableTcp: false }), ['udp']);
  assert.deepEqual(await told({ enableUdp: false }), ['tcp']);
  await assert.rejects(told({ enableUdp: false, enableTcp: false }), TypeError);
  webRtcServer.close();
});

test('clients of all threads connect through the one port', real, async () => {
  const webRtcServer = await create();
  const transports = await Promise.all(
    [1, 2, 3, 4].map(() => router.createWebRtcTransport({ webRtcServer })),
  );

  for (const transport of transports) {
    const selected = once(transport, 'iceselectedtuplechange');
    await selectPath(transport);
    await selected;
    assert.equal(transport.iceSelectedTuple?.localPort, transport.iceCandidates[0]?.port);
  }
  webRtcServer.close();
});

test('closing closes its transports and frees the ports', real, async () => {
  const webRtcServer = await create();
  const transport = await router.createWebRtcTransport({ webRtcServer });
  const other = await router.createWebRtcTransport({ listenInfos: [udp] });
  const events: string[] = [];

  transport.on('listenserverclose', () => events.push('listenserverclose'));
  transport.observer.on('close', () => events.push('transport close'));
  webRtcServer.observer.on('webrtctransportunhandled', unhandled => {
    assert.equal(unhandled, transport);
    events.push('unhandled');
  });
  webRtcServer.observer.on('close', () => events.push('close'));
  const { udpSockets, tcpServers } = await webRtcServer.dump();
  webRtcServer.close();
  webRtcServer.close();

  assert.equal(webRtcServer.closed, true);
  assert.equal(transport.closed, true);
  assert.equal(transport.iceState, 'closed');
  assert.equal(other.closed, false);
  assert.deepEqual(events, ['listenserverclose', 'transport close', 'unhandled', 'close']);
  assert.deepEqual((await router.dump()).transportIds, [other.id]);
  await assert.rejects(webRtcServer.dump(), errors.NotFoundError);
  await assert.rejects(router.createWebRtcTransport({ webRtcServer }), errors.NotFoundError);
  await worker.dump(); // The threads have closed their sockets.
  await udpPortIsFree(udpSockets[0]!.port);
  await tcpPortIsFree(tcpServers[0]!.port);
  other.close();
});

test('a transport or router that closes leaves the server', real, async () => {
  const webRtcServer = await create();
  const another = await worker.createRouter({ mediaCodecs });
  const first = await router.createWebRtcTransport({ webRtcServer });
  const second = await another.createWebRtcTransport({ webRtcServer });
  const unhandled: types.WebRtcTransport[] = [];

  webRtcServer.observer.on('webrtctransportunhandled', transport => unhandled.push(transport));
  first.close();
  assert.deepEqual(unhandled, [first]);
  another.close();
  assert.deepEqual(unhandled, [first, second]);
  const dump = await webRtcServer.dump();
  assert.deepEqual(dump.webRtcTransportIds, []);
  assert.deepEqual(dump.localIceUsernameFragments, []);
  webRtcServer.close();
  assert.deepEqual(unhandled, [first, second]);
});

test('a port in use rejects, and so do wrong arguments', real, async () => {
  const first = await create([udp]);
  const port = (await first.dump()).udpSockets[0]!.port;

  await assert.rejects(create([{ ...udp, port }]), {
    name: 'Error',
    reason: 'resource_unavailable',
    path: 'params.listenInfos[0].port',
  });
  first.close();

  const wrong: object[] = [
    {},
    { listenInfos: 'NOT-AN-ARRAY' },
    { listenInfos: [] },
    { listenInfos: [{ protocol: 'foo', ip: '127.0.0.1' }] },
    { listenInfos: [{ protocol: 'udp', ip: 'chicken' }] },
    { listenInfos: [udp], appData: 'NOT-AN-OBJECT' },
  ];

  for (const options of wrong) {
    await assert.rejects(
      worker.createWebRtcServer(options as types.WebRtcServerOptions),
      TypeError,
      JSON.stringify(options),
    );
  }
});

test('a transport has one place to listen', real, async () => {
  const webRtcServer = await create();

  for (const options of [
    { webRtcServer, listenInfos: [udp] },
    { webRtcServer, listenIps: ['127.0.0.1'] },
    { webRtcServer: undefined },
  ]) {
    await assert.rejects(
      router.createWebRtcTransport(options as unknown as types.WebRtcTransportOptions),
      TypeError,
    );
  }
  webRtcServer.close();
});

test('a worker that closes tells its servers', real, async () => {
  const closing = await createWorker({ workers: 1 });
  const server = await closing.createWebRtcServer({ listenInfos: [udp] });
  const told: string[] = [];

  server.on('workerclose', () => told.push('workerclose'));
  server.observer.on('close', () => told.push('close'));
  closing.close();
  assert.equal(server.closed, true);
  assert.deepEqual(told, ['workerclose', 'close']);
});

async function udpPortIsFree(port: number): Promise<void> {
  const socket = createSocket('udp4');

  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  socket.close();
}

async function tcpPortIsFree(port: number): Promise<void> {
  const listener = createServer().listen(port, '127.0.0.1');

  await once(listener, 'listening');
  listener.close();
}
