// All rooms by name, and the one sluice process that serves them. A room opens with its first visitor and
// closes with its last; when the process dies every room closes, and the next visitor starts a new one.
import { createWorker, type types } from 'sluice';
import type { Config } from './config.js';
import { mediaCodecs } from './media_codecs.js';
import { Room } from './room.js';
import { VOICES } from './speakers.js';

export interface RoomsOptions {
  config: Pick<Config, 'workers' | 'logLevel'>;
  graceMs?: number;
  /** Called when the sluice process died and every room was closed. */
  onMediaLost?: (error: Error) => void;
}

const DEFAULT_GRACE_MS = 15_000;

export class Rooms {
  readonly #rooms = new Map<string, Promise<Room>>();
  #worker: Promise<types.Worker> | undefined;
  #closed = false;

  constructor(private readonly options: RoomsOptions) {}

  /** Starts the sluice process unless it runs; rejects with a readable error if it cannot. */
  worker(): Promise<types.Worker> {
    this.#worker ??= this.#startWorker();
    return this.#worker;
  }

  enter(name: string): Promise<Room> {
    let room = this.#rooms.get(name);
    if (room === undefined) {
      room = this.#open(name);
      this.#rooms.set(name, room);
      room.catch(() => this.#rooms.delete(name));
    }
    return room;
  }

  get size(): number {
    return this.#rooms.size;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = await this.#worker?.catch(() => undefined);
    await this.#closeRooms();
    if (worker !== undefined) {
      const gone = new Promise<void>((resolve) => worker.on('subprocessclose', () => resolve()));
      worker.close();
      await gone;
    }
  }

  async #open(name: string): Promise<Room> {
    const worker = await this.worker();
    const router = await worker.createRouter({ mediaCodecs });
    const levels = await router.createAudioLevelObserver(VOICES);
    const room: Room = new Room(name, router, levels, this.options.graceMs ?? DEFAULT_GRACE_MS, () => {
      this.#rooms.delete(name);
    });
    return room;
  }

  async #startWorker(): Promise<types.Worker> {
    const { workers, logLevel } = this.options.config;
    try {
      const worker = await createWorker({ logLevel, ...(workers !== undefined && { workers }) });
      worker.on('died', (error) => void this.#mediaLost(error));
      return worker;
    } catch (error) {
      this.#worker = undefined;
      throw error;
    }
  }

  async #mediaLost(error: Error): Promise<void> {
    this.#worker = undefined;
    await this.#closeRooms();
    if (!this.#closed) {
      this.options.onMediaLost?.(error);
    }
  }

  async #closeRooms(): Promise<void> {
    const rooms = await Promise.allSettled(this.#rooms.values());
    for (const room of rooms) {
      if (room.status === 'fulfilled') {
        room.value.close();
      }
    }
    this.#rooms.clear();
  }
}
