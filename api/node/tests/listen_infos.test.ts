import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listenIpsToInfos, normalizeListenInfo } from '../dist/listen_infos.js';

const none = { enableUdp: true, enableTcp: true, preferUdp: false, preferTcp: false };

function protocols(options: Partial<typeof none>): string[] {
  return listenIpsToInfos(['127.0.0.1'], 0, { ...none, ...options }).map(info => info.protocol);
}

test('listenIps are listened on with every enabled protocol, UDP first', () => {
  assert.deepEqual(protocols({}), ['udp', 'tcp']);
  assert.deepEqual(protocols({ enableTcp: false }), ['udp']);
  assert.deepEqual(protocols({ enableUdp: false }), ['tcp']);
  assert.deepEqual(protocols({ preferUdp: true, preferTcp: true }), ['udp', 'tcp']);
  assert.deepEqual(protocols({ enableTcp: false, preferTcp: true }), ['udp']);
});

test('TCP comes first if it alone is preferred', () => {
  assert.deepEqual(protocols({ preferTcp: true }), ['tcp', 'udp']);
});

test('listenIps may be strings or objects, and keep their order', () => {
  const listenIps = ['10.0.0.1', { ip: '0.0.0.0', announcedIp: '1.2.3.4' }];

  assert.deepEqual(listenIpsToInfos(listenIps, 4000, { ...none, enableTcp: false }), [
    { protocol: 'udp', ip: '10.0.0.1', announcedAddress: undefined, port: 4000 },
    { protocol: 'udp', ip: '0.0.0.0', announcedAddress: '1.2.3.4', port: 4000 },
  ]);
});

test('a listenInfo keeps what it has', () => {
  const listenInfo = {
    protocol: 'tcp' as const,
    ip: '::',
    announcedAddress: 'media.example.org',
    exposeInternalIp: true,
    portRange: { min: 2000, max: 2010 },
    flags: { ipv6Only: true, udpReusePort: false },
    sendBufferSize: 1000,
    recvBufferSize: 2000,
  };

  assert.deepEqual(normalizeListenInfo(listenInfo, { min: 1, max: 2 }), listenInfo);
});

test('announcedIp becomes announcedAddress, which wins', () => {
  const udp = { protocol: 'udp' as const, ip: '0.0.0.0', announcedIp: '1.1.1.1' };

  assert.deepEqual(normalizeListenInfo(udp, undefined), {
    protocol: 'udp',
    ip: '0.0.0.0',
    announcedAddress: '1.1.1.1',
  });
  assert.equal(
    normalizeListenInfo({ ...udp, announcedAddress: '2.2.2.2' }, undefined).announcedAddress,
    '2.2.2.2',
  );
});

test('null and unknown fields are left out', () => {
  const fromJavaScript = { protocol: 'udp', ip: '127.0.0.1', announcedIp: null, note: 'x' };

  assert.deepEqual(normalizeListenInfo(fromJavaScript as never, undefined), {
    protocol: 'udp',
    ip: '127.0.0.1',
  });
});

test('the default range is for a listenInfo without port and range', () => {
  const range = { min: 10, max: 20 };
  const udp = { protocol: 'udp' as const, ip: '127.0.0.1' };
  const ports = (info: object): object => {
    const { port, portRange } = normalizeListenInfo({ ...udp, ...info }, range);

    return { port, portRange };
  };

  assert.deepEqual(ports({}), { port: undefined, portRange: range });
  assert.deepEqual(ports({ port: 0 }), { port: undefined, portRange: range });
  assert.deepEqual(ports({ portRange: { min: 0, max: 0 } }), { port: undefined, portRange: range });
  assert.deepEqual(ports({ port: 5 }), { port: 5, portRange: undefined });
  const given = { min: 3, max: 4 };
  assert.deepEqual(ports({ port: 5, portRange: given }), { port: undefined, portRange: given });
});
