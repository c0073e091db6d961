// Accepts WebSockets at /signalling?room=<name> and watches that they are alive.
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { isRoomName } from '../shared/room_name.js';
import type { Config } from './config.js';
import { Connection } from './connection.js';
import type { Rooms } from './rooms.js';

const HEARTBEAT_MS = 5_000;
const MAX_MESSAGE_BYTES = 256 * 1024;

export class SignallingServer {
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  readonly #answered = new WeakSet<WebSocket>();
  readonly #heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);

  constructor(
    http: Server,
    private readonly rooms: Rooms,
    private readonly config: Config,
  ) {
    http.on('upgrade', (request, socket, head) => {
      const room = roomOf(request.url, request.headers.origin, request.headers.host);
      if (room === undefined) {
        refuse(socket);
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => void this.#onSocket(webSocket, room));
    });
  }

  /** Closes every WebSocket; pages take `code` as the reason. */
  disconnectAll(code: number, reason: string): void {
    for (const socket of this.#sockets.clients) {
      socket.close(code, reason);
    }
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.disconnectAll(1012, 'the server stops');
    this.#sockets.close();
  }

  async #onSocket(socket: WebSocket, roomName: string): Promise<void> {
    this.#answered.add(socket);
    socket.on('pong', () => this.#answered.add(socket));
    // What arrives while the room opens waits in `early`.
    const early: [RawData, boolean][] = [];
    const keep = (data: RawData, isBinary: boolean) => early.push([data, isBinary]);
    const ignore = () => socket.terminate();
    socket.on('message', keep);
    socket.on('error', ignore);
    try {
      const room = await this.rooms.enter(roomName);
      socket.off('message', keep);
      socket.off('error', ignore);
      if (socket.readyState !== socket.OPEN) {
        room.closeIfEmpty();
        return;
      }
      new Connection(socket, room, this.config);
      early.forEach((message) => socket.emit('message', ...message));
    } catch (error) {
      console.error('demo: a room could not be opened:', error instanceof Error ? error.message : error);
      socket.close(1011, 'the room could not be opened');
    }
  }

  /** A socket that did not answer the last ping is gone. */
  #beat(): void {
    for (const socket of this.#sockets.clients) {
      if (!this.#answered.delete(socket)) {
        socket.terminate();
        continue;
      }
      socket.ping();
    }
  }
}

/** The room asked for; undefined if the request is not ours to serve (path, room name, foreign page). */
function roomOf(url = '/', origin: string | undefined, host: string | undefined): string | undefined {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const room = searchParams.get('room') ?? '';
  if (pathname !== '/signalling' || !isRoomName(room)) {
    return undefined;
  }
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host)) {
    return undefined;
  }
  return room;
}

function refuse(socket: Duplex): void {
  socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
