// A program that sends or receives RTP, and what it prints.
import { spawn } from 'node:child_process';

export class PeerProcess {
  /** Bytes on standard output. */
  bytes = 0;
  output = '';
  errors = '';
  #process;
  #ended = false;

  /** `keepOutput`: text that the test reads; otherwise it is only counted. */
  constructor(program, parameters, { keepOutput = false } = {}) {
    this.#process = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.stdout.on('data', (data) => {
      this.bytes += data.length;
      this.output += keepOutput ? data : '';
    });
    this.#process.stderr.setEncoding('utf8').on('data', (text) => (this.errors += text));
    this.#process.once('error', (error) => this.#onEnd(error.message));
    this.#process.once('exit', (code) => this.#onEnd(`it ended with ${code}`));
  }

  /** Throws if the program is not running any more. */
  check() {
    if (this.#ended) {
      throw new Error(this.errors);
    }
  }

  async stop() {
    if (!this.#ended) {
      const gone = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.kill('SIGKILL');
      await gone;
    }
  }

  #onEnd(why) {
    this.#ended = true;
    this.errors += why;
  }
}
