/** PlainTransport, with the real process. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createWorker, errors, extras, type types } from 'sluice';
import { real } from './processes.js';
import { audioOptions, mediaCodecs } from './rtp_fixtures.js';
import { receiverReport, rtpPacket, UdpEndpoint } from './udp_endpoint.js';

const listenInfo = { protocol: 'udp' as const, ip: '127.0.0.1' };
const keyOfGcm256 = 'YTdjcDBvY2JoMGY5YXNlNDc0eDJsdGgwaWRvNnJsamRrdG16aWVpZHphdHo=';
let worker: types.Worker;
let router: types.Router;

if (!real.skip) {
  before(async () => {
    worker = await createWorker({ rtcMinPort: 20000, rtcMaxPort: 29999 });
    router = await worker.createRouter({ mediaCodecs });
  });
  after(() => worker.close());
}

async function create(options: object = {}): Promise<types.PlainTransport> {
  return router.createPlainTransport({ listenInfo, ...options });
}

test('a new transport says where it listens', real, async () => {
  const created = extras.enhancedOnce(router.observer, 'newtransport');
  const transport = await create({ appData: { foo: 'bar' } });

  assert.deepEqual(await created, [transport]);
  assert.equal(transport.type, 'plain');
  assert.equal(transport.closed, false);
  assert.deepEqual(transport.appData, { foo: 'bar' });
  const { localPort } = transport.tuple;
  assert.ok(localPort >= 20000 && localPort <= 29999);
  assert.deepEqual(transport.tuple, {
    localIp: '127.0.0.1',
    localAddress: '127.0.0.1',
    localPort,
    protocol: 'udp',
  });
  assert.equal(transport.rtcpTuple, undefined);
  assert.equal(transport.srtpParameters, undefined);
  assert.equal(transport.sctpParameters, undefined);
  assert.equal(transport.sctpState, undefined);
  assert.equal(transport.sctpNegotiatedCapabilities, undefined);
  transport.close();
});

test('listenIp is still understood', real, async () => {
  const { tuple } = await router.createPlainTransport({ listenIp: '127.0.0.1' });
  const announced = await router.createPlainTransport({
    listenIp: { ip: '127.0.0.1', announcedIp: '9.9.9.1' },
  });

  assert.equal(tuple.localAddress, '127.0.0.1');
  assert.equal(announced.tuple.localAddress, '9.9.9.1');
});

test('an rtcpListenInfo overrules rtcpMux', real, async () => {
  const transport = await create({ rtcpMux: true, rtcpListenInfo: listenInfo });
  const dump = await transport.dump();

  assert.equal(dump.rtcpMux, false);
  assert.notEqual(transport.rtcpTuple?.localPort, transport.tuple.localPort);
  assert.deepEqual(dump.rtcpTuple, transport.rtcpTuple);
  const sibling = await create({ rtcpMux: false });
  assert.equal(sibling.rtcpTuple?.localAddress, '127.0.0.1');
});

test('wrong arguments reject with TypeError', real, async () => {
  const wrong: object[] = [
    {},
    { listenIp: '123' },
    { listenIp: ['127.0.0.1'] },
    { listenIp: '127.0.0.1', listenInfo },
    { listenInfo: { protocol: 'tcp', ip: '127.0.0.1' } },
    { listenInfo: { ...listenInfo, portRange: { min: 4000, max: 3000 } } },
    { listenInfo, rtcpListenInfo: { protocol: 'udp' } },
    { listenInfo, appData: 'NOT-AN-OBJECT' },
    { listenInfo, comedia: 'yes' },
    { listenInfo, enableSrtp: true, srtpCryptoSuite: 'ROT13' },
  ];

  for (const options of wrong) {
    await assert.rejects(
      router.createPlainTransport(options as types.PlainTransportOptions),
      TypeError,
      JSON.stringify(options),
    );
  }
  await assert.rejects(router.createPlainTransport({ listenIp: '8.8.8.8' }), {
    name: 'Error',
    reason: 'resource_unavailable',
  });
});

test('connect() says where the endpoint is, once', real, async () => {
  const transport = await create({ rtcpMux: false });
  const remote = { ip: '1.2.3.4', port: 1234, rtcpPort: 1235 };

  await assert.rejects(transport.connect({ ip: '1.2.3.4', port: 1234 }), TypeError);
  assert.equal(await transport.connect(remote), undefined);
  await assert.rejects(transport.connect(remote), { name: 'Error', reason: 'invalid_state' });
  assert.equal(transport.tuple.remoteIp, '1.2.3.4');
  assert.equal(transport.tuple.remotePort, 1234);
  assert.equal(transport.rtcpTuple?.remotePort, 1235);
  const [stats] = await transport.getStats();
  assert.deepEqual(stats?.tuple, transport.tuple);
  assert.deepEqual(stats.rtcpTuple, transport.rtcpTuple);
  transport.close();
});

test('connect() with wrong arguments rejects with TypeError and can be repeated', real, async () => {
  const transport = await create();
  const wrong: object[] = [
    {},
    { ip: '127.0.0.1' },
    { port: 1234 },
    { ip: '::::1234', port: 1234 },
    { ip: '127.0.0.1', port: 1234, rtcpPort: 1235 },
    { ip: '127.0.0.1', port: 65536 },
    {
      ip: '127.0.0.1',
      port: 1234,
      srtpParameters: { cryptoSuite: 'AEAD_AES_256_GCM', keyBase64: keyOfGcm256 },
    },
  ];

  for (const argument of wrong) {
    await assert.rejects(transport.connect(argument), TypeError, JSON.stringify(argument));
  }
  await transport.connect({ ip: '127.0.0.1', port: 1234 });
  transport.close();
});

test('SRTP takes the suite of the endpoint, whose key must have its length', real, async () => {
  const transport = await create({ enableSrtp: true });
  const remote = { ip: '127.0.0.2', port: 9999 };
  const wrong: unknown[] = [
    undefined,
    1,
    { keyBase64: keyOfGcm256 },
    { cryptoSuite: 'AEAD_AES_256_GCM' },
    { cryptoSuite: 'FOO', keyBase64: keyOfGcm256 },
    { cryptoSuite: 'AEAD_AES_256_GCM', keyBase64: [] },
    { cryptoSuite: 'AEAD_AES_256_GCM', keyBase64: '!' },
    { cryptoSuite: 'AEAD_AES_128_GCM', keyBase64: keyOfGcm256 },
  ];

  assert.equal(transport.srtpParameters?.cryptoSuite, 'AES_CM_128_HMAC_SHA1_80');
  assert.equal(transport.srtpParameters.keyBase64.length, 40);
  for (const srtpParameters of wrong) {
    await assert.rejects(
      transport.connect({ ...remote, srtpParameters: srtpParameters as types.SrtpParameters }),
      TypeError,
      JSON.stringify(srtpParameters),
    );
  }
  await transport.connect({
    ...remote,
    srtpParameters: { cryptoSuite: 'AEAD_AES_256_GCM', keyBase64: keyOfGcm256 },
  });
  assert.equal(transport.srtpParameters.cryptoSuite, 'AEAD_AES_256_GCM');
  assert.equal(transport.srtpParameters.keyBase64.length, 60);
  assert.deepEqual((await transport.dump()).srtpParameters, transport.srtpParameters);
  transport.close();
});

test('with comedia connect() brings the keys alone', real, async () => {
  const transport = await create({ enableSrtp: true, comedia: true });
  const srtpParameters = { cryptoSuite: 'AEAD_AES_256_GCM' as const, keyBase64: keyOfGcm256 };

  await assert.rejects(transport.connect({ ip: '127.0.0.1', srtpParameters }), TypeError);
  await transport.connect({ srtpParameters });
  assert.equal(transport.srtpParameters?.cryptoSuite, 'AEAD_AES_256_GCM');
  assert.equal(transport.tuple.remoteIp, undefined);
  transport.close();
});

test('comedia tells by events whom it has learnt', real, async () => {
  const endpoint = await UdpEndpoint.create();
  const transport = await create({ comedia: true, rtcpMux: false });
  const events: unknown[] = [];
  const learnt = Promise.all([
    extras.enhancedOnce(transport, 'tuple'),
    extras.enhancedOnce(transport, 'rtcptuple'),
  ]);

  transport.observer.on('tuple', tuple => events.push(tuple));
  transport.observer.on('rtcptuple', tuple => events.push(tuple));
  endpoint.send(transport.tuple.localPort, rtpPacket(1, 1));
  endpoint.send(transport.rtcpTuple!.localPort, receiverReport(1));
  const [[tuple], [rtcpTuple]] = await learnt;

  assert.deepEqual(transport.tuple, tuple);
  assert.deepEqual(transport.rtcpTuple, rtcpTuple);
  assert.equal(transport.tuple.remoteIp, '127.0.0.1');
  assert.equal(transport.tuple.remotePort, endpoint.port);
  assert.equal(transport.rtcpTuple?.remotePort, endpoint.port);
  assert.equal(events.length, 2);
  transport.close();
  endpoint.close();
});

test('media goes from endpoint to endpoint', real, async () => {
  const [sender, receiver] = [await UdpEndpoint.create(), await UdpEndpoint.create()];
  const from = await create({ comedia: true });
  const to = await create();

  await to.connect({ ip: '127.0.0.1', port: receiver.port });
  const options = audioOptions();
  const producer = await from.produce(options);
  const { rtpCapabilities } = router;
  const consumer = await to.consume({ producerId: producer.id, rtpCapabilities });
  const received = receiver.receiveRtp();
  const ssrc = options.rtpParameters.encodings?.[0]?.ssrc as number;

  // The consumer is created on another thread, some time after the answer.
  await to.getStats();
  sender.send(from.tuple.localPort, rtpPacket(ssrc, 1));
  const packet = await received;
  assert.equal(packet.readUInt32BE(8), consumer.rtpParameters.encodings?.[0]?.ssrc);
  const [stats] = await from.getStats();
  assert.ok(stats!.rtpBytesReceived >= 20);
  from.close();
  to.close();
  sender.close();
  receiver.close();
});

test('dump() and getStats() have what their types say', real, async () => {
  const transport = await create();
  const dump = await transport.dump();
  const [stats, ...others] = await transport.getStats();

  assert.deepEqual(others, []);
  assert.equal(dump.id, transport.id);
  assert.equal(dump.rtcpMux, true);
  assert.equal(dump.comedia, false);
  assert.deepEqual(dump.tuple, transport.tuple);
  assert.deepEqual(dump.producerIds, []);
  assert.deepEqual(dump.rtpListener, { ssrcTable: [], midTable: [], ridTable: [] });
  assert.equal(stats?.type, 'plain-rtp-transport');
  assert.equal(stats.transportId, transport.id);
  assert.equal(stats.rtcpMux, true);
  assert.equal(stats.comedia, false);
  assert.equal(stats.rtpBytesReceived, 0);
  assert.deepEqual(stats.tuple, transport.tuple);
  transport.close();
  await assert.rejects(transport.dump(), errors.NotFoundError);
  await assert.rejects(transport.getStats(), errors.NotFoundError);
  await assert.rejects(transport.connect({ ip: '127.0.0.1', port: 1 }), errors.NotFoundError);
});
