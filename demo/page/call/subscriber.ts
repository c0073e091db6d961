// What this page receives: one consumer for each producer of the others, no more and no fewer.
import type { Consumer } from 'mediasoup-client/types';
import type { ConsumerInfo, ProducerInfo } from '../../shared/protocol.js';
import type { Link } from './link.js';
import { SignallingError, type Signalling } from './signalling.js';

export class Subscriber {
  /** By producer; 'pending' while it is being set up. */
  readonly #consumers = new Map<string, Consumer | 'pending'>();
  #link: Link | undefined;

  constructor(
    private readonly signalling: Signalling,
    private readonly onChange: () => void,
  ) {}

  consumer(producerId: string): Consumer | undefined {
    const consumer = this.#consumers.get(producerId);
    return consumer === 'pending' ? undefined : consumer;
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
      }
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
