import type { AppData } from './app_data.js';
import type { Channel, NotificationParams } from './channel.js';
import type {
  DataConsumerDump,
  DataConsumerEvents,
  DataConsumerObserver,
  DataConsumerStat,
  DataConsumerType,
} from './data_consumer_types.js';
import { fromDataMessage, toDataMessage, type DataMessage } from './data_message.js';
import { Handle } from './handle.js';
import type { SctpStreamParameters } from './sctp_parameters.js';

/** The answer to dataConsumer.create. */
export type DataConsumerData = {
  dataConsumerId: string;
  dataProducerId: string;
  type: DataConsumerType;
  sctpStreamParameters?: SctpStreamParameters;
  label: string;
  protocol: string;
  paused: boolean;
  dataProducerPaused: boolean;
  subchannels: number[];
};

/** Messages of a data producer on their way to one endpoint, or to the application. */
export class DataConsumer<DataConsumerAppData extends AppData = AppData> extends Handle<
  DataConsumerAppData,
  DataConsumerEvents,
  DataConsumerObserver
> {
  readonly #data: DataConsumerData;
  #paused: boolean;
  #dataProducerPaused: boolean;
  #subchannels: number[];

  /** @internal */
  constructor(channel: Channel, data: DataConsumerData, appData?: DataConsumerAppData) {
    super(channel, data.dataConsumerId, appData);
    this.#data = data;
    this.#paused = data.paused;
    this.#dataProducerPaused = data.dataProducerPaused;
    this.#subchannels = data.subchannels;
  }

  get dataProducerId(): string {
    return this.#data.dataProducerId;
  }

  get type(): DataConsumerType {
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

  /** Whether this data consumer was paused, whatever its data producer does. */
  get paused(): boolean {
    return this.#paused;
  }

  get dataProducerPaused(): boolean {
    return this.#dataProducerPaused;
  }

  get subchannels(): number[] {
    return [...this.#subchannels];
  }

  close(): void {
    if (!this.markClosed()) return;

    this.channel.send('dataConsumer.close', { dataConsumerId: this.id });
    this.emit('@close');
    this.observer.safeEmit('close');
  }

  /** @internal */
  transportClosed(): void {
    if (!this.markClosed()) return;

    this.safeEmit('transportclose');
    this.observer.safeEmit('close');
  }

  async dump(): Promise<DataConsumerDump> {
    return this.#request('dataConsumer.dump');
  }

  async getStats(): Promise<DataConsumerStat[]> {
    const { stats } = await this.#request<{ stats: DataConsumerStat[] }>('dataConsumer.getStats');

    return stats;
  }

  async pause(): Promise<void> {
    await this.#request('dataConsumer.pause');
    const wasPaused = this.#paused;
    this.#paused = true;

    if (!wasPaused && !this.#dataProducerPaused) this.observer.safeEmit('pause');
  }

  async resume(): Promise<void> {
    await this.#request('dataConsumer.resume');
    const wasPaused = this.#paused;
    this.#paused = false;

    if (wasPaused && !this.#dataProducerPaused) this.observer.safeEmit('resume');
  }

  /** In bytes; 'bufferedamountlow' comes when what waits falls to it. */
  async setBufferedAmountLowThreshold(threshold: number): Promise<void> {
    await this.#request('dataConsumer.setBufferedAmountLowThreshold', { threshold });
  }

  async getBufferedAmount(): Promise<number> {
    const { bufferedAmount } = await this.#request<{ bufferedAmount: number }>(
      'dataConsumer.getBufferedAmount',
    );

    return bufferedAmount;
  }

  /** A message of the application to this endpoint alone. Resolves with the bytes that wait. */
  async send(message: string | Buffer, ppid?: number): Promise<number> {
    if (this.type === 'direct') {
      throw new TypeError('a direct data consumer has nobody to send to');
    }

    const { bufferedAmount } = await this.#request<{ bufferedAmount: number }>(
      'dataConsumer.send',
      toDataMessage(message, ppid),
    );

    return bufferedAmount;
  }

  async setSubchannels(subchannels: number[]): Promise<void> {
    await this.#changeSubchannels('dataConsumer.setSubchannels', { subchannels });
  }

  async addSubchannel(subchannel: number): Promise<void> {
    await this.#changeSubchannels('dataConsumer.addSubchannel', { subchannel });
  }

  async removeSubchannel(subchannel: number): Promise<void> {
    await this.#changeSubchannels('dataConsumer.removeSubchannel', { subchannel });
  }

  protected override handleNotification(method: string, params: NotificationParams): void {
    switch (method) {
      case 'dataConsumer.dataProducerClose':
        return this.#dataProducerClosed();
      case 'dataConsumer.dataProducerPause':
        return this.#setDataProducerPaused(true);
      case 'dataConsumer.dataProducerResume':
        return this.#setDataProducerPaused(false);
      case 'dataConsumer.message': {
        const message = params as DataMessage;
        this.safeEmit('message', fromDataMessage(message), message.ppid);
        return;
      }
      case 'dataConsumer.sctpSendBufferFull':
        this.safeEmit('sctpsendbufferfull');
        return;
      case 'dataConsumer.bufferedAmountLow':
        this.safeEmit('bufferedamountlow', params.bufferedAmount as number);
        return;
      default:
        return super.handleNotification(method, params);
    }
  }

  #request<Result>(method: string, params: object = {}): Promise<Result> {
    return this.channel.request<Result>(method, { dataConsumerId: this.id, ...params });
  }

  async #changeSubchannels(method: string, params: object): Promise<void> {
    const { subchannels } = await this.#request<{ subchannels: number[] }>(method, params);

    this.#subchannels = subchannels;
  }

  #dataProducerClosed(): void {
    if (!this.markClosed()) return;

    this.emit('@dataproducerclose');
    this.safeEmit('dataproducerclose');
    this.observer.safeEmit('close');
  }

  #setDataProducerPaused(paused: boolean): void {
    if (this.#dataProducerPaused === paused) return;

    this.#dataProducerPaused = paused;
    this.safeEmit(paused ? 'dataproducerpause' : 'dataproducerresume');

    if (!this.#paused) this.observer.safeEmit(paused ? 'pause' : 'resume');
  }
}
