import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, readConfig } from '../server/config.js';
import { listenInfos, localAddresses } from '../server/listen_infos.js';

test('without settings the server is at port 3000 and reachable at every address', () => {
  const config = readConfig([], {});
  assert.equal(config.port, 3000);
  assert.equal(config.listenIp, undefined);
  assert.equal(config.workers, undefined);
});

test('flags win over the environment', () => {
  const config = readConfig(['--port', '4000'], { PORT: '5000', WORKERS: '3', RTC_PORTS: '40000-40100' });
  assert.equal(config.port, 4000);
  assert.equal(config.workers, 3);
  assert.deepEqual(config.portRange, { min: 40000, max: 40100 });
});

test('settings that make no sense are refused with a sentence', () => {
  const wrong: [string[], RegExp][] = [
    [['--port', 'http'], /port must be a whole number/],
    [['--port', '70000'], /from 0 to 65535/],
    [['--workers', '0'], /workers/],
    [['--rtc-port', '0'], /rtc-port must/],
    [['--rtc-port', '40000', '--rtc-ports', '40000-40001'], /exclude each other/],
    [['--rtc-ports', '5000'], /40000-49999/],
    [['--rtc-ports', '5000-4000'], /40000-49999/],
    [['--log-level', 'loud'], /log-level/],
    [['--tls-cert', 'a.pem'], /go together/],
    [['--announced-address', '192.0.2.1'], /needs listen-ip/],
    [['--nonsense'], /nonsense/],
  ];
  for (const [argv, message] of wrong) {
    assert.throws(() => readConfig(argv, {}), (error) => error instanceof ConfigError && message.test(error.message));
  }
});

test('media listens on 127.0.0.1 and on every address others can reach', () => {
  const entry = (address: string, internal = false) => ({ address, internal, netmask: '', mac: '', cidr: null, family: 'IPv4' as const });
  const addresses = localAddresses({
    lo: [entry('127.0.0.1', true)],
    eth0: [entry('192.0.2.7'), entry('fe80::1'), entry('169.254.1.1'), entry('2001:db8::7')],
    wlan0: [entry('192.0.2.7')],
  });
  assert.deepEqual(addresses, ['127.0.0.1', '192.0.2.7', '2001:db8::7']);
});

test('one address for media, and what clients are told in its place', () => {
  const config = readConfig(['--listen-ip', '10.0.0.2', '--announced-address', 'call.example', '--rtc-port', '40000'], {});
  const where = { ip: '10.0.0.2', announcedAddress: 'call.example', port: 40000 };
  assert.deepEqual(listenInfos(config, ['127.0.0.1']), [{ protocol: 'udp', ...where }, { protocol: 'tcp', ...where }]);
});

test('sluice chooses the ports, from a range if there is one', () => {
  const portRange = { min: 40000, max: 40100 };
  assert.deepEqual(listenInfos(readConfig([], { RTC_PORTS: '40000-40100' }), ['127.0.0.1', '::1']), [
    { protocol: 'udp', ip: '127.0.0.1', portRange },
    { protocol: 'udp', ip: '::1', portRange },
    { protocol: 'tcp', ip: '127.0.0.1', portRange },
    { protocol: 'tcp', ip: '::1', portRange },
  ]);
  assert.deepEqual(listenInfos(readConfig([], {}), ['127.0.0.1'])[0], { protocol: 'udp', ip: '127.0.0.1' });
});
