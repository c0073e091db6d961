import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { Channel } from './channel.js';
import { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import { LineReader } from './line_reader.js';
import { Logger } from './logger.js';
import { version } from './version.js';

const logger = new Logger('Worker');

/** The exit code that says: these flags are wrong. */
const wrongSettingsCode = 42;

/** How long a process may take to answer for the first time, in ms. */
const startTimeout = 30_000;

/** How long a process that was told to end may take to do so, in ms. */
const endTimeout = 10_000;

/** How long to wait for the last output of a process that exited, in ms. */
const drainTimeout = 200;

type ProcessEvents = {
  /** It ended although nobody asked it to. */
  died: [Error];
  /** It ended and all its output was read. */
  close: [];
};

/** One sluice process: its start, its logs, its end. Its control API is `channel`. */
export class WorkerProcess extends EnhancedEventEmitter<ProcessEvents> {
  readonly channel: Channel;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lastLogs: string[] = [];
  #closing = false;
  #deathCause: Error | undefined;

  constructor(bin: string, flags: string[]) {
    super();
    logger.debug(`starting ${bin} ${flags.join(' ')}`);

    // In a process group of its own, so that the terminal's Ctrl+C reaches only
    // the application. The process ends by itself when its input does.
    this.#child = spawn(bin, flags, { stdio: 'pipe', detached: true, windowsHide: true });
    this.channel = new Channel(this.#child.stdin, this.#child.stdout);
    this.#readLogs();
    this.#watch();
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Resolves when the process answers. */
  async started(): Promise<void> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), startTimeout);

    try {
      const dump = await this.channel.request<{ version?: string }>('worker.dump');

      if (dump.version !== version) {
        logger.warn(`the process is of version ${dump.version}, this package of ${version}`);
      }
    } catch (error) {
      this.close();
      throw this.#deathCause ?? error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Asks the process to close everything and exit. Returns at once. */
  close(): void {
    if (this.#closing) return;

    this.#closing = true;
    this.channel.send('worker.close');
    this.channel.close();
    this.#killAfter(endTimeout);
  }

  #readLogs(): void {
    const lines = new LineReader(line => this.#handleLog(line));

    this.#child.stderr.on('data', (chunk: Buffer) => lines.push(chunk));
    this.#child.stderr.on('end', () => lines.flush());
  }

  /** A log line is "TIME LEVEL [TAG] TEXT"; what is not one comes from before or after logging. */
  #handleLog(line: string): void {
    this.#lastLogs.push(line);
    this.#lastLogs.splice(0, this.#lastLogs.length - 10);
    const log = `[pid:${this.pid}] ${line}`;

    const level = /^\S+ (debug|warning) /.exec(line)?.[1];

    if (level === 'debug') logger.debug(log);
    else if (level === 'warning') logger.warn(log);
    else logger.error(log);
  }

  #watch(): void {
    const child = this.#child;

    child.on('error', error => this.#handleEnd(error));
    child.once('close', (code, signal) => {
      this.#handleEnd(this.#endError(code, signal));
      this.safeEmit('close');
    });
    child.once('exit', (code, signal) => {
      // 'close' follows as soon as the output is read, unless someone inherited it.
      setTimeout(() => this.#handleEnd(this.#endError(code, signal)), drainTimeout).unref();
    });
    // A process that closed its output can answer no more: it is as good as dead.
    child.stdout.once('end', () => {
      if (!this.#closing) this.#killAfter(drainTimeout);
    });
  }

  #endError(code: number | null, signal: NodeJS.Signals | null): Error {
    const logs = this.#lastLogs.length > 0 ? `: ${this.#lastLogs.join('\n')}` : '';

    return code === wrongSettingsCode
      ? new TypeError(`wrong settings${logs}`)
      : new Error(`[pid:${this.pid}, code:${code}, signal:${signal}]${logs}`);
  }

  #handleEnd(cause: Error): void {
    if (this.#closing) return;

    logger.error('the process ended unexpectedly:', cause);
    this.#closing = true;
    this.#deathCause = cause;
    this.channel.close();
    this.safeEmit('died', cause);
  }

  #killAfter(milliseconds: number): void {
    setTimeout(() => this.#child.kill('SIGKILL'), milliseconds).unref();
  }
}
