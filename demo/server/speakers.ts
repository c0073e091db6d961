// Who speaks in a room: the members whose microphones sluice hears.
import type { types } from 'sluice';

/** How loud a voice is on average while it speaks; a quiet room is some 20 dB below. */
export const VOICES = { maxEntries: 50, threshold: -55, interval: 500 } as const;

export class Speakers {
  readonly #peerOf = new Map<string, string>();
  /** Of the last interval and the one before, so that a pause between words does not flicker. */
  #heard: string[] = [];
  #shown: string[] = [];

  /** `onChange` gets the ids of the peers that speak. */
  constructor(
    private readonly observer: types.AudioLevelObserver,
    private readonly onChange: (peerIds: string[]) => void,
  ) {
    observer.on('volumes', (volumes) => this.#hear(volumes.map(({ producer }) => producer.id)));
    observer.on('silence', () => this.#hear([]));
  }

  async add(producer: types.Producer, peerId: string): Promise<void> {
    this.#peerOf.set(producer.id, peerId);
    producer.observer.on('close', () => this.#peerOf.delete(producer.id));
    await this.observer.addProducer({ producerId: producer.id });
  }

  #hear(producerIds: string[]): void {
    const heard = producerIds.flatMap((id) => this.#peerOf.get(id) ?? []);
    const before = heard.length > 0 ? this.#heard : [];
    const shown = [...new Set([...heard, ...before])].sort();
    this.#heard = heard;
    if (shown.join() !== this.#shown.join()) {
      this.#shown = shown;
      this.onChange(shown);
    }
  }
}
