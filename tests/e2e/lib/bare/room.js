// A router and whoever sends through it, without the demo and without any signalling protocol: clients in Node call these
// methods, pages POST the same calls to the web server that also hands out the page.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const SDK = new URL('../../../../api/node/dist/index.js', import.meta.url);
const PAGE = fileURLToPath(new URL('page.js', import.meta.url));
const HTML = '<!doctype html><title>sluice</title><script type="module" src="/page.js"></script>';
const CALLS = new Set(['capabilities', 'createTransport', 'connect', 'produce', 'consume', 'produceData', 'consumeData']);

const mediaCodecs = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48000, channels: 2 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90000 },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
  { kind: 'video', mimeType: 'video/VP9', clockRate: 90000, parameters: { 'profile-id': 0 } },
  { kind: 'video', mimeType: 'video/AV1', clockRate: 90000 },
];

export class BareRoom {
  transports = new Map();
  producers = new Map();
  consumers = new Map();
  dataProducers = new Map();
  dataConsumers = new Map();
  /** Ids of data consumers whose buffer was full, once each time. */
  overflows = [];

  /**
   * `address` is where transports listen; `transportOptions` go to each; `worker` is that of another room, which closes it;
   * `moreCodecs` go to the router.
   */
  static async open({ workers = 2, address = '127.0.0.1', transportOptions = {}, worker, moreCodecs = [] } = {}) {
    const room = new BareRoom();
    const { createWorker } = await import(SDK);
    room.address = address;
    room.transportOptions = transportOptions;
    room.worker = worker ?? (await createWorker({ logLevel: 'warn', workers }));
    room.isGuest = worker !== undefined;
    room.router = await room.worker.createRouter({ mediaCodecs: [...mediaCodecs, ...moreCodecs] });
    await room.#serve();
    return room;
  }

  async close() {
    this.server.closeAllConnections();
    this.server.close();
    if (this.isGuest) return;
    const gone = new Promise((resolve) => this.worker.on('subprocessclose', resolve));
    this.worker.close();
    await gone;
  }

  /** The UDP port of the client at the other end. */
  remotePort(transportId) {
    return this.transports.get(transportId).iceSelectedTuple.remotePort;
  }

  capabilities() {
    return this.router.rtpCapabilities;
  }

  async createTransport() {
    const transport = await this.router.createWebRtcTransport({
      listenInfos: [{ protocol: 'udp', ip: this.address }],
      ...this.transportOptions,
    });
    this.transports.set(transport.id, transport);
    const { id, iceParameters, iceCandidates, dtlsParameters, sctpParameters } = transport;
    return { id, iceParameters, iceCandidates, dtlsParameters, sctpParameters };
  }

  async connect({ transportId, dtlsParameters }) {
    await this.transports.get(transportId).connect({ dtlsParameters });
    return {};
  }

  async produce({ transportId, kind, rtpParameters }) {
    const producer = await this.transports.get(transportId).produce({ kind, rtpParameters });
    this.producers.set(producer.id, producer);
    return { id: producer.id };
  }

  async consume({ transportId, ...options }) {
    const consumer = await this.transports.get(transportId).consume(options);
    this.consumers.set(consumer.id, consumer);
    const { id, producerId, kind, rtpParameters } = consumer;
    return { id, producerId, kind, rtpParameters };
  }

  async produceData({ transportId, label, sctpStreamParameters }) {
    const dataProducer = await this.transports.get(transportId).produceData({ label, sctpStreamParameters });
    this.dataProducers.set(dataProducer.id, dataProducer);
    return { id: dataProducer.id };
  }

  async consumeData({ transportId, dataProducerId, ...options }) {
    const dataConsumer = await this.transports.get(transportId).consumeData({ dataProducerId, ...options });
    this.dataConsumers.set(dataConsumer.id, dataConsumer);
    dataConsumer.on('sctpsendbufferfull', () => this.overflows.push(dataConsumer.id));
    const { id, sctpStreamParameters, label, protocol } = dataConsumer;
    return { id, dataProducerId, sctpStreamParameters, label, protocol };
  }

  async #serve() {
    const options = { entryPoints: [PAGE], bundle: true, write: false, format: 'esm', define: { global: 'globalThis' }, logLevel: 'error' };
    const [script] = (await build(options)).outputFiles;
    this.server = createServer((request, response) => {
      if (request.method === 'POST') {
        void this.#answer(request, response);
      } else if (request.url === '/page.js') {
        response.setHeader('content-type', 'text/javascript').end(script.text);
      } else {
        response.setHeader('content-type', 'text/html').end(HTML);
      }
    });
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://localhost:${this.server.address().port}`;
  }

  async #answer(request, response) {
    try {
      let body = '';
      for await (const text of request.setEncoding('utf8')) {
        body += text;
      }
      const { method, params } = JSON.parse(body);
      response.end(JSON.stringify(CALLS.has(method) ? await this[method](params) : undefined));
    } catch (error) {
      response.writeHead(500).end(String(error.message));
    }
  }
}
