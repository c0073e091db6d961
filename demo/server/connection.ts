// One WebSocket: reads requests, answers each, sends events. Ends the membership when the page says goodbye;
// a socket that merely broke leaves the peer a grace period to come back.
import { WebSocket, type RawData } from 'ws';
import { CLOSE_REPLACED, type EventName, type Events } from '../shared/protocol.js';
import type { Config } from './config.js';
import { parseRequest, type Request } from './messages.js';
import type { EventSink, Peer } from './peer.js';
import { handlers, type Session } from './request_handlers.js';
import { RequestError } from './request_error.js';
import type { Room } from './room.js';

/** Normal closure, going away (the tab was closed), no status. */
const GOODBYES = new Set([1000, 1001, 1005]);
const MAX_UNANSWERED = 64;
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

export class Connection implements EventSink, Session {
  peer: Peer | undefined;
  readonly sink: EventSink = this;
  #unanswered = 0;

  constructor(
    readonly socket: WebSocket,
    readonly room: Room,
    readonly config: Config,
  ) {
    room.connections += 1;
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    socket.on('close', (code) => this.#onClose(code));
    socket.on('error', () => socket.terminate());
  }

  send<E extends EventName>(event: E, data: Events[E]): void {
    this.#write({ event, data });
  }

  replace(sink: EventSink): void {
    if (sink instanceof Connection) {
      sink.peer = undefined;
      sink.socket.close(CLOSE_REPLACED, 'continued elsewhere');
    }
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (isBinary || this.#unanswered >= MAX_UNANSWERED) {
      this.socket.close(1008, isBinary ? 'text only' : 'too many requests');
      return;
    }
    try {
      const { id, request } = parseRequest(data.toString());
      void this.#answer(id, request);
    } catch {
      this.socket.close(1008, 'not a request');
    }
  }

  async #answer(id: number, request: Request | RequestError): Promise<void> {
    this.#unanswered += 1;
    try {
      if (request instanceof RequestError) {
        throw request;
      }
      this.#write({ id, ok: true, result: await dispatch(this, request) });
    } catch (error) {
      this.#write({ id, ok: false, error: readable(error) });
    } finally {
      this.#unanswered -= 1;
    }
  }

  #write(message: object): void {
    if (this.socket.readyState !== WebSocket.OPEN) {
      return;
    }
    if (this.socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.socket.terminate();
      return;
    }
    this.socket.send(JSON.stringify(message));
  }

  #onClose(code: number): void {
    this.room.connections -= 1;
    const { peer } = this;
    if (peer !== undefined && peer.sink === this) {
      peer.sink = undefined;
      if (GOODBYES.has(code)) {
        this.room.remove(peer);
      } else {
        this.room.removeUnlessItReturns(peer);
      }
    }
    this.room.closeIfEmpty();
  }
}

function dispatch(session: Session, request: Request): Promise<unknown> {
  const handler = handlers[request.method] as (session: Session, params: unknown) => Promise<unknown>;
  return handler(session, request.params);
}

function readable(error: unknown): { code: string; message: string } {
  if (error instanceof RequestError) {
    return { code: error.code, message: error.message };
  }
  console.error('demo: a request failed:', error);
  return { code: 'internal', message: 'the server could not do that' };
}

