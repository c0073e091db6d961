import type { AppData } from './app_data.js';
import type { Channel, NotificationParams } from './channel.js';
import type {
  ConsumerDump,
  ConsumerEvents,
  ConsumerLayers,
  ConsumerObserver,
  ConsumerScore,
  ConsumerStats,
  ConsumerTraceEventType,
  ConsumerType,
} from './consumer_types.js';
import { Handle } from './handle.js';
import { fromPacket } from './packet.js';
import type { ProducerWantedLayers } from './producer_types.js';
import type { MediaKind, RtpParameters } from './rtp_parameters.js';
import { toTrace, toTraceTypes } from './trace.js';

/** The answer to consumer.create. */
export type ConsumerData = {
  consumerId: string;
  producerId: string;
  kind: MediaKind;
  type: ConsumerType;
  rtpParameters: RtpParameters;
  paused: boolean;
  producerPaused: boolean;
  score?: ConsumerScore;
  preferredLayers?: ConsumerLayers;
  currentLayers?: ConsumerLayers;
  priority?: number;
};

const defaultScore: ConsumerScore = { score: 10, producerScore: 10, producerScores: [] };

/** Media of a producer on its way to one endpoint. */
export class Consumer<ConsumerAppData extends AppData = AppData> extends Handle<
  ConsumerAppData,
  ConsumerEvents,
  ConsumerObserver
> {
  readonly #data: ConsumerData;
  #paused: boolean;
  #producerPaused: boolean;
  #priority: number;
  #preferredLayers: ConsumerLayers | undefined;
  #currentLayers: ConsumerLayers | undefined;
  #score: ConsumerScore;

  /** @internal */
  constructor(channel: Channel, data: ConsumerData, appData?: ConsumerAppData) {
    super(channel, data.consumerId, appData);
    this.#data = data;
    this.#paused = data.paused;
    this.#producerPaused = data.producerPaused;
    this.#priority = data.priority ?? 1;
    this.#preferredLayers = data.preferredLayers;
    this.#currentLayers = data.currentLayers;
    this.#score = data.score ?? defaultScore;
  }

  get producerId(): string {
    return this.#data.producerId;
  }

  get kind(): MediaKind {
    return this.#data.kind;
  }

  get rtpParameters(): RtpParameters {
    return structuredClone(this.#data.rtpParameters);
  }

  get type(): ConsumerType {
    return this.#data.type;
  }

  /** Whether this consumer was paused, whatever its producer does. */
  get paused(): boolean {
    return this.#paused;
  }

  get producerPaused(): boolean {
    return this.#producerPaused;
  }

  /** Share of the bandwidth relative to the transport's other consumers. */
  get priority(): number {
    return this.#priority;
  }

  get score(): ConsumerScore {
    return structuredClone(this.#score);
  }

  get preferredLayers(): ConsumerLayers | undefined {
    return structuredClone(this.#preferredLayers);
  }

  /** Undefined as long as no change of layers was reported. */
  get currentLayers(): ConsumerLayers | undefined {
    return structuredClone(this.#currentLayers);
  }

  close(): void {
    if (!this.markClosed()) return;

    this.channel.send('consumer.close', { consumerId: this.id });
    this.emit('@close');
    this.observer.safeEmit('close');
  }

  /** @internal */
  transportClosed(): void {
    if (!this.markClosed()) return;

    this.safeEmit('transportclose');
    this.observer.safeEmit('close');
  }

  async dump(): Promise<ConsumerDump> {
    return this.channel.request('consumer.dump', { consumerId: this.id });
  }

  async getStats(): Promise<ConsumerStats> {
    const { stats } = await this.channel.request<{ stats: ConsumerStats }>('consumer.getStats', {
      consumerId: this.id,
    });

    return stats;
  }

  async pause(): Promise<void> {
    await this.channel.request('consumer.pause', { consumerId: this.id });
    const wasPaused = this.#paused;
    this.#paused = true;

    if (!wasPaused && !this.#producerPaused) this.observer.safeEmit('pause');
  }

  async resume(): Promise<void> {
    await this.channel.request('consumer.resume', { consumerId: this.id });
    const wasPaused = this.#paused;
    this.#paused = false;

    if (wasPaused && !this.#producerPaused) this.observer.safeEmit('resume');
  }

  /** Video only: asks the producer's endpoint for a key frame. */
  async requestKeyFrame(): Promise<void> {
    await this.channel.request('consumer.requestKeyFrame', { consumerId: this.id });
  }

  /** The highest layers to forward. Without effect where there is nothing to choose. */
  async setPreferredLayers({ spatialLayer, temporalLayer }: ConsumerLayers): Promise<void> {
    if (typeof spatialLayer !== 'number') {
      throw new TypeError('spatialLayer must be a number');
    }

    if (temporalLayer !== undefined && typeof temporalLayer !== 'number') {
      throw new TypeError('if given, temporalLayer must be a number');
    }

    const { preferredLayers } = await this.channel.request<{ preferredLayers?: ConsumerLayers }>(
      'consumer.setPreferredLayers',
      { consumerId: this.id, preferredLayers: { spatialLayer, temporalLayer } },
    );

    this.#preferredLayers = preferredLayers;
  }

  /**
   * Of a pipe: what is wanted at its other end, as the producer there tells in
   * `wantedLayers`; undefined: nothing. The rest is neither sent through the pipe
   * nor asked of the endpoint. pipeToRouter() calls it by itself; until it is
   * called everything is wanted.
   */
  async setWantedLayers(wantedLayers: ProducerWantedLayers | undefined): Promise<void> {
    await this.channel.request('consumer.setWantedLayers', { consumerId: this.id, wantedLayers });
  }

  /** From 1 to 255. */
  async setPriority(priority: number): Promise<void> {
    if (typeof priority !== 'number' || priority < 0) {
      throw new TypeError('priority must be a positive number');
    }

    const answer = await this.channel.request<{ priority: number }>('consumer.setPriority', {
      consumerId: this.id,
      priority,
    });

    this.#priority = answer.priority;
  }

  /** Back to 1. */
  async unsetPriority(): Promise<void> {
    const answer = await this.channel.request<{ priority: number }>('consumer.unsetPriority', {
      consumerId: this.id,
    });

    this.#priority = answer.priority;
  }

  /** What to emit 'trace' for from now on; nothing unless given. For debugging: it is costly. */
  async enableTraceEvent(types: ConsumerTraceEventType[] = []): Promise<void> {
    await this.channel.request('consumer.enableTraceEvent', {
      consumerId: this.id,
      types: toTraceTypes(types),
    });
  }

  protected override handleNotification(method: string, params: NotificationParams): void {
    switch (method) {
      case 'consumer.rtp':
        this.safeEmit('rtp', fromPacket(params));
        return;
      case 'consumer.producerClose':
        return this.#producerClosed();
      case 'consumer.producerPause':
        return this.#setProducerPaused(true);
      case 'consumer.producerResume':
        return this.#setProducerPaused(false);
      case 'consumer.score':
        this.#score = params['score'] as ConsumerScore;
        this.safeEmit('score', this.score);
        this.observer.safeEmit('score', this.score);
        return;
      case 'consumer.layersChange':
        this.#currentLayers = params['layers'] as ConsumerLayers | undefined;
        this.safeEmit('layerschange', this.currentLayers);
        this.observer.safeEmit('layerschange', this.currentLayers);
        return;
      case 'consumer.trace': {
        const trace = toTrace<ConsumerTraceEventType>(params);

        this.safeEmit('trace', trace);
        this.observer.safeEmit('trace', trace);
        return;
      }
      default:
        return super.handleNotification(method, params);
    }
  }

  #producerClosed(): void {
    if (!this.markClosed()) return;

    this.emit('@producerclose');
    this.safeEmit('producerclose');
    this.observer.safeEmit('close');
  }

  #setProducerPaused(producerPaused: boolean): void {
    if (this.#producerPaused === producerPaused) return;

    this.#producerPaused = producerPaused;
    this.safeEmit(producerPaused ? 'producerpause' : 'producerresume');

    if (!this.#paused) {
      this.observer.safeEmit(producerPaused ? 'pause' : 'resume');
    }
  }
}
