// Drives a mediasoup worker for sluice-load: --driver 'node mediasoup-driver.mjs'. Needs the npm package mediasoup.
import { createInterface } from 'node:readline';
import * as mediasoup from 'mediasoup';

const peers = new Map(); // id → { transports, producers, receiver }
let worker, router, dtlsParameters;

async function start(params) {
  dtlsParameters = params.dtlsParameters;
  worker = await mediasoup.createWorker();
  router = await worker.createRouter({ mediaCodecs: params.mediaCodecs });
  return { pid: worker.pid };
}

async function makeTransport(peerId, sends) {
  const transport = await router.createWebRtcTransport({ listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }] });
  await transport.connect({ dtlsParameters });
  const { ip, port } = transport.iceCandidates[0];
  const id = `${peerId}-${sends ? 'up' : 'down'}`;
  const { iceParameters } = transport;
  return { transport, connection: { id, peerId, sends, ip, port, iceParameters, dtlsParameters: transport.dtlsParameters } };
}

async function consume(peerId, producer, receive) {
  const { receiver, rtpCapabilities } = peers.get(peerId);
  const consumer = await receiver.consume({ producerId: producer.id, rtpCapabilities });
  receive.push({ connectionId: `${peerId}-down`, streamId: producer.appData.stream, rtpParameters: consumer.rtpParameters });
}

async function join({ peerId, publish, subscribe, rtpCapabilities }) {
  const peer = { transports: [], producers: [], receiver: undefined, rtpCapabilities };
  const connections = [];
  const receive = [];
  const others = [...peers.entries()];
  peers.set(peerId, peer);
  for (const sends of [true, false]) {
    if (sends ? publish.length === 0 : !subscribe) continue;
    const { transport, connection } = await makeTransport(peerId, sends);
    peer.transports.push(transport);
    connections.push(connection);
    if (!sends) peer.receiver = transport;
    for (const { id, kind, rtpParameters } of sends ? publish : []) {
      peer.producers.push(await transport.produce({ kind, rtpParameters, appData: { stream: id } }));
    }
  }
  for (const [otherId, other] of others) {
    for (const producer of subscribe ? other.producers : []) await consume(peerId, producer, receive);
    for (const producer of other.receiver ? peer.producers : []) await consume(otherId, producer, receive);
  }
  return { connections, receive };
}

function leave({ peerId }) {
  for (const transport of peers.get(peerId).transports) transport.close();
  peers.delete(peerId);
  return {};
}

const methods = { start, join, leave };
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  let answer;
  try {
    answer = { result: await methods[method](params) };
  } catch (error) {
    answer = { error: { code: -32000, message: String(error) } };
  }
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`);
}
worker?.close();
