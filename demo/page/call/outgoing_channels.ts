// The data channels that this page sends on, both reliable and ordered. After a failure they are made anew.
import type { DataProducer } from 'mediasoup-client/types';
import type { ChannelLabel } from '../../shared/protocol.js';
import type { Link } from './link.js';

const LABELS: ChannelLabel[] = ['chat', 'files'];
/** While more than this waits in the browser, `drained` waits until it is down to the lower mark. */
const HIGH_WATER = 1024 * 1024;
const LOW_WATER = 256 * 1024;

export class OutgoingChannels {
  readonly #channels = new Map<ChannelLabel, DataProducer>();
  #link: Link | undefined;

  /** From now on over this transport; the channels of the one before are gone. */
  async start(link: Link): Promise<void> {
    this.#link = link;
    this.#channels.clear();
    await this.repeat();
  }

  /** Opens what is not open yet: the room server was away and may not have heard of it. */
  async repeat(): Promise<void> {
    const link = this.#link;
    for (const label of LABELS.filter((wanted) => !this.#channels.has(wanted))) {
      const channel = await link?.transport.produceData({ label, ordered: true });
      if (channel === undefined || link !== this.#link) {
        return;
      }
      channel.bufferedAmountLowThreshold = LOW_WATER;
      this.#channels.set(label, channel);
    }
  }

  /** False if the channel is not open: then nothing is sent, now or later. */
  send(label: ChannelLabel, data: string | Uint8Array<ArrayBuffer>): boolean {
    const channel = this.#channels.get(label);
    if (channel?.readyState !== 'open') {
      return false;
    }
    channel.send(data);
    return true;
  }

  /** Resolves once the browser has sent most of what waits there, or the channel is gone. */
  drained(label: ChannelLabel): Promise<void> {
    const channel = this.#channels.get(label);
    if (channel?.readyState !== 'open' || channel.bufferedAmount <= HIGH_WATER) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      channel.once('bufferedamountlow', resolve);
      channel.observer.once('close', resolve);
    });
  }
}
