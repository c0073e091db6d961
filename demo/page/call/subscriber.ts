// What this page receives: one consumer for each producer of the others, no more and no fewer.
import type { Consumer } from 'mediasoup-client/types';
import type { ConsumerInfo, ProducerInfo } from '../../shared/protocol.js';
import type { Link } from './link.js';
import { SignallingError, type Signalling } from './signalling.js';
import { layerFor, layersOf } from './video_layers.js';

/** A tile that is being resized asks no more often. */
const LAYER_MS = 300;

export class Subscriber {
  /** By producer; 'pending' while it is being set up. */
  readonly #consumers = new Map<string, Consumer | 'pending'>();
  /** By consumer: the layer that was asked for. */
  readonly #layers = new WeakMap<Consumer, number>();
  /** By producer: of how many lines of the screen it is shown in. */
  readonly #lines = new Map<string, number>();
  #link: Link | undefined;
  #asking: number | undefined;

  constructor(
    private readonly signalling: Signalling,
    private readonly onChange: () => void,
  ) {}

  consumer(producerId: string): Consumer | undefined {
    const consumer = this.#consumers.get(producerId);
    return consumer === 'pending' ? undefined : consumer;
  }

  /** A video is shown in so many lines of the screen: from now on the layer that fits is received. */
  showAt(producerId: string, lines: number): void {
    this.#lines.set(producerId, lines);
    const consumer = this.consumer(producerId);
    if (consumer === undefined || this.#layers.get(consumer) === this.#layerOf(consumer)) {
      return;
    }
    if (!this.#layers.has(consumer)) {
      this.#askForLayer(consumer);
      return;
    }
    this.#asking ??= window.setTimeout(() => {
      this.#asking = undefined;
      this.#askForLayers();
    }, LAYER_MS);
  }

  /** From now on over this transport; consumers of the one before are gone. */
  start(link: Link): void {
    this.#link = link;
    this.#consumers.clear();
  }

  /** Consumes what is new among the others' producers and drops what is gone. */
  sync(producers: ProducerInfo[]): void {
    const wanted = new Set(producers.map(({ id }) => id));
    for (const [producerId, consumer] of this.#consumers) {
      if (!wanted.has(producerId) && consumer !== 'pending') {
        consumer.close();
        this.#consumers.delete(producerId);
        this.#lines.delete(producerId);
      }
    }
    if (this.#link === undefined) {
      return;
    }
    const fresh = [...wanted].filter((producerId) => !this.#consumers.has(producerId));
    if (fresh.length > 0) {
      void this.#consumeAll(this.#link, fresh);
    }
  }

  /** The room server was away and may have missed that consumers are ready. */
  resumeAll(): void {
    for (const consumer of this.#consumers.values()) {
      if (consumer !== 'pending') {
        void this.signalling.request('resumeConsumer', { consumerId: consumer.id }).catch(() => undefined);
        this.#layers.delete(consumer);
      }
    }
    this.#askForLayers();
  }

  #layerOf(consumer: Consumer): number {
    const [encoding] = consumer.rtpParameters.encodings ?? [];
    return layerFor(layersOf(encoding?.scalabilityMode), this.#lines.get(consumer.producerId) ?? Infinity);
  }

  #askForLayers(): void {
    for (const consumer of this.#consumers.values()) {
      if (consumer !== 'pending' && this.#layers.get(consumer) !== this.#layerOf(consumer)) {
        this.#askForLayer(consumer);
      }
    }
  }

  #askForLayer(consumer: Consumer): void {
    const spatialLayer = this.#layerOf(consumer);
    this.#layers.set(consumer, spatialLayer);
    if (consumer.kind === 'video') {
      void this.signalling.request('setPreferredLayer', { consumerId: consumer.id, spatialLayer }).catch(() => undefined);
    }
  }

  /** Those that are new together are negotiated together: one round for the browser, whatever their number. */
  async #consumeAll(link: Link, producerIds: string[]): Promise<void> {
    producerIds.forEach((producerId) => this.#consumers.set(producerId, 'pending'));
    const transportId = link.transport.id;
    const infos = await Promise.all(
      producerIds.map((producerId) =>
        this.signalling.request('consume', { transportId, producerId }).catch((error) => {
          this.#onFailure(link, producerId, error);
        }),
      ),
    );
    await Promise.all(infos.map((info) => info && this.#start(link, info)));
  }

  async #start(link: Link, { id, producerId, kind, rtpParameters }: ConsumerInfo): Promise<void> {
    try {
      const consumer = await link.transport.consume({ id, producerId, kind, rtpParameters });
      if (link !== this.#link) {
        return;
      }
      this.#consumers.set(producerId, consumer);
      this.onChange();
      await this.signalling.request('resumeConsumer', { consumerId: id });
    } catch (error) {
      this.#onFailure(link, producerId, error);
    }
  }

  /** The producer may be gone, or the connection: the next `sync` tries again if it still matters. */
  #onFailure(link: Link, producerId: string, error: unknown): void {
    if (link === this.#link && this.#consumers.get(producerId) === 'pending') {
      this.#consumers.delete(producerId);
    }
    if (!(error instanceof SignallingError && (error.code === 'offline' || error.code === 'not_found'))) {
      console.warn('could not receive a track:', error);
    }
  }
}
