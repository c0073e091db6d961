import type { AppData } from './app_data.js';
import type { Channel } from './channel.js';
import { toDataMessage } from './data_message.js';
import type {
  DataProducerDump,
  DataProducerEvents,
  DataProducerObserver,
  DataProducerStat,
  DataProducerType,
} from './data_producer_types.js';
import { NotFoundError } from './errors.js';
import { Handle } from './handle.js';
import type { SctpStreamParameters } from './sctp_parameters.js';

/** The answer to dataProducer.create. */
export type DataProducerData = {
  dataProducerId: string;
  routerId: string;
  type: DataProducerType;
  sctpStreamParameters?: SctpStreamParameters;
  label: string;
  protocol: string;
  paused: boolean;
};

/** A data channel into the router: of an endpoint, or of the application. */
export class DataProducer<DataProducerAppData extends AppData = AppData> extends Handle<
  DataProducerAppData,
  DataProducerEvents,
  DataProducerObserver
> {
  readonly #data: DataProducerData;
  #paused: boolean;

  /** @internal */
  constructor(channel: Channel, data: DataProducerData, appData?: DataProducerAppData) {
    super(channel, data.dataProducerId, appData, data.routerId);
    this.#data = data;
    this.#paused = data.paused;
  }

  get type(): DataProducerType {
    return this.#data.type;
  }

  get sctpStreamParameters(): SctpStreamParameters | undefined {
    return structuredClone(this.#data.sctpStreamParameters);
  }

  get label(): string {
    return this.#data.label;
  }

  get protocol(): string {
    return this.#data.protocol;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Its id alone may be that of a producer of another router, too. */
  get #address(): { dataProducerId: string; routerId: string } {
    return { dataProducerId: this.id, routerId: this.#data.routerId };
  }

  /** Its data consumers close too and emit 'dataproducerclose'. */
  close(): void {
    if (!this.markClosed()) return;

    this.channel.send('dataProducer.close', this.#address);
    this.emit('@close');
    this.observer.safeEmit('close');
  }

  /** @internal */
  transportClosed(): void {
    if (!this.markClosed()) return;

    this.safeEmit('transportclose');
    this.observer.safeEmit('close');
  }

  async dump(): Promise<DataProducerDump> {
    return this.channel.request('dataProducer.dump', this.#address);
  }

  async getStats(): Promise<DataProducerStat[]> {
    const { stats } = await this.channel.request<{ stats: DataProducerStat[] }>(
      'dataProducer.getStats',
      this.#address,
    );

    return stats;
  }

  async pause(): Promise<void> {
    await this.channel.request('dataProducer.pause', this.#address);
    const wasPaused = this.#paused;
    this.#paused = true;

    if (!wasPaused) this.observer.safeEmit('pause');
  }

  async resume(): Promise<void> {
    await this.channel.request('dataProducer.resume', this.#address);
    const wasPaused = this.#paused;
    this.#paused = false;

    if (wasPaused) this.observer.safeEmit('resume');
  }

  /** Direct ones only: a message of the application, to all or to some subchannels. */
  send(
    message: string | Buffer,
    ppid?: number,
    subchannels?: number[],
    requiredSubchannel?: number,
    ignoredSubchannel?: number,
  ): void {
    if (this.type !== 'direct') {
      throw new TypeError('the messages of this data producer come from its endpoint');
    }

    const data = toDataMessage(message, ppid);

    if (this.closed) {
      throw new NotFoundError(`the data producer is closed [id:${this.id}]`);
    }

    this.channel.notify('dataProducer.send', {
      ...this.#address,
      ...data,
      subchannels,
      requiredSubchannel,
      ignoredSubchannel,
    });
  }
}
