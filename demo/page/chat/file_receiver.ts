// The files that one other person sends: put together piece by piece, and acknowledged.
import { MAX_FILE_BYTES, type FileMessage, type Piece } from './file_messages.js';

const ACKNOWLEDGE_EVERY = 128 * 1024;

/** What becomes of the file that is arriving. */
export interface IncomingFile {
  readonly number: number;
  readonly name: string;
  readonly size: number;
  received: number;
}

export interface ReceiverEvents {
  began(file: IncomingFile): void;
  progressed(file: IncomingFile): void;
  complete(file: IncomingFile, content: Blob): void;
  /** Cancelled, or a piece is missing. */
  failed(file: IncomingFile): void;
}

export class FileReceiver {
  #file: IncomingFile | undefined;
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #acknowledged = 0;

  /** `answer` sends to the person `from`. */
  constructor(
    private readonly from: string,
    private readonly answer: (message: FileMessage) => void,
    private readonly events: ReceiverEvents,
  ) {}

  begin({ file: number, name, size }: Extract<FileMessage, { type: 'begin' }>): void {
    this.abandon();
    if (size > MAX_FILE_BYTES) {
      this.answer({ type: 'refuse', to: this.from, file: number });
      return;
    }
    this.#file = { number, name, size, received: 0 };
    this.events.began(this.#file);
    this.#advance(this.#file);
  }

  /** Pieces come in order, each right after the one before. */
  add({ file: number, offset, bytes }: Piece): void {
    const file = this.#file;
    if (file?.number !== number) {
      return;
    }
    if (offset !== file.received || offset + bytes.length > file.size) {
      this.answer({ type: 'refuse', to: this.from, file: number });
      this.abandon();
      return;
    }
    this.#pieces.push(bytes);
    file.received += bytes.length;
    this.#advance(file);
  }

  cancel(number: number): void {
    if (this.#file?.number === number) {
      this.abandon();
    }
  }

  /** What has arrived so far is of no use. */
  abandon(): void {
    const file = this.#file;
    this.#reset();
    if (file !== undefined) {
      this.events.failed(file);
    }
  }

  #advance(file: IncomingFile): void {
    const complete = file.received === file.size;
    if (complete || file.received - this.#acknowledged >= ACKNOWLEDGE_EVERY) {
      this.#acknowledged = file.received;
      this.answer({ type: 'have', to: this.from, file: file.number, bytes: file.received });
      this.events.progressed(file);
    }
    if (complete) {
      // Whatever it is, the browser shall save it and not open it.
      const content = new Blob(this.#pieces, { type: 'application/octet-stream' });
      this.#reset();
      this.events.complete(file, content);
    }
  }

  #reset(): void {
    this.#file = undefined;
    this.#pieces = [];
    this.#acknowledged = 0;
  }
}
