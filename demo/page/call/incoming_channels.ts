// The data channels of the others: one data consumer for each, no more and no fewer.
import type { DataConsumer } from 'mediasoup-client/types';
import type { ChannelLabel } from '../../shared/protocol.js';
import { Emitter } from './emitter.js';
import type { Link } from './link.js';
import type { RemoteChannel } from './roster.js';
import { SignallingError, type Signalling } from './signalling.js';

interface IncomingEvents {
  message: { peerId: string; label: ChannelLabel; data: string | ArrayBuffer };
  /** Nothing more comes this way. */
  closed: { peerId: string; label: ChannelLabel };
}

interface Incoming {
  channel: RemoteChannel;
  /** Undefined while it is being set up. */
  consumer: DataConsumer | undefined;
}

export class IncomingChannels extends Emitter<IncomingEvents> {
  /** By data producer. */
  readonly #incoming = new Map<string, Incoming>();
  #link: Link | undefined;

  constructor(private readonly signalling: Signalling) {
    super();
  }

  /** How many deliver. */
  get openCount(): number {
    return [...this.#incoming.values()].filter(({ consumer }) => consumer?.readyState === 'open').length;
  }

  /** From now on over this transport; those of the one before are gone. */
  start(link: Link): void {
    this.#incoming.forEach((incoming) => this.#drop(incoming));
    this.#link = link;
  }

  sync(channels: RemoteChannel[]): void {
    const wanted = new Set(channels.map(({ id }) => id));
    for (const incoming of [...this.#incoming.values()]) {
      if (!wanted.has(incoming.channel.id)) {
        this.#drop(incoming);
      }
    }
    for (const channel of channels) {
      if (this.#link !== undefined && !this.#incoming.has(channel.id)) {
        void this.#consume(this.#link, channel);
      }
    }
  }

  async #consume(link: Link, channel: RemoteChannel): Promise<void> {
    const incoming: Incoming = { channel, consumer: undefined };
    this.#incoming.set(channel.id, incoming);
    try {
      const info = await this.signalling.request('consumeData', { transportId: link.transport.id, dataProducerId: channel.id });
      const consumer = await link.transport.consumeData(info);
      if (this.#incoming.get(channel.id) !== incoming) {
        consumer.close();
        return;
      }
      incoming.consumer = consumer;
      consumer.binaryType = 'arraybuffer';
      const { peerId, label } = channel;
      consumer.on('message', (data: string | ArrayBuffer) => this.emit('message', { peerId, label, data }));
    } catch (error) {
      this.#onFailure(incoming, error);
    }
  }

  #drop({ channel, consumer }: Incoming): void {
    this.#incoming.delete(channel.id);
    consumer?.close();
    this.emit('closed', channel);
  }

  /** The channel may be gone, or the connection: the next `sync` tries again if it still matters. */
  #onFailure(incoming: Incoming, error: unknown): void {
    if (this.#incoming.get(incoming.channel.id) === incoming) {
      this.#incoming.delete(incoming.channel.id);
    }
    if (!(error instanceof SignallingError && (error.code === 'offline' || error.code === 'not_found'))) {
      console.warn('could not open a data channel:', error);
    }
  }
}
