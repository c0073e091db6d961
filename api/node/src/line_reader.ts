const newline = 0x0a;

/**
 * Cuts a stream of bytes into lines. A line may arrive in any number of pieces,
 * a piece may end inside a UTF-8 character, and the cost stays linear in the
 * length of the line. Empty lines are dropped.
 */
export class LineReader {
  readonly #onLine: (line: string) => void;
  #pieces: Buffer[] = [];

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let start = 0;

    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#pieces.push(chunk.subarray(start, end));
      start = end + 1;
      this.flush();
    }

    if (start < chunk.length) {
      this.#pieces.push(chunk.subarray(start));
    }
  }

  /** The stream ended: what is left is a line too. */
  flush(): void {
    const line = Buffer.concat(this.#pieces).toString('utf8').trimEnd();
    this.#pieces = [];

    if (line) {
      this.#onLine(line);
    }
  }
}
