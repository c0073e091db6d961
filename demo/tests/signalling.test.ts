// The room server's signalling, against a real sluice process.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DemoServer } from '../server/demo_server.js';
import { CLOSE_MEDIA_LOST, CLOSE_REPLACED } from '../shared/protocol.js';
import { DTLS_PARAMETERS, opus, vp8 } from './offered.js';
import { Client, startServer } from './server_fixture.js';

let server: DemoServer;

before(async () => {
  server = await startServer();
});

after(async () => {
  await server.close();
});

async function publish(client: Client, ssrc: number) {
  const transport = await client.request('createTransport', { direction: 'send' });
  const { producerId } = await client.request('produce', {
    transportId: transport.id,
    kind: 'video',
    source: 'camera',
    paused: false,
    rtpParameters: vp8(ssrc),
  });
  return { transport, producerId };
}

test('those in a room learn who comes and who leaves', async () => {
  const ada = await Client.join(server, '  Ada \n Lovelace ', 'arrivals');
  const bob = await Client.join(server, 'Bob', 'arrivals');
  assert.deepEqual(ada.joined.peers, []);
  assert.deepEqual(bob.joined.peers.map(({ name }) => name), ['Ada Lovelace']);
  assert.equal((await ada.client.next('peerJoined')).peer.name, 'Bob');
  await bob.client.request('leave', {});
  assert.equal((await ada.client.next('peerLeft')).peerId, bob.joined.peerId);
  ada.client.socket.close(1000);
});

test('rooms do not see each other', async () => {
  const ada = await Client.join(server, 'Ada', 'one');
  const bob = await Client.join(server, 'Bob', 'two');
  assert.deepEqual(bob.joined.peers, []);
  ada.client.socket.close(1000);
  bob.client.socket.close(1000);
});

test('a published track is announced, paused, resumed and removed', async () => {
  const ada = await Client.join(server, 'Ada', 'tracks');
  const bob = await Client.join(server, 'Bob', 'tracks');
  const { producerId, transport } = await publish(ada.client, 1000);
  assert.equal(transport.iceParameters.iceLite, true);
  assert.ok(transport.iceCandidates.some(({ address, protocol }) => address === '127.0.0.1' && protocol === 'udp'));
  await ada.client.request('connectTransport', { transportId: transport.id, dtlsParameters: DTLS_PARAMETERS });
  const { producer } = await bob.client.next('producerAdded');
  assert.deepEqual(producer, { id: producerId, kind: 'video', source: 'camera', paused: false });
  await ada.client.request('pauseProducer', { producerId });
  assert.equal((await bob.client.next('producerPaused')).producerId, producerId);
  await ada.client.request('resumeProducer', { producerId });
  assert.equal((await bob.client.next('producerResumed')).producerId, producerId);
  await ada.client.request('closeProducer', { producerId });
  assert.equal((await bob.client.next('producerRemoved')).producerId, producerId);
  ada.client.socket.close(1000);
  bob.client.socket.close(1000);
});

test('a track can be consumed, and asking again gives the same consumer', async () => {
  const ada = await Client.join(server, 'Ada', 'consume');
  const { producerId } = await publish(ada.client, 2000);
  const bob = await Client.join(server, 'Bob', 'consume');
  assert.deepEqual(bob.joined.peers[0]?.producers.map(({ id }) => id), [producerId]);
  const { id: transportId } = await bob.client.request('createTransport', { direction: 'receive' });
  const consumer = await bob.client.request('consume', { transportId, producerId });
  assert.equal(consumer.kind, 'video');
  assert.deepEqual(consumer.rtpParameters.codecs.map(({ mimeType }) => mimeType), ['video/VP8', 'video/rtx']);
  await bob.client.request('resumeConsumer', { consumerId: consumer.id });
  assert.equal((await bob.client.request('consume', { transportId, producerId })).id, consumer.id);
  await assert.rejects(ada.client.request('consume', { transportId, producerId }), /not_found/);
  ada.client.socket.close(1000);
  bob.client.socket.close(1000);
});

test('a publisher learns what is watched, once more after its WebSocket was away, and a page chooses its layer', async () => {
  const ada = await Client.join(server, 'Ada', 'watched');
  const { producerId } = await publish(ada.client, 5000);
  assert.deepEqual(await ada.client.next('wantedEncodings'), { producerId, wanted: [false] });
  const bob = await Client.join(server, 'Bob', 'watched');
  const { id: transportId } = await bob.client.request('createTransport', { direction: 'receive' });
  const { id: consumerId } = await bob.client.request('consume', { transportId, producerId });
  await bob.client.request('setPreferredLayer', { consumerId, spatialLayer: 0 });
  await assert.rejects(bob.client.request('setPreferredLayer', { consumerId, spatialLayer: -1 }), /bad_request/);
  await assert.rejects(ada.client.request('setPreferredLayer', { consumerId, spatialLayer: 0 }), /not_found/);
  ada.client.socket.terminate();
  const again = await Client.connect(server, 'watched');
  const { rtpCapabilities } = await again.request('hello', {});
  await again.request('join', { name: 'Ada', rtpCapabilities, resumeToken: ada.joined.resumeToken });
  assert.deepEqual(await again.next('wantedEncodings'), { producerId, wanted: [false] });
  again.socket.close(1000);
  bob.client.socket.close(1000);
});

test('a source is published once: the new producer replaces the one before', async () => {
  const ada = await Client.join(server, 'Ada', 'replace');
  const bob = await Client.join(server, 'Bob', 'replace');
  const { producerId, transport } = await publish(ada.client, 3000);
  const again = { transportId: transport.id, kind: 'video' as const, source: 'camera' as const, paused: true, rtpParameters: vp8(3100) };
  await ada.client.request('produce', again);
  assert.equal((await bob.client.next('producerRemoved')).producerId, producerId);
  assert.equal((await bob.client.next('producerAdded')).producer.paused, true);
  ada.client.socket.close(1000);
  bob.client.socket.close(1000);
});

test('a data channel is announced, can be consumed by others, and is replaced by the next of its label', async () => {
  const ada = await Client.join(server, 'Ada', 'channels');
  const bob = await Client.join(server, 'Bob', 'channels');
  const { id: transportId, sctpParameters } = await ada.client.request('createTransport', { direction: 'send' });
  assert.equal(sctpParameters.port, 5000);
  const open = (streamId: number) =>
    ada.client.request('produceData', { transportId, label: 'chat', sctpStreamParameters: { streamId, ordered: true } });
  const { dataProducerId } = await open(0);
  assert.deepEqual((await bob.client.next('channelAdded')).channel, { id: dataProducerId, label: 'chat' });
  const receiving = await bob.client.request('createTransport', { direction: 'receive' });
  const consumer = await bob.client.request('consumeData', { transportId: receiving.id, dataProducerId });
  assert.equal(consumer.label, 'chat');
  assert.equal((await bob.client.request('consumeData', { transportId: receiving.id, dataProducerId })).id, consumer.id);
  await assert.rejects(ada.client.request('consumeData', { transportId, dataProducerId }), /not_found/);
  const next = await open(1);
  assert.equal((await bob.client.next('channelRemoved')).channelId, dataProducerId);
  assert.equal((await bob.client.next('channelAdded')).channel.id, next.dataProducerId);
  ada.client.socket.close(1000);
  bob.client.socket.close(1000);
});

test('ICE restarts with new credentials', async () => {
  const { client } = await Client.join(server, 'Ada', 'restart');
  const { id, iceParameters } = await client.request('createTransport', { direction: 'send' });
  const restarted = await client.request('restartIce', { transportId: id });
  assert.notEqual(restarted.iceParameters.usernameFragment, iceParameters.usernameFragment);
  client.socket.close(1000);
});

test('a peer that vanishes is removed after the grace period', async () => {
  const ada = await Client.join(server, 'Ada', 'vanish');
  const bob = await Client.join(server, 'Bob', 'vanish');
  bob.client.socket.terminate();
  assert.equal((await ada.client.next('peerLeft')).peerId, bob.joined.peerId);
  ada.client.socket.close(1000);
});

test('a peer that returns in time keeps its place and its tracks', async () => {
  const ada = await Client.join(server, 'Ada', 'return');
  const { producerId } = await publish(ada.client, 4000);
  ada.client.socket.terminate();
  const again = await Client.connect(server, 'return');
  const { rtpCapabilities } = await again.request('hello', {});
  const joined = await again.request('join', { name: 'Ada', rtpCapabilities, resumeToken: ada.joined.resumeToken });
  assert.equal(joined.resumed, true);
  assert.equal(joined.peerId, ada.joined.peerId);
  await again.request('pauseProducer', { producerId });
  const stranger = await Client.connect(server, 'return');
  const fresh = await stranger.request('join', { name: 'Eve', rtpCapabilities, resumeToken: 'made up' });
  assert.equal(fresh.resumed, false);
  assert.notEqual(fresh.peerId, joined.peerId);
  again.socket.close(1000);
  stranger.socket.close(1000);
});

test('the same membership continued elsewhere closes the older socket', async () => {
  const ada = await Client.join(server, 'Ada', 'elsewhere');
  const again = await Client.connect(server, 'elsewhere');
  const { rtpCapabilities } = await again.request('hello', {});
  await again.request('join', { name: 'Ada', rtpCapabilities, resumeToken: ada.joined.resumeToken });
  assert.equal(await ada.client.closed(), CLOSE_REPLACED);
  const { id } = await again.request('createTransport', { direction: 'send' });
  assert.ok(id);
  again.socket.close(1000);
});

test('requests in the wrong state or about the things of others are refused', async () => {
  const ada = await Client.join(server, 'Ada', 'refusals');
  const { producerId, transport } = await publish(ada.client, 5000);
  const visitor = await Client.connect(server, 'refusals');
  await assert.rejects(visitor.request('createTransport', { direction: 'send' }), /not_joined/);
  const bob = await Client.join(server, 'Bob', 'refusals');
  await assert.rejects(bob.client.request('pauseProducer', { producerId }), /not_found/);
  await assert.rejects(bob.client.request('restartIce', { transportId: transport.id }), /not_found/);
  const wrongKind = { transportId: transport.id, kind: 'audio' as const, source: 'microphone' as const, paused: false, rtpParameters: { ...opus(6000), codecs: [] } };
  await assert.rejects(ada.client.request('produce', wrongKind), /bad_request/);
  const unknownCodec = { ...wrongKind, rtpParameters: { ...opus(6000), codecs: [{ ...opus(1).codecs[0]!, mimeType: 'audio/none' }] } };
  await assert.rejects(ada.client.request('produce', unknownCodec), /rejected/);
  [ada.client, bob.client, visitor].forEach(({ socket }) => socket.close(1000));
});

for (const text of ['', '{', '[]', '{"id":1}', '{"id":-1,"method":"hello"}', '{"id":"1","method":"hello","params":{}}']) {
  test(`a message that is no request closes the socket: ${text}`, async () => {
    const client = await Client.connect(server, 'noise');
    client.socket.send(text);
    assert.equal(await client.closed(), 1008);
  });
}

test('binary and oversized messages close the socket', async () => {
  const binary = await Client.connect(server, 'noise');
  binary.socket.send(Buffer.from([1, 2, 3]));
  assert.equal(await binary.closed(), 1008);
  const large = await Client.connect(server, 'noise');
  large.socket.send(' '.repeat(300 * 1024));
  assert.equal(await large.closed(), 1009);
});

test('unknown methods and wrong parameters are answered with an error', async () => {
  const client = await Client.connect(server, 'errors');
  const ask = client.request.bind(client) as (method: string, params: unknown) => Promise<unknown>;
  await assert.rejects(ask('constructor', {}), /bad_request/);
  await assert.rejects(ask('join', { name: '   ', rtpCapabilities: { codecs: [] } }), /bad_request/);
  await assert.rejects(ask('join', { name: 'Ada', rtpCapabilities: null }), /bad_request/);
  await assert.rejects(ask('createTransport', { direction: 'sideways' }), /bad_request/);
  assert.ok((await client.request('hello', {})).rtpCapabilities.codecs?.length);
  client.socket.close(1000);
});

test('a WebSocket from another site or without a room is refused', async () => {
  await assert.rejects(Client.connect(server, 'test', { origin: 'https://elsewhere.example' }), /400/);
  await assert.rejects(Client.connect(server, ''), /400/);
  await assert.rejects(Client.connect(server, 'No_Such'), /400/);
});

test('rooms close with their last visitor', async () => {
  const own = await startServer(0);
  const { client } = await Client.join(own, 'Ada', 'short');
  assert.equal(own.rooms.size, 1);
  client.socket.close(1000);
  while (own.rooms.size > 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await own.close();
});

test('when the sluice process dies pages are told, and the next visitor gets a new one', async () => {
  const own = await startServer();
  const { client } = await Client.join(own, 'Ada');
  const { pid } = await own.rooms.worker();
  process.kill(pid, 'SIGKILL');
  assert.equal(await client.closed(), CLOSE_MEDIA_LOST);
  const { client: again } = await Client.join(own, 'Ada');
  assert.notEqual((await own.rooms.worker()).pid, pid);
  again.socket.close(1000);
  await own.close();
});
