// A demo server on a free port and bare WebSocket clients that speak its signalling.
import { WebSocket } from 'ws';
import type { EventName, Events, Method, Methods } from '../shared/protocol.js';
import { readConfig } from '../server/config.js';
import { startDemoServer, type DemoServer } from '../server/demo_server.js';

type Update = { [E in EventName]: { event: E; data: Events[E] } }[EventName];

export async function startServer(graceMs = 300, flags: string[] = []): Promise<DemoServer> {
  const config = readConfig(['--port', '0', '--listen-ip', '127.0.0.1', '--workers', '2', ...flags], {});
  return startDemoServer(config, { graceMs });
}

export class Client {
  readonly #updates: Update[] = [];
  readonly #pending = new Map<number, (answer: { ok: boolean; result?: unknown; error?: { code: string } }) => void>();
  readonly #closed: Promise<number>;
  #wake: () => void = () => undefined;
  #nextId = 1;

  private constructor(readonly socket: WebSocket) {
    this.#closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('message', (data) => this.#onMessage(JSON.parse(data.toString())));
  }

  static async connect(server: DemoServer, room = 'test', headers: Record<string, string> = {}): Promise<Client> {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/signalling?room=${room}`, { headers });
    const client = new Client(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  /** Connects and joins. */
  static async join(server: DemoServer, name: string, room = 'test'): Promise<{ client: Client; joined: Methods['join']['result'] }> {
    const client = await Client.connect(server, room);
    const { rtpCapabilities } = await client.request('hello', {});
    return { client, joined: await client.request('join', { name, rtpCapabilities }) };
  }

  /** Resolves with the result, rejects with the error's code as its message. */
  async request<M extends Method>(method: M, params: Methods[M]['params']): Promise<Methods[M]['result']> {
    const id = this.#nextId++;
    const answer = new Promise<{ ok: boolean; result?: unknown; error?: { code: string } }>((resolve) => {
      this.#pending.set(id, resolve);
    });
    this.socket.send(JSON.stringify({ id, method, params }));
    const { ok, result, error } = await answer;
    if (!ok) {
      throw new Error(error?.code);
    }
    return result as Methods[M]['result'];
  }

  /** The next event of this name; those before it are dropped. */
  async next<E extends EventName>(event: E): Promise<Events[E]> {
    for (;;) {
      const update = this.#updates.shift();
      if (update?.event === event) {
        return update.data as Events[E];
      }
      if (update === undefined) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
  }

  /** The code that the server closed with. */
  closed(): Promise<number> {
    return this.#closed;
  }

  #onMessage(message: Update | { id: number; ok: boolean }): void {
    if ('event' in message) {
      this.#updates.push(message);
      this.#wake();
      return;
    }
    this.#pending.get(message.id)?.(message);
    this.#pending.delete(message.id);
  }
}
