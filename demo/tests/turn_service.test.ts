// Credentials for TURN, and when a page gets them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, readConfig } from '../server/config.js';
import { iceServersFor } from '../server/turn_service.js';
import { Client, startServer } from './server_fixture.js';

const URL = 'turn:turn.example:3478?transport=udp';

test('credentials name their expiry and are signed with the shared secret', () => {
  const turn = { urls: [URL], secret: 'north', ttlSeconds: 600 };
  // printf %s 1700000600:ada | openssl dgst -sha1 -hmac north -binary | base64
  assert.deepEqual(iceServersFor(turn, 'ada', 1_700_000_000_999), [
    { urls: [URL], username: '1700000600:ada', credential: 'PxnDSvp1YXUZ9V3JJfLv80je4zM=' },
  ]);
});

test('without a TURN service there are none', () => {
  assert.deepEqual(iceServersFor(undefined, 'ada', 0), []);
});

test('settings of a TURN service', () => {
  const { turn } = readConfig(['--turn-urls', `${URL}, turns:turn.example`], { TURN_SECRET: 'north', TURN_TTL: '60' });
  assert.deepEqual(turn, { urls: [URL, 'turns:turn.example'], secret: 'north', ttlSeconds: 60 });
  assert.equal(readConfig([], {}).turn, undefined);
  const wrong: [string[], RegExp][] = [
    [['--turn-urls', URL], /go together/],
    [['--turn-secret', 'north'], /go together/],
    [['--turn-urls', 'https://turn.example', '--turn-secret', 'north'], /turn:turn.example:3478/],
    [['--turn-urls', `${URL},`, '--turn-secret', 'north'], /turn:turn.example:3478/],
    [['--turn-urls', URL, '--turn-secret', 'north', '--turn-ttl', '0'], /turn-ttl/],
  ];
  for (const [argv, message] of wrong) {
    assert.throws(() => readConfig(argv, {}), (error) => error instanceof ConfigError && message.test(error.message));
  }
});

test('a page gets credentials of its own with each transport and each ICE restart', async () => {
  const server = await startServer(0, ['--turn-urls', URL, '--turn-secret', 'north']);
  const { client, joined } = await Client.join(server, 'Ada', 'turn');
  const { id, iceServers } = await client.request('createTransport', { direction: 'send' });
  const restarted = await client.request('restartIce', { transportId: id });
  for (const [entry] of [iceServers, restarted.iceServers]) {
    assert.deepEqual(entry?.urls, [URL]);
    const [expiry, peerId] = entry!.username.split(':');
    assert.equal(peerId, joined.peerId);
    assert.ok(Number(expiry) * 1000 > Date.now());
  }
  client.socket.close(1000);
  await server.close();
});
