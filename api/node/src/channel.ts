import type { Readable, Writable } from 'node:stream';
import { WorkerClosedError } from './errors.js';
import { LineReader } from './line_reader.js';
import { Logger } from './logger.js';
import { withoutNulls } from './nulls.js';
import { toError, type RpcErrorObject } from './rpc_error.js';

const logger = new Logger('Channel');

type Pending = {
  method: string;
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
};

type Message = {
  id?: number | string | null;
  method?: string;
  params?: NotificationParams;
  result?: unknown;
  error?: RpcErrorObject;
};

/** What a notification says; among it the id of the object it is about. */
export type NotificationParams = Record<string, unknown>;

/** Called with the notification's method ("object.event"). */
export type NotificationListener = (method: string, params: NotificationParams) => void;

/** The most specific id names the object that a notification is about. */
const idFields = ['rtpObserverId', 'consumerId', 'dataConsumerId', 'producerId', 'transportId', 'routerId'];

/** What the object with this id is subscribed by: two routers may have a producer of the same id. */
export function addressOf(id: string, routerId?: string): string {
  return routerId === undefined ? id : `${routerId}/${id}`;
}

/** JSON-RPC 2.0 with one sluice process: one message a line, both ways. */
export class Channel {
  readonly #input: Writable;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, NotificationListener>();
  #nextId = 1;
  #closed = false;
  #corked = false;

  /** `input` is what the process reads, `output` what it writes. */
  constructor(input: Writable, output: Readable) {
    const lines = new LineReader(line => this.#handleLine(line));

    this.#input = input;
    output.on('data', (chunk: Buffer) => lines.push(chunk));
    output.on('end', () => lines.flush());
    // The end of the process is told by the process; here an error only explains it.
    output.on('error', error => logger.debug(`reading from the process failed: ${error.message}`));
    input.on('error', error => logger.debug(`writing to the process failed: ${error.message}`));
  }

  /** Rejects with what the process says, or with WorkerClosedError once closed. */
  async request<Result>(method: string, params: object = {}): Promise<Result> {
    if (this.#closed) {
      throw new WorkerClosedError(`${method}: the worker is closed`);
    }

    const id = this.#nextId++;
    const line = JSON.stringify({ jsonrpc: '2.0', id, method, params: withoutNulls(params) });

    logger.debug(`request ${id} ${method}`);
    this.#input.write(`${line}\n`);

    return new Promise<Result>((resolve, reject) => {
      this.#pending.set(id, { method, resolve: resolve as (result: unknown) => void, reject });
    });
  }

  /** Sends a request whose answer does not matter. */
  send(method: string, params: object = {}): void {
    this.request(method, params).catch((error: Error) => logger.debug(`ignored: ${error.message}`));
  }

  /** Tells the process something that it does not answer. Throws WorkerClosedError once closed. */
  notify(method: string, params: object): void {
    if (this.#closed) {
      throw new WorkerClosedError(`${method}: the worker is closed`);
    }

    const line = JSON.stringify({ jsonrpc: '2.0', method, params: withoutNulls(params) });

    this.#cork();
    this.#input.write(`${line}\n`);
  }

  /** The notifications about the object with this address go to this listener. */
  subscribe(address: string, listener: NotificationListener): void {
    this.#listeners.set(address, listener);
  }

  unsubscribe(address: string): void {
    this.#listeners.delete(address);
  }

  /** Ends the input of the process and rejects everything that waits for an answer. */
  close(): void {
    if (this.#closed) return;

    this.#closed = true;
    this.#input.end();
    this.#listeners.clear();

    for (const { method, reject } of this.#pending.values()) {
      reject(new WorkerClosedError(`${method}: the worker closed before it answered`));
    }

    this.#pending.clear();
  }

  /** What the application tells in one go is written together. */
  #cork(): void {
    if (this.#corked) return;

    this.#corked = true;
    this.#input.cork();
    process.nextTick(() => this.#uncork());
  }

  #uncork(): void {
    this.#corked = false;
    this.#input.uncork();
  }

  #handleLine(line: string): void {
    if (this.#closed) return;

    const message = parse(line);

    if (!message) {
      logger.error(`ignoring what is not a JSON-RPC message: ${line.slice(0, 200)}`);
    } else if (message.method !== undefined) {
      this.#handleNotification(message.method, message.params ?? {});
    } else {
      this.#handleResponse(message);
    }
  }

  #handleResponse({ id, result, error }: Message): void {
    const pending = typeof id === 'number' ? this.#pending.get(id) : undefined;

    if (!pending) {
      logger.error(`ignoring a response to no request [id:${id}] ${error?.message ?? ''}`);
      return;
    }

    this.#pending.delete(id as number);

    if (error) {
      logger.warn(`request ${id} ${pending.method} failed: ${error.message}`);
      pending.reject(toError(pending.method, error));
    } else {
      pending.resolve(result);
    }
  }

  /**
   * A response resolves a promise, so its receiver runs in a microtask. A
   * notification that follows it waits for the next turn of the event loop:
   * otherwise it would overtake the response and find no listener.
   */
  #handleNotification(method: string, params: NotificationParams): void {
    const field = idFields.find(name => typeof params[name] === 'string');
    const routerId = field === 'producerId' ? (params['routerId'] as string) : undefined;
    const id = field && addressOf(params[field] as string, routerId);

    setImmediate(() => {
      const listener = id === undefined ? undefined : this.#listeners.get(id);

      if (listener) {
        listener(method, params);
      } else {
        logger.debug(`no listener for the notification ${method} [id:${id}]`);
      }
    });
  }
}

function parse(line: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(line);
    const isObject = typeof message === 'object' && message !== null && !Array.isArray(message);

    return isObject ? (message as Message) : undefined;
  } catch {
    return undefined;
  }
}
