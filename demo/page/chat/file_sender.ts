// Sends one file to everyone who was in the room when it began, no faster than the slowest of them takes it.
import type { FileMessage, Piece } from './file_messages.js';

/** A piece with its header stays below what every browser takes as one message. */
const PIECE_BYTES = 64 * 1024 - 64;
/** So much may be on the way to the slowest: less than the room's server holds for one receiver. */
const WINDOW_BYTES = 512 * 1024;

/** How it sends. `send` is false if the channel is not open; `drained` resolves when there is room for more. */
export interface FileChannel {
  announce(message: FileMessage): boolean;
  send(piece: Piece): boolean;
  drained(): Promise<void>;
}

export type SendOutcome = 'sent' | 'cancelled' | 'failed';

export class FileSender {
  /** By receiver: how much it has. Those who leave or refuse are dropped. */
  readonly #had: Map<string, number>;
  readonly #confirmed = new Set<string>();
  #snapshot = new Map<string, number>();
  #cancelled = false;
  #broken = false;
  #wake: () => void = () => undefined;

  /** `number` is new for each file of this page. */
  constructor(
    private readonly number: number,
    private readonly file: File,
    receivers: Iterable<string>,
    private readonly channel: FileChannel,
    private readonly onProgress: () => void,
  ) {
    this.#had = new Map([...receivers].map((id) => [id, 0]));
  }

  /** How far the slowest is, 0 to 1. */
  get progress(): number {
    return this.file.size === 0 ? 0 : this.#slowest() / this.file.size;
  }

  /** How many have all of it. */
  get delivered(): number {
    return this.#confirmed.size;
  }

  async run(): Promise<SendOutcome> {
    const { number, file } = this;
    this.#broken = !this.channel.announce({ type: 'begin', file: number, name: file.name, size: file.size });
    for (let offset = 0; offset < file.size && this.#goesOn(); offset += PIECE_BYTES) {
      await this.#untilRoom(offset);
      const bytes = await this.#read(offset);
      if (this.#goesOn()) {
        this.#broken ||= bytes === undefined || !this.channel.send({ file: number, offset, bytes });
      }
    }
    while (this.#goesOn() && this.#had.size > this.#confirmed.size) {
      await this.#change();
    }
    return this.#outcome();
  }

  cancel(): void {
    this.#cancelled = true;
    this.channel.announce({ type: 'cancel', file: this.number });
    this.#wake();
  }

  onHave(receiver: string, bytes: number): void {
    const before = this.#had.get(receiver);
    if (before === undefined || bytes < before || bytes > this.file.size) {
      return;
    }
    this.#had.set(receiver, bytes);
    if (bytes === this.file.size) {
      this.#confirmed.add(receiver);
    }
    this.onProgress();
    this.#wake();
  }

  /** It left, refused or does not answer: nobody waits for it. */
  drop(receiver: string): void {
    if (!this.#confirmed.has(receiver)) {
      this.#had.delete(receiver);
    }
    this.#wake();
  }

  /** To be called now and then: drops those whom all others wait for and who got no further since the last time. */
  dropStalled(): void {
    const slowest = this.#slowest();
    for (const [receiver, bytes] of [...this.#had]) {
      if (bytes === slowest && this.#snapshot.get(receiver) === bytes) {
        this.drop(receiver);
      }
    }
    this.#snapshot = new Map(this.#had);
  }

  #goesOn(): boolean {
    return !this.#cancelled && !this.#broken && this.#had.size > 0;
  }

  #slowest(): number {
    return Math.min(...this.#had.values(), this.file.size);
  }

  async #untilRoom(offset: number): Promise<void> {
    await this.channel.drained();
    while (this.#goesOn() && offset - this.#slowest() >= WINDOW_BYTES) {
      await this.#change();
    }
  }

  /** Undefined if the file cannot be read any more. */
  async #read(offset: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return new Uint8Array(await this.file.slice(offset, offset + PIECE_BYTES).arrayBuffer());
    } catch {
      return undefined;
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  #outcome(): SendOutcome {
    if (this.#cancelled) {
      return 'cancelled';
    }
    return this.#confirmed.size > 0 && !this.#broken ? 'sent' : 'failed';
  }
}
