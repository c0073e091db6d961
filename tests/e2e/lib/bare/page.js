// The client that runs in a page, with mediasoup-client. Tests call globalThis.client; arguments and results are JSON.
import { Device } from 'mediasoup-client';
import { sendRed } from './red.js';
import { Receipt, sendNumbered } from './traffic.js';

const LOW_WATER = 256 * 1024;

class PageClient {
  #device;
  #send;
  #receive;
  #producers = new Map();
  #consumers = new Map();
  #frames = new Map();
  #channels = new Map();
  #receipts = new Map();
  #red;

  /** `dtlsRole` 'server': what sends waits for our hello in place of sending its own (only Chromium can be told). */
  async join({ dtlsRole = 'client' } = {}) {
    this.#device = await Device.factory();
    await this.#device.load({ routerRtpCapabilities: await call('capabilities') });
    this.#send = await this.#transport('createSendTransport', dtlsRole === 'server' ? 'client' : 'auto');
    this.#receive = await this.#transport('createRecvTransport', 'auto');
  }

  /**
   * Sends the fake camera (in this codec, such as video/H264, and these encodings) or microphone; returns the producer's id.
   * `startBitrate`, kbit/s: what is sent before the first estimate, for tests that do not wait for it to rise.
   */
  async produce(kind, mimeType, encodings, { width = 640, height = 360, frameRate = 15, startBitrate } = {}) {
    const stream = await navigator.mediaDevices.getUserMedia(
      kind === 'audio' ? { audio: true } : { video: { width, height, frameRate: { ideal: frameRate, max: frameRate } } },
    );
    const codec = this.#device.sendRtpCapabilities.codecs.find((candidate) => candidate.mimeType === mimeType);
    const producer = await this.#send.produce({
      track: stream.getTracks()[0],
      ...(codec && { codec }),
      ...(encodings && { encodings }),
      ...(startBitrate && { codecOptions: { videoGoogleStartBitrate: startBitrate } }),
    });
    this.#producers.set(producer.id, producer);
    return producer.id;
  }

  /** Turns encodings on and off: those with these indices stay. */
  async keepEncodings(producerId, kept) {
    const { rtpSender } = this.#producers.get(producerId);
    const parameters = rtpSender.getParameters();
    parameters.encodings.forEach((encoding, index) => (encoding.active = kept.includes(index)));
    await rtpSender.setParameters(parameters);
  }

  /** Sends the microphone as Opus in RED, which mediasoup-client itself does not. */
  async produceRed() {
    this.#red = sendRed();
    return this.produce('audio');
  }

  /**
   * Receives, and plays where nobody looks; returns the consumer's id. `without` (a MIME type) is not received, the other
   * options are the router's.
   */
  async consume(producerId, { without, ...options } = {}) {
    const all = this.#device.recvRtpCapabilities;
    const rtpCapabilities = { ...all, codecs: all.codecs.filter(({ mimeType }) => mimeType !== without) };
    const parameters = { transportId: this.#receive.id, producerId, rtpCapabilities, ...options };
    const consumer = await this.#receive.consume(await call('consume', parameters));
    const player = document.createElement(consumer.kind);
    player.srcObject = new MediaStream([consumer.track]);
    player.muted = consumer.kind === 'video';
    document.body.append(player);
    void player.play();
    this.#consumers.set(producerId, consumer);
    if (consumer.kind === 'video') this.#frames.set(producerId, logOfFrames(player));
    return consumer.id;
  }

  /** Frames that each encoding was sent: {rid: count}; without rids under ''. */
  async framesSent(producerId) {
    const sent = {};
    (await this.#producers.get(producerId).getStats()).forEach((entry) => {
      if (entry.type === 'outbound-rtp') sent[entry.rid ?? ''] = entry.framesSent;
    });
    return sent;
  }

  /** Frames that the camera gave to be sent. */
  async framesCaptured(producerId) {
    let frames = 0;
    (await this.#producers.get(producerId).getStats()).forEach((entry) => {
      if (entry.type === 'media-source') frames = entry.frames;
    });
    return frames;
  }

  /** The pictures that were shown since the last time: [{time, width}], and what the clock says now. Milliseconds. */
  shown(producerId) {
    return { now: performance.now(), frames: this.#frames.get(producerId).splice(0) };
  }

  unproduce(producerId) {
    this.#producers.get(producerId).track.stop();
    this.#producers.get(producerId).close();
    this.#consumers.get(producerId)?.close();
  }

  unconsume(producerId) {
    this.#consumers.get(producerId).close();
  }

  /** The inbound-rtp statistics. */
  async received(producerId) {
    let found;
    (await this.#consumers.get(producerId).getStats()).forEach((entry) => {
      found = entry.type === 'inbound-rtp' ? entry : found;
    });
    return found;
  }

  /** Returns the id of the data producer. `options` are those of transport.produceData(). */
  async publish(label, options) {
    const producer = await this.#send.produceData({ label, ...options });
    producer.bufferedAmountLowThreshold = LOW_WATER;
    if (producer.readyState !== 'open') {
      await new Promise((resolve) => producer.once('open', resolve));
    }
    this.#channels.set(label, producer);
    return producer.id;
  }

  async subscribe(dataProducerId, label, options = {}) {
    const transportId = this.#receive.id;
    const consumer = await this.#receive.consumeData(await call('consumeData', { transportId, dataProducerId, ...options }));
    const receipt = new Receipt();
    consumer.binaryType = 'arraybuffer';
    consumer.on('message', (data) => receipt.add(data));
    this.#receipts.set(label, receipt);
    if (consumer.readyState !== 'open') {
      await new Promise((resolve) => consumer.once('open', resolve));
    }
    return consumer.id;
  }

  /** Resolves once everything is with the channel. */
  async send(label, plan) {
    const producer = this.#channels.get(label);
    await sendNumbered(
      {
        send: (data) => producer.send(data),
        get bufferedAmount() {
          return producer.bufferedAmount;
        },
        drained: () => new Promise((resolve) => producer.once('bufferedamountlow', resolve)),
      },
      plan,
    );
  }

  sendEmpty(label) {
    this.#channels.get(label).send('');
    this.#channels.get(label).send(new ArrayBuffer(0));
  }

  unpublish(label) {
    this.#channels.get(label).close();
  }

  receipt(label) {
    return this.#receipts.get(label).report();
  }

  /** Ids of the transports to send and to receive on. */
  transportIds() {
    return [this.#send.id, this.#receive.id];
  }

  /** Their 'transport' statistics. */
  async transports() {
    const found = [];
    for (const transport of [this.#send, this.#receive]) {
      (await transport.getStats()).forEach((entry) => entry.type === 'transport' && found.push(entry));
    }
    return found;
  }

  async #transport(create, role) {
    const info = await call('createTransport');
    const transport = this.#device[create]({ ...info, dtlsParameters: { ...info.dtlsParameters, role } });
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      call('connect', { transportId: transport.id, dtlsParameters }).then(done, failed);
    });
    transport.on('produce', ({ kind, rtpParameters }, done, failed) => {
      const sent = this.#red && kind === 'audio' ? this.#red.parametersOf(rtpParameters) : rtpParameters;
      call('produce', { transportId: transport.id, kind, rtpParameters: sent }).then(done, failed);
    });
    transport.on('producedata', ({ sctpStreamParameters, label }, done, failed) => {
      call('produceData', { transportId: transport.id, sctpStreamParameters, label }).then(done, failed);
    });
    return transport;
  }
}

function logOfFrames(player) {
  const frames = [];
  const note = (time, { width }) => {
    frames.push({ time, width });
    player.requestVideoFrameCallback(note);
  };
  player.requestVideoFrameCallback(note);
  return frames;
}

async function call(method, params = {}) {
  const response = await fetch('/call', { method: 'POST', body: JSON.stringify({ method, params }) });
  if (!response.ok) {
    throw new Error(`${method}: ${await response.text()}`);
  }
  return response.json();
}

globalThis.client = new PageClient();
