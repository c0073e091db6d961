// All rooms by name, and the one sluice process that serves them. A room opens with its first visitor and
// closes with its last; when the process dies every room closes, and the next visitor starts a new one.
import type { types } from 'sluice';
import { startMedia, type Media, type MediaConfig } from './media.js';
import { mediaCodecs } from './media_codecs.js';
import { Room } from './room.js';
import { VOICES } from './speakers.js';

export interface RoomsOptions {
  config: MediaConfig;
  graceMs?: number;
  /** Called when the sluice process died and every room was closed. */
  onMediaLost?: (error: Error) => void;
}

const DEFAULT_GRACE_MS = 15_000;

export class Rooms {
  readonly #rooms = new Map<string, Promise<Room>>();
  #media: Promise<Media> | undefined;
  #closed = false;

  constructor(private readonly options: RoomsOptions) {}

  /** Starts the sluice process unless it runs; rejects with a readable error if it cannot. */
  async worker(): Promise<types.Worker> {
    return (await this.#running()).worker;
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
    const media = await this.#media?.catch(() => undefined);
    await this.#closeRooms();
    if (media !== undefined) {
      const gone = new Promise<void>((resolve) => media.worker.on('subprocessclose', () => resolve()));
      media.worker.close();
      await gone;
    }
  }

  async #open(name: string): Promise<Room> {
    const { worker, webRtcServer } = await this.#running();
    const router = await worker.createRouter({ mediaCodecs });
    const levels = await router.createAudioLevelObserver(VOICES);
    const room: Room = new Room(name, router, webRtcServer, levels, this.options.graceMs ?? DEFAULT_GRACE_MS, () => {
      this.#rooms.delete(name);
    });
    return room;
  }

  #running(): Promise<Media> {
    this.#media ??= this.#start();
    return this.#media;
  }

  async #start(): Promise<Media> {
    try {
      const media = await startMedia(this.options.config);
      media.worker.on('died', (error) => void this.#mediaLost(error));
      return media;
    } catch (error) {
      this.#media = undefined;
      throw error;
    }
  }

  async #mediaLost(error: Error): Promise<void> {
    this.#media = undefined;
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
