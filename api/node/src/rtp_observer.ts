import type { AppData } from './app_data.js';
import type { Channel } from './channel.js';
import type { EnhancedEventEmitter } from './enhanced_event_emitter.js';
import { NotFoundError } from './errors.js';
import { Handle } from './handle.js';
import type { Producer } from './producer.js';
import type {
  RtpObserverEvents,
  RtpObserverObserver,
  RtpObserverObserverEvents,
  RtpObserverType,
} from './rtp_observer_types.js';

/** The answer to audioLevelObserver.create and activeSpeakerObserver.create. */
export type RtpObserverData = { rtpObserverId: string };

/** The router's producer with that id, if there is one. */
export type FindProducer = (id: string) => Producer | undefined;

/** Listens to audio producers of its router. */
export abstract class RtpObserver<
  RtpObserverAppData extends AppData = AppData,
  Events extends RtpObserverEvents = RtpObserverEvents,
  Observer extends RtpObserverObserver = RtpObserverObserver,
> extends Handle<RtpObserverAppData, Events, Observer> {
  protected readonly findProducer: FindProducer;
  #paused = false;

  /** @internal */
  protected constructor(
    channel: Channel,
    data: RtpObserverData,
    findProducer: FindProducer,
    appData?: RtpObserverAppData,
  ) {
    super(channel, data.rtpObserverId, appData);
    this.findProducer = findProducer;
  }

  abstract get type(): RtpObserverType;

  get paused(): boolean {
    return this.#paused;
  }

  close(): void {
    if (!this.markClosed()) return;

    this.channel.send('rtpObserver.close', { rtpObserverId: this.id });
    this.#events.emit('@close');
    this.#observerEvents.safeEmit('close');
  }

  /** @internal */
  routerClosed(): void {
    if (!this.markClosed()) return;

    this.#events.safeEmit('routerclose');
    this.#observerEvents.safeEmit('close');
  }

  async pause(): Promise<void> {
    await this.channel.request('rtpObserver.pause', { rtpObserverId: this.id });
    const wasPaused = this.#paused;
    this.#paused = true;

    if (!wasPaused) this.#observerEvents.safeEmit('pause');
  }

  async resume(): Promise<void> {
    await this.channel.request('rtpObserver.resume', { rtpObserverId: this.id });
    const wasPaused = this.#paused;
    this.#paused = false;

    if (wasPaused) this.#observerEvents.safeEmit('resume');
  }

  /** Audio producers of the same router only. */
  async addProducer({ producerId }: { producerId: string }): Promise<void> {
    const producer = this.#producer(producerId);
    await this.channel.request('rtpObserver.addProducer', { rtpObserverId: this.id, producerId });
    this.#observerEvents.safeEmit('addproducer', producer);
  }

  async removeProducer({ producerId }: { producerId: string }): Promise<void> {
    const producer = this.#producer(producerId);
    await this.channel.request('rtpObserver.removeProducer', {
      rtpObserverId: this.id,
      producerId,
    });
    this.#observerEvents.safeEmit('removeproducer', producer);
  }

  #producer(id: string): Producer {
    const producer = this.findProducer(id);

    if (!producer) throw new NotFoundError(`the router has no producer with id ${id}`);

    return producer;
  }

  /** This and its observer with the events of every RTP observer: those of a subclass are open. */
  get #events(): EnhancedEventEmitter<RtpObserverEvents> {
    return this as unknown as EnhancedEventEmitter<RtpObserverEvents>;
  }

  get #observerEvents(): EnhancedEventEmitter<RtpObserverObserverEvents> {
    return this.observer;
  }
}
