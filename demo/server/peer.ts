// One member of a room and everything sluice holds for it.
import { randomUUID } from 'node:crypto';
import type { types } from 'sluice';
import type { ChannelInfo, ChannelLabel, Direction, EventName, Events, PeerInfo, ProducerInfo, Source } from '../shared/protocol.js';
import { RequestError } from './request_error.js';

/** Where a peer's events go; undefined while its WebSocket is away. */
export interface EventSink {
  send<E extends EventName>(event: E, data: Events[E]): void;
}

export class Peer {
  readonly id = randomUUID();
  readonly resumeToken = randomUUID();
  sink: EventSink | undefined;
  closed = false;
  readonly #transports = new Map<Direction, types.WebRtcTransport>();
  readonly #producers = new Map<string, { producer: types.Producer; source: Source }>();
  readonly #consumers = new Map<string, types.Consumer>();
  readonly #dataProducers = new Map<ChannelLabel, types.DataProducer>();
  readonly #dataConsumers = new Map<string, types.DataConsumer>();

  constructor(
    public name: string,
    public rtpCapabilities: types.RtpCapabilities,
  ) {}

  info(): PeerInfo {
    return { id: this.id, name: this.name, producers: this.producers(), channels: this.channels() };
  }

  producers(): ProducerInfo[] {
    return [...this.#producers.values()].map(({ producer, source }) => ({
      id: producer.id,
      kind: producer.kind,
      source,
      paused: producer.paused,
    }));
  }

  channels(): ChannelInfo[] {
    return [...this.#dataProducers].map(([label, { id }]) => ({ id, label }));
  }

  /** A new transport of a direction replaces the one before (the page starts over after a failure). */
  addTransport(direction: Direction, transport: types.WebRtcTransport): void {
    this.#transports.get(direction)?.close();
    this.#transports.set(direction, transport);
  }

  transport(id: string): types.WebRtcTransport {
    const found = [...this.#transports.values()].find((transport) => transport.id === id && !transport.closed);
    if (found === undefined) {
      throw new RequestError('not_found', 'this peer has no such transport');
    }
    return found;
  }

  /** A source is published once: a new producer takes the place of the one before. */
  closeSource(source: Source): void {
    for (const entry of [...this.#producers.values()]) {
      if (entry.source === source) {
        entry.producer.close();
      }
    }
  }

  /** `onClosed` runs once the producer is gone, whoever closed it. */
  addProducer(producer: types.Producer, source: Source, onClosed: () => void): void {
    this.#producers.set(producer.id, { producer, source });
    producer.on('wantedlayerschange', () => this.#tellWanted(producer));
    producer.observer.on('close', () => {
      this.#producers.delete(producer.id);
      onClosed();
    });
  }

  /** Once more: what was told while its WebSocket was away is lost. */
  tellWantedEncodings(): void {
    this.#producers.forEach(({ producer }) => this.#tellWanted(producer));
  }

  producer(id: string): types.Producer {
    const found = this.#producers.get(id);
    if (found === undefined) {
      throw new RequestError('not_found', 'this peer has no such producer');
    }
    return found.producer;
  }

  consumerOf(producerId: string): types.Consumer | undefined {
    return [...this.#consumers.values()].find((consumer) => consumer.producerId === producerId);
  }

  addConsumer(consumer: types.Consumer): void {
    this.#consumers.set(consumer.id, consumer);
    consumer.observer.on('close', () => this.#consumers.delete(consumer.id));
  }

  consumer(id: string): types.Consumer {
    const found = this.#consumers.get(id);
    if (found === undefined) {
      throw new RequestError('not_found', 'this peer has no such consumer');
    }
    return found;
  }

  /** There is one channel of a label: a new one takes the place of the one before. */
  closeChannel(label: ChannelLabel): void {
    this.#dataProducers.get(label)?.close();
  }

  /** `onClosed` runs once the channel is gone, whoever closed it. */
  addChannel(label: ChannelLabel, dataProducer: types.DataProducer, onClosed: () => void): void {
    this.#dataProducers.set(label, dataProducer);
    dataProducer.observer.on('close', () => {
      if (this.#dataProducers.get(label) === dataProducer) {
        this.#dataProducers.delete(label);
      }
      onClosed();
    });
  }

  dataConsumerOf(dataProducerId: string): types.DataConsumer | undefined {
    return this.#dataConsumers.get(dataProducerId);
  }

  addDataConsumer(dataConsumer: types.DataConsumer): void {
    this.#dataConsumers.set(dataConsumer.dataProducerId, dataConsumer);
    dataConsumer.observer.on('close', () => this.#dataConsumers.delete(dataConsumer.dataProducerId));
  }

  /** Only video: sound is listened to by the room itself, for who speaks. */
  #tellWanted({ id: producerId, kind, rtpParameters, wantedLayers }: types.Producer): void {
    if (kind === 'video') {
      const wanted = rtpParameters.encodings!.map((_, index) => wantedLayers?.encodings[index]?.wanted === true);
      this.sink?.send('wantedEncodings', { producerId, wanted });
    }
  }

  close(): void {
    this.closed = true;
    this.sink = undefined;
    for (const transport of this.#transports.values()) {
      transport.close();
    }
    this.#transports.clear();
  }
}
