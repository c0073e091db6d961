import type { AppData } from './app_data.js';
import type { Channel, NotificationParams } from './channel.js';
import { NotFoundError } from './errors.js';
import { Handle } from './handle.js';
import { toPacket } from './packet.js';
import type {
  ProducerDump,
  ProducerEvents,
  ProducerObserver,
  ProducerScore,
  ProducerStat,
  ProducerTraceEventType,
  ProducerType,
  ProducerVideoOrientation,
  ProducerWantedLayers,
} from './producer_types.js';
import type { MediaKind, RtpParameters } from './rtp_parameters.js';
import { toTrace, toTraceTypes } from './trace.js';

/** The answer to producer.create. */
export type ProducerData = {
  producerId: string;
  routerId: string;
  kind: MediaKind;
  type: ProducerType;
  rtpParameters: RtpParameters;
  consumableRtpParameters: RtpParameters;
  paused: boolean;
  score?: ProducerScore[];
  wantedLayers?: ProducerWantedLayers;
};

/** Media that an endpoint sends into the router. */
export class Producer<ProducerAppData extends AppData = AppData> extends Handle<
  ProducerAppData,
  ProducerEvents,
  ProducerObserver
> {
  readonly #data: ProducerData;
  #paused: boolean;
  #score: ProducerScore[];
  #wantedLayers: ProducerWantedLayers | undefined;

  /** @internal */
  constructor(channel: Channel, data: ProducerData, appData?: ProducerAppData) {
    super(channel, data.producerId, appData, data.routerId);
    this.#data = data;
    this.#paused = data.paused;
    this.#score = data.score ?? [];
    this.#wantedLayers = data.wantedLayers;
  }

  get kind(): MediaKind {
    return this.#data.kind;
  }

  get rtpParameters(): RtpParameters {
    return structuredClone(this.#data.rtpParameters);
  }

  get type(): ProducerType {
    return this.#data.type;
  }

  /** @internal What consumers are made from, in the router's payload types. */
  get consumableRtpParameters(): RtpParameters {
    return structuredClone(this.#data.consumableRtpParameters);
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Empty as long as no score was reported. */
  get score(): ProducerScore[] {
    return structuredClone(this.#score);
  }

  /** What its consumers want of it; undefined: nothing. At first everything. */
  get wantedLayers(): ProducerWantedLayers | undefined {
    return structuredClone(this.#wantedLayers);
  }

  /** Its id alone may be that of a producer of another router, too. */
  get #address(): { producerId: string; routerId: string } {
    return { producerId: this.id, routerId: this.#data.routerId };
  }

  /** Its consumers close too and emit 'producerclose'. */
  close(): void {
    if (!this.markClosed()) return;

    this.channel.send('producer.close', this.#address);
    this.emit('@close');
    this.observer.safeEmit('close');
  }

  /** @internal */
  transportClosed(): void {
    if (!this.markClosed()) return;

    this.safeEmit('transportclose');
    this.observer.safeEmit('close');
  }

  async dump(): Promise<ProducerDump> {
    return this.channel.request('producer.dump', this.#address);
  }

  /** One entry for each RTP stream that arrives. */
  async getStats(): Promise<ProducerStat[]> {
    const { stats } = await this.channel.request<{ stats: ProducerStat[] }>('producer.getStats', this.#address);

    return stats;
  }

  async pause(): Promise<void> {
    await this.channel.request('producer.pause', this.#address);
    const wasPaused = this.#paused;
    this.#paused = true;

    if (!wasPaused) this.observer.safeEmit('pause');
  }

  /** An RTP packet of the application. Direct transports only; from elsewhere it is dropped. */
  send(rtpPacket: Buffer): void {
    const payload = toPacket(rtpPacket, 'rtpPacket');

    if (this.closed) {
      throw new NotFoundError(`the producer is closed [id:${this.id}]`);
    }

    this.channel.notify('producer.send', { ...this.#address, payload });
  }

  async resume(): Promise<void> {
    await this.channel.request('producer.resume', this.#address);
    const wasPaused = this.#paused;
    this.#paused = false;

    if (wasPaused) this.observer.safeEmit('resume');
  }

  /** What to emit 'trace' for from now on; nothing unless given. For debugging: it is costly. */
  async enableTraceEvent(types: ProducerTraceEventType[] = []): Promise<void> {
    await this.channel.request('producer.enableTraceEvent', {
      ...this.#address,
      types: toTraceTypes(types),
    });
  }

  protected override handleNotification(method: string, params: NotificationParams): void {
    switch (method) {
      case 'producer.score':
        this.#score = params['score'] as ProducerScore[];
        this.safeEmit('score', this.score);
        this.observer.safeEmit('score', this.score);
        return;
      case 'producer.wantedLayersChange':
        this.#wantedLayers = params['wantedLayers'] as ProducerWantedLayers | undefined;
        this.safeEmit('wantedlayerschange', this.wantedLayers);
        this.observer.safeEmit('wantedlayerschange', this.wantedLayers);
        return;
      case 'producer.videoOrientationChange':
        return this.#turned(params);
      case 'producer.trace': {
        const trace = toTrace<ProducerTraceEventType>(params);

        this.safeEmit('trace', trace);
        this.observer.safeEmit('trace', trace);
        return;
      }
      default:
        return super.handleNotification(method, params);
    }
  }

  #turned(params: NotificationParams): void {
    const { camera, flip, rotation } = params as ProducerVideoOrientation;

    this.safeEmit('videoorientationchange', { camera, flip, rotation });
    this.observer.safeEmit('videoorientationchange', { camera, flip, rotation });
  }
}
