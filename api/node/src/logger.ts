import { DebugFilter } from './debug_filter.js';
import { EnhancedEventEmitter } from './enhanced_event_emitter.js';

/** Listeners of what the SDK and the sluice process log. */
export type LogEventListeners = {
  ondebug?: (namespace: string, log: string) => void;
  onwarn?: (namespace: string, log: string) => void;
  onerror?: (namespace: string, log: string, error?: Error) => void;
};

type LogEvents = {
  debug: [namespace: string, log: string];
  warn: [namespace: string, log: string];
  error: [namespace: string, log: string, error?: Error];
};

const filter = new DebugFilter(process.env['DEBUG'] ?? '');
let emitter: EnhancedEventEmitter<LogEvents> | undefined;

/** Replaces the listeners; without an argument nobody listens. */
export function setLogEventListeners(listeners?: LogEventListeners): void {
  emitter = listeners && new EnhancedEventEmitter<LogEvents>();

  if (listeners?.ondebug) emitter?.on('debug', listeners.ondebug);
  if (listeners?.onwarn) emitter?.on('warn', listeners.onwarn);
  if (listeners?.onerror) emitter?.on('error', listeners.onerror);
}

/**
 * Logs of one part of the SDK. They go to the listeners, and to standard error
 * where the DEBUG environment variable asks for their namespace: "sluice:Part",
 * "sluice:WARN:Part" or "sluice:ERROR:Part".
 */
export class Logger {
  readonly #debug: string;
  readonly #warn: string;
  readonly #error: string;

  constructor(part: string) {
    this.#debug = `sluice:${part}`;
    this.#warn = `sluice:WARN:${part}`;
    this.#error = `sluice:ERROR:${part}`;
  }

  debug(log: string): void {
    print(this.#debug, log);
    emitter?.safeEmit('debug', this.#debug, log);
  }

  warn(log: string): void {
    print(this.#warn, log);
    emitter?.safeEmit('warn', this.#warn, log);
  }

  error(log: string, error?: Error): void {
    print(this.#error, error ? `${log} ${error}` : log);

    // An EventEmitter throws when nobody listens to its 'error'.
    if (emitter?.listenerCount('error')) {
      emitter.safeEmit('error', this.#error, log, error);
    }
  }
}

function print(namespace: string, log: string): void {
  if (filter.matches(namespace)) {
    process.stderr.write(`${namespace} ${log}\n`);
  }
}
