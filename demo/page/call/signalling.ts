// The WebSocket to the room server: requests with answers, events, and reconnecting when it breaks.
import {
  CLOSE_REPLACED,
  type ErrorCode,
  type EventName,
  type Events,
  type Method,
  type Methods,
} from '../../shared/protocol.js';
import { Emitter } from './emitter.js';

const REQUEST_TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 300;
const LAST_RETRY_MS = 5_000;

export class SignallingError extends Error {
  constructor(
    readonly code: ErrorCode | 'offline' | 'timeout',
    message: string,
  ) {
    super(message);
  }
}

interface SignallingEvents {
  /** A WebSocket is open; the page joins (again). */
  open: undefined;
  /** It broke; another attempt follows. */
  lost: undefined;
  /** The server will not have us back on this socket: the call goes on in another tab. */
  replaced: undefined;
  event: { [E in EventName]: { event: E; data: Events[E] } }[EventName];
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
  timer: number;
}

export class Signalling extends Emitter<SignallingEvents> {
  readonly #url: string;
  readonly #pending = new Map<number, Pending>();
  #socket: WebSocket | undefined;
  #nextId = 1;
  #retryMs = FIRST_RETRY_MS;
  #retry: number | undefined;
  #stopped = false;

  constructor(room: string) {
    super();
    const url = new URL('/signalling', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.searchParams.set('room', room);
    this.#url = url.href;
    addEventListener('online', this.#retryNow);
  }

  connect(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#retryMs = FIRST_RETRY_MS;
      this.emit('open', undefined);
    });
    socket.addEventListener('message', ({ data }) => this.#onMessage(String(data)));
    socket.addEventListener('close', ({ code }) => this.#onClose(socket, code));
  }

  request<M extends Method>(method: M, params: Methods[M]['params']): Promise<Methods[M]['result']> {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) {
      return Promise.reject(new SignallingError('offline', 'not connected to the room server'));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = window.setTimeout(() => {
        this.#settle(id)?.reject(new SignallingError('timeout', `no answer to ${method}`));
      }, REQUEST_TIMEOUT_MS);
      this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject, timer });
      socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Says goodbye; nothing is emitted after this. */
  close(): void {
    this.#stopped = true;
    removeEventListener('online', this.#retryNow);
    clearTimeout(this.#retry);
    this.#socket?.close(1000, 'left');
    this.#rejectAll();
  }

  /** Breaks the WebSocket as a failing network would. */
  interrupt(): void {
    this.#socket?.close(4000, 'interrupted');
  }

  readonly #retryNow = (): void => {
    if (this.#retry !== undefined) {
      clearTimeout(this.#retry);
      this.#retry = undefined;
      this.connect();
    }
  };

  #onMessage(text: string): void {
    const message = JSON.parse(text);
    if ('event' in message) {
      this.emit('event', message);
      return;
    }
    const pending = this.#settle(message.id);
    if (message.ok) {
      pending?.resolve(message.result);
    } else {
      pending?.reject(new SignallingError(message.error.code, message.error.message));
    }
  }

  #onClose(socket: WebSocket, code: number): void {
    if (this.#stopped || socket !== this.#socket) {
      return;
    }
    this.#rejectAll();
    if (code === CLOSE_REPLACED) {
      this.#stopped = true;
      this.emit('replaced', undefined);
      return;
    }
    this.#retry = window.setTimeout(this.#retryNow, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
    this.emit('lost', undefined);
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    clearTimeout(pending?.timer);
    this.#pending.delete(id);
    return pending;
  }

  #rejectAll(): void {
    for (const id of [...this.#pending.keys()]) {
      this.#settle(id)?.reject(new SignallingError('offline', 'the connection to the room server broke'));
    }
  }
}
